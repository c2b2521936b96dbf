"""Everything that Order Import reads from and writes to the database."""
