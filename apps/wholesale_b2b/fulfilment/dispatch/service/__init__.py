"""Dispatch: shipments, their papers, the status of orders."""
