"""Why an order, or everything of an account, may not be picked or shipped."""
