"""A list whose order is held stops: its picker is told, and told again when it may go on."""

from collections import defaultdict
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from wholesale_b2b.allocation.store.logbook import tell
from wholesale_b2b.figures import sentence
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.release.service import triggers
from wholesale_b2b.fulfilment.release.store import lists as store

NOBODY = ("Guest", None, "")


def orders_held(names: list[str]) -> None:
	"""Order Holds were opened (hook `b2b_orders_held`): whoever picks these orders is told to stop."""
	reasons: dict[str, list[str]] = defaultdict(list)
	for hold in store.holds_named(names):
		reasons[hold.sales_order] += [sentence(text) for text in (hold.reason, hold.released_by_what) if text]
	found = store.open_lists(reasons)
	messages = {
		(row.name, order): _("Stop picking {0}: {1} Put back what has been picked of it, or wait.").format(
			order, " ".join(reasons[order])
		)
		for order, rows in found.items()
		for row in rows
	}
	_say([row for rows in found.values() for row in rows], messages)


def orders_released(orders: list[str]) -> None:
	"""The last hold of these orders is gone (hook `b2b_orders_released`): their lists go on, new ones may be made."""
	found = store.open_lists(orders)
	messages = {
		(row.name, order): _("{0} may be picked again.").format(order)
		for order, rows in found.items()
		for row in rows
	}
	_say([row for rows in found.values() for row in rows], messages)
	triggers.may_go(orders)


def _say(rows: list[frappe._dict], messages: dict[tuple[str, str], str]) -> None:
	show({row.name for row in rows})
	by_list: dict[str, list[str]] = defaultdict(list)
	for (name, _order), text in messages.items():
		by_list[name].append(text)
	tell_pickers({row.name: row for row in rows}.values(), by_list)


def tell_pickers(rows: Iterable[frappe._dict], texts: dict[str, list[str]], order: str | None = None) -> None:
	"""A line in the timeline of each list, a notification to those who have it in hand, a message where it is open.

	rows: as `store.open_lists` has them. texts: pick list → what to say. order: in its timeline instead, of a list that is
	not there any more.
	"""
	doctype = "Sales Order" if order else "Pick List"
	rows = list(rows)
	assigned = store.assigned_to(row.name for row in rows)
	told = []
	for row in rows:
		people = {row.owner, row.modified_by, *assigned.get(row.name, ())} - set(NOBODY)
		for text in texts.get(row.name, ()):
			told.append(
				{
					frappe.scrub(doctype): order or row.name,
					"subject": escape_html(text if row.name in text else f"{row.name}: {text}"),
					"content": escape_html(text),
					"users": sorted(people),
				}
			)
		event = ("b2b_pick_list", {"pick_list": row.name, "texts": texts.get(row.name, [])})
		frappe.publish_realtime(*event, doctype="Pick List", docname=row.name, after_commit=True)
		# whoever has it in hand hears it on every page
		for user in sorted(people):
			frappe.publish_realtime(*event, user=user, after_commit=True)
	tell(told, doctype)


def show(lists: Iterable[str]) -> None:
	"""Have these lists say whether an order on them is held. Those in somebody's hands are left to a worker."""
	names = set(lists)
	if not names:
		return
	free = store.lock_free(names)
	on = store.orders_on(free)
	held = store.held_among(order for orders in on.values() for order in orders)
	stopped = {name for name in free if on.get(name, set()) & held}
	store.set_held(stopped, True)
	store.set_held(free - stopped, False)
	if busy := sorted(names - free):
		frappe.db.after_commit.add(lambda: triggers.ask_worker("mark_held", lists=store.named(busy)))


def reasons(pick: Document) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
	"""For its form: order on a list → why it is held now, judged live; and order → that it has ended."""
	if pick.docstatus == 2 or pick.status in ("Completed", "Cancelled"):
		return {}, {}
	orders = {row.sales_order for row in pick.locations if row.sales_order}
	held = {order: [sentence(hold.reason) for hold in found] for order, found in holds.judge(orders).items()}
	return held, store.ended(orders)
