"""Order Import: sales orders from a CSV or XLSX file of order lines, each order exactly once."""
