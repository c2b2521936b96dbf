"""Queued work of Trade Accounts."""

import frappe
from frappe import _

from wholesale_b2b.ordering.trade_accounts.service import making


def make_missing(company: str, user: str) -> None:
	"""Worker: an account for every customer that has none; who asked for it is told how many."""
	made = making.make_missing(company)
	frappe.publish_realtime(
		"msgprint",
		{"message": _("{0} Trade Accounts were made for {1}.").format(made, company), "indicator": "green"},
		user=user,
	)
