"""Two-way sync with the package that keeps the books."""
