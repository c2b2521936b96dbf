"""Reads and writes of automatic picking, for sets of orders, lists and shelves."""
