"""Wholesale B2B: pre-allocation, order to cash and trade pricing for ERPNext."""

__version__ = "0.1.0"
