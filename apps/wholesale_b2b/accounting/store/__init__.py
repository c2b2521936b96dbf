"""The SQL and the documents of the accounting sync."""
