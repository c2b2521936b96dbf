"""Planning from files: standard library only, openpyxl where a workbook is read. Never imports Frappe."""
