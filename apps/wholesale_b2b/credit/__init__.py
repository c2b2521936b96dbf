"""Exposure, pro formas, payment gates, invoicing."""
