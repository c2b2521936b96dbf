"""Mail to the customer about an order: once per event, as the account prefers, from templates that an admin can change."""
