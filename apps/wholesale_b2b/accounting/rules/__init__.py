"""Decisions of the accounting sync, on plain values: no site, no clock, no network."""
