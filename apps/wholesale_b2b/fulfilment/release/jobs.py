"""Queued and scheduled work of automatic picking. Who causes a list need not be allowed to make one."""

import frappe

from wholesale_b2b.fulfilment.release.service import following, recount, stopping, triggers


def make_at_once(orders: list[str]) -> None:
	frappe.set_user("Administrator")
	triggers.make_at_once(orders)


def make_by_rule(rule: str) -> None:
	frappe.set_user("Administrator")
	triggers.make_by_rule(rule)


def make_now(orders: list[str], most: int, asked_by: str) -> None:
	"""As the user who asked."""
	triggers.make_and_tell(orders, most, asked_by)


def follow(orders: list[str]) -> None:
	"""Lists follow their orders."""
	frappe.set_user("Administrator")
	following.follow(orders)


def mark_held(lists: list[str]) -> None:
	"""Lists that somebody had in hand say whether they are held."""
	stopping.show(lists)


def by_the_clock() -> None:
	"""Every minute: cut-offs and waves that have come."""
	for rule in triggers.due():
		triggers.ask_worker("make_by_rule", queue="long", rule=rule)


def sweep() -> None:
	"""Every ten minutes: what a worker that died has left."""
	triggers.sweep()
	following.sweep()


def daily() -> None:
	"""What nobody has counted yet stays out of reach."""
	recount.renew()
