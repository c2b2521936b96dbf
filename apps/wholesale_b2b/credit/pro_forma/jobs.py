"""The nightly look at pro formas."""

from wholesale_b2b.credit.pro_forma.service import paperwork


def nightly() -> None:
	"""Expire what has not been paid in time; have every open one say what is true."""
	paperwork.expire()
