"""The nightly look at pro formas; telling other apps of payments."""

import frappe

from wholesale_b2b.credit.pro_forma.service import news, paperwork


def nightly() -> None:
	"""Expire what has not been paid in time; have every open one say what is true."""
	paperwork.expire()


def tell_paid(orders: list[str], payment: str) -> None:
	"""Worker: tell the listeners of `b2b_payment_received`. Who entered the payment need not be allowed what they do."""
	frappe.set_user("Administrator")
	news.tell(orders, payment)


def sweep() -> None:
	"""Every five minutes: tell what a worker that died has left untold."""
	frappe.set_user("Administrator")
	news.tell_lost()
