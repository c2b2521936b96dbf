"""Reads and writes of the allocation engine."""
