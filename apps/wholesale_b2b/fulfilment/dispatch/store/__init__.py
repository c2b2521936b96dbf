"""Reads of dispatch: picked units, shipments and invoices of orders."""
