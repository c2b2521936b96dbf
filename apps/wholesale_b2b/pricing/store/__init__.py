"""Reads of what prices come from, for sets of items, customers and tiers: a constant number of queries."""
