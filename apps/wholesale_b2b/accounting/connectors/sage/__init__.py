"""Sage Accounting."""
