"""What is shipped to a Trade Account is invoiced as the account prefers, once, without a person."""
