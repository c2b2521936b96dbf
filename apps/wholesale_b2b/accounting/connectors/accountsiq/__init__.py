"""AccountsIQ."""
