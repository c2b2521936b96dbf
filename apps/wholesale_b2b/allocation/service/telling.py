"""Those who lost by a run are told: in the order's timeline, and its people by a notification."""

from collections import defaultdict
from collections.abc import Sequence

import frappe
from frappe import _
from frappe.utils import flt

from wholesale_b2b.allocation.rules.outcome import LATER, LOST
from wholesale_b2b.allocation.store import logbook
from wholesale_b2b.figures import plain

REALTIME_LIMIT = 50


def tell_losers(changes: Sequence[dict], cause: str, reason: str | None = None) -> None:
	"""One message per order for its lines that lost units or ship later; cause: the document that brought it about;
	reason: what a person gave as one."""
	worse: dict[str, list[dict]] = defaultdict(list)
	for change in changes:
		if change["outcome"] in (LOST, LATER):
			worse[change["sales_order"]].append(change)
	if not worse:
		return
	people = logbook.people_of(worse)
	why = [_("Reason: {0}").format(frappe.utils.escape_html(reason))] if reason else []
	logbook.tell(
		[
			{
				"sales_order": order,
				"subject": _("{0}: {1} lines are no longer covered as promised ({2})").format(
					order, len(rows), cause
				),
				"content": "<br>".join(
					[_sentence(row) for row in rows] + [_("Because of {0}.").format(_link(cause)), *why]
				),
				"users": people.get(order, []),
			}
			for order, rows in sorted(worse.items())
		]
	)


def _sentence(change: dict) -> str:
	item = frappe.utils.escape_html(change["item_code"])
	before, after = _day(change["promise_date_before"]), _day(change["promise_date_after"])
	if change["outcome"] == LATER and after != before:
		return _("{0} ships later: {1} instead of {2}.").format(item, after, before)
	return _("{0}: reserved {1} (was {2}), pre-allocated {3} (was {4}); promise date {5} (was {6}).").format(
		item,
		plain(flt(change["reserved_after"])),
		plain(flt(change["reserved_before"])),
		plain(flt(change["pre_allocated_after"])),
		plain(flt(change["pre_allocated_before"])),
		after,
		before,
	)


def _day(date) -> str:
	return frappe.format(date, "Date") if date else _("not known")


def _link(cause: str) -> str:
	"""The causing document as a link, where the cause names one."""
	doctype, _space, name = cause.rpartition(" ")
	if doctype and frappe.db.exists("DocType", doctype):
		return frappe.utils.get_link_to_form(doctype, name)
	return frappe.utils.escape_html(cause)


def tell_boards(items: set[str]) -> None:
	"""Open Allocation Boards are told which items have changed; no figures, for every Desk user hears it."""
	if items:
		frappe.publish_realtime(
			"b2b_allocation_board",
			{"items": sorted(items)[:REALTIME_LIMIT], "more": len(items) > REALTIME_LIMIT},
			after_commit=True,
		)


def tell_forms(orders: set[str], run_name: str) -> None:
	"""Open forms show the new figures by themselves: a run does not touch `modified`."""
	for order in sorted(orders)[:REALTIME_LIMIT]:
		frappe.publish_realtime(
			"b2b_allocation",
			{"sales_order": order, "run": run_name},
			doctype="Sales Order",
			docname=order,
			after_commit=True,
		)


def tell_apps(orders: set[str]) -> None:
	"""Hand the orders of which a run has changed anything to the functions of the hook `b2b_orders_replanned`, within the
	run's transaction."""
	for path in frappe.get_hooks("b2b_orders_replanned") if orders else ():
		frappe.get_attr(path)(sorted(orders))
