"""Sending, taking in, comparing."""
