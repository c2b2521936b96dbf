"""Reads and writes of pro formas, and of the payments that count for them."""
