"""How one customer trades on one footing, and which account a document belongs to."""
