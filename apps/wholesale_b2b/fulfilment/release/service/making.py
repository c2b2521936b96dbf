"""The lists themselves: draft Pick Lists, a batch of them in a transaction of its own, no unit on two.

They are drafts because ERPNext's scan mode works on drafts: the picker scans into the rows and submits what was picked.
A draft counts like a submitted list for everybody else: its units are frozen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b import busy
from wholesale_b2b.fulfilment.binding.service import picks as binding
from wholesale_b2b.fulfilment.release.rules import sheets
from wholesale_b2b.fulfilment.release.rules.sheets import Ready, Sheet
from wholesale_b2b.fulfilment.release.service import places as where
from wholesale_b2b.fulfilment.release.service import planning, rows
from wholesale_b2b.fulfilment.release.service.places import Places
from wholesale_b2b.fulfilment.release.service.planning import Plan
from wholesale_b2b.fulfilment.release.store import orders as store
from wholesale_b2b.setwise import chunks

# Orders, or lists, of one transaction: their orders are locked until it commits.
BATCH = 25
ATTEMPTS = 5
SAVEPOINT = "b2b_pick_list"


@dataclass
class Made:
	"""made: the new Pick Lists. left: order → why nothing of it went on one."""

	made: list[str] = field(default_factory=list)
	left: dict[str, str] = field(default_factory=dict)


def release(
	orders: Iterable[str],
	within: set[str] | None = None,
	most: int | None = None,
	tell: Callable[[int, int], None] | None = None,
) -> Made:
	"""Make the pick lists of what may go of these orders, the most urgent first, and commit them, batch by batch.

	within: only from these warehouses. most: orders on one list, instead of what the rules say. tell: is handed how many
	orders are done, and of how many. Asked again, or by two at the same moment, it makes nothing more.
	"""
	places, queue, answer = where.load(), planning.in_order(orders), Made()
	sizes = places.most() if most is None else dict.fromkeys({places.of(name) for name in places.walk}, most)
	if all(size == 1 for size in sizes.values()):
		batches = [(batch, None) for batch in chunks(queue, BATCH)]
	else:
		batches = _batches(queue, places, within, sizes)
	done = 0
	for batch, wanted in batches:
		_attempt(lambda batch=batch, wanted=wanted: _make(batch, places, within, wanted), batch, answer)
		done += len(batch)
		if tell:
			tell(min(done, len(queue)), len(queue))
	for order in answer.left.keys() & _listed(answer.made):
		del answer.left[order]
	return answer


def _batches(
	queue: Sequence[str], places: Places, within: set[str] | None, sizes: dict[str, int]
) -> list[tuple[list[str], list[Sheet] | None]]:
	"""Lists of several orders are dealt out before any order is locked; what has changed until then is left out."""
	taken = [row for chunk in chunks(queue, 200) for row in planning.plan(chunk, places, within).taken]
	dealt = sheets.deal(taken, queue, sizes)
	going = {order for sheet in dealt for order in sheet.orders}
	batches = [
		(sorted({order for sheet in chunk for order in sheet.orders}), list(chunk))
		for chunk in chunks(dealt, max(BATCH // max(max(sizes.values()), 1), 1))
	]
	# the others, for the reasons why nothing of them goes
	return batches + [(chunk, None) for chunk in chunks([o for o in queue if o not in going], 200)]


def _attempt(make: Callable[[], Made], orders: Sequence[str], answer: Made) -> None:
	"""Make one batch as a transaction of its own; a deadlock or a lock time-out is tried again."""
	for attempt in range(ATTEMPTS):
		# a job's loop: each batch commits, so that what is made stays and no lock is kept longer than for its own lists
		frappe.db.commit()  # nosemgrep
		try:
			found = make()
			frappe.db.commit()  # nosemgrep
		except busy.BUSY:
			frappe.db.rollback()
			busy.pause(attempt)
			continue
		answer.made += found.made
		answer.left |= found.left
		return
	answer.left |= dict.fromkeys(orders, _("Somebody else has it in hand. Try again in a moment."))


def _make(orders: Sequence[str], places: Places, within: set[str] | None, wanted: list[Sheet] | None) -> Made:
	"""Lock the orders, look what of them may go now, and insert the lists. The caller commits.

	All locks come before the first list: whoever submits a list reads the rows of others under lock.
	"""
	store.lock_orders(orders)
	found = planning.plan(orders, places, within)
	answer = Made(left=found.left)
	for sheet in sheets.deal(found.taken, orders, {}) if wanted is None else wanted:
		taken = [row for row in found.taken if row.place == sheet.place and row.order in sheet.orders]
		if taken:
			_insert(sheet, taken, found, places, answer)
	return answer


def _insert(sheet: Sheet, taken: list[Ready], found: Plan, places: Places, answer: Made) -> None:
	"""One list under a savepoint: one that ERPNext refuses takes no other along, and is logged."""
	frappe.db.savepoint(SAVEPOINT)
	try:
		answer.made.append(_list(sheet, taken, found, places).insert(ignore_permissions=True).name)
	except busy.BUSY:
		raise
	except Exception as error:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.log_error(_("Pick list of {0} failed").format(", ".join(sheet.orders))[:140])
		answer.left |= dict.fromkeys(sheet.orders, str(error))
	else:
		frappe.db.release_savepoint(SAVEPOINT)


def _list(sheet: Sheet, taken: list[Ready], found: Plan, places: Places) -> Document:
	"""The unsaved list of a sheet."""
	ranks = {order: rank for rank, order in enumerate(sheet.orders)}
	taken = sorted(taken, key=lambda row: ranks[row.order])
	heads = [found.heads[order] for order in dict.fromkeys(row.order for row in taken)]
	customers = {head.customer: head.customer_name for head in heads}
	pick = frappe.new_doc("Pick List")
	pick.update(
		{
			"company": heads[0].company,
			"purpose": "Delivery",
			"pick_manually": 1,
			"scan_mode": int(places.rule(taken[0].warehouse).scan),
			"parent_warehouse": sheet.place,
		}
	)
	if len(customers) == 1:
		pick.customer, pick.customer_name = next(iter(customers.items()))
	# its rows were just read, under the lock of their orders: looking each link up again is half of what a list costs
	pick.flags.update({"b2b_judged": True, "ignore_links": True})
	for row in rows.list_rows(taken, found.sources, places.walk):
		pick.append("locations", row)
	binding.propose(pick)
	return pick


def _listed(names: Iterable[str]) -> set[str]:
	found = set()
	for chunk in chunks(names):
		found.update(
			frappe.get_all("Pick List Item", {"parent": ("in", chunk)}, pluck="sales_order", distinct=True)
		)
	return found
