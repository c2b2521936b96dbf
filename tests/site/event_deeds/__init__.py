"""For every row of the table *What makes the engine look*: a real thing that somebody does.

A deed arranges its world, commits it, and returns what is to be done then (`act`, without a commit), the keys that the
row promises to have looked at, and what must be so afterwards (`then`).
"""

from event_deeds import orders, postings, production, records, stock
from event_deeds.words import DEEDS

__all__ = ["DEEDS", "orders", "postings", "production", "records", "stock"]
