"""CSV files, for a package that has no API."""
