"""Requests for payment before goods are picked, and the gate that they keep."""
