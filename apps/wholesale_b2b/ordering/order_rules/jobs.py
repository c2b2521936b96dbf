"""Queued and nightly work of the Order Rules."""

import frappe

from wholesale_b2b.ordering.order_rules.service import reevaluation


def reevaluate(cause: str, resourced: str | None = None, user: str | None = None) -> None:
	"""Worker: put changed rules to all open orders."""
	changed = reevaluation.reevaluate(cause, resourced)
	if user:
		reevaluation.report(user, changed)


def nightly() -> None:
	"""Every night: conditions may ask about the day, and groups change without the orders."""
	reevaluation.reevaluate(frappe._("Nightly check of the Order Rules"))
