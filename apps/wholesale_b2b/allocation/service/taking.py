"""Refusing sales of units that are kept for others: reserved for orders, or held until a time.

ERPNext keeps other orders' reservations from deliveries itself; it knows nothing of Stock Holds, and its till looks at
the shelf alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, format_datetime, get_link_to_form, now_datetime

from wholesale_b2b.allocation.store import bundles, holds, keyring, reads, till
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.setup.switch import is_enabled

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Taken:
	"""Units that a document takes from a shelf. lines: the demand lines that they are delivered on, if any."""

	key: Key
	qty: Decimal
	lines: tuple[str, ...] = ()


def refuse_at_till(doc: Document) -> None:
	"""Refuse a till sale, of a bundle's components too, of units that are reserved for orders or held."""
	if not is_enabled(doc.company) or not doc.get("update_stock") or not leaving.ships(doc):
		return
	wanted: dict[Key, Decimal] = defaultdict(Decimal)
	for taken in _sold(doc):
		wanted[taken.key] += taken.qty
	keys = keyring.stock_keys(wanted, [doc.company])
	held = _held(keys)
	for key in sorted(keys):
		state = reads.shelf_state(key)
		free = state.actual - state.reserved - state.at_till
		if state.reserved and wanted[key] > free:
			frappe.throw(
				_("Only {0} of {1} in {2} can be sold: {3} units are reserved for orders.").format(
					flt(max(free, ZERO)),
					get_link_to_form("Item", key[0]),
					frappe.bold(key[1]),
					flt(state.reserved),
				),
				title=_("Reserved Stock"),
			)
		_refuse_held(key, wanted[key], free, held.get(key, ()))


def refuse_held(doc: Document) -> None:
	"""Refuse a delivery of units that a Stock Hold keeps for somebody else.

	What is reserved for the lines that it delivers is theirs, and what is held for the quotation or the basket that
	their order came from. Called under the Bins' locks, before any reservation is consumed.
	"""
	if not is_enabled(doc.company) or not _delivers(doc):
		return
	taken = _taken(doc)
	keys = {row.key for row in taken}
	order_rows = {row.so_detail for row in doc.items if row.get("so_detail")}
	held = _held(keys, order_rows)
	if not held:
		return
	own = defaultdict(Decimal, holds.reserved(line for row in taken for line in row.lines))
	beyond: dict[Key, Decimal] = defaultdict(Decimal)
	for row in taken:
		left = row.qty
		for line in row.lines:
			mine = min(own[line, row.key[1]], left)
			own[line, row.key[1]] -= mine
			left -= mine
		beyond[row.key] += left
	for key in sorted(held):
		state = reads.shelf_state(key)
		_refuse_held(key, beyond[key], state.actual - state.reserved - state.at_till, held[key])


def held_from(keys: Iterable[Key], order_rows: Iterable[str] = ()) -> dict[Key, Decimal]:
	"""Units of these keys that Stock Holds keep for others than the orders of these rows."""
	return {key: sum((hold.qty for hold in rows), ZERO) for key, rows in _held(keys, order_rows).items()}


def _refuse_held(key: Key, wanted: Decimal, free: Decimal, held: Iterable[frappe._dict]) -> None:
	held = list(held)
	kept = sum((hold.qty for hold in held), ZERO)
	if not kept or wanted <= max(free - kept, ZERO):
		return
	frappe.throw(
		_(
			"Only {0} of {1} in {2} can be taken; {3} are held: {4}. Take less, wait, or have somebody release the hold who may."
		).format(
			flt(max(free - kept, ZERO)),
			get_link_to_form("Item", key[0]),
			frappe.bold(key[1]),
			flt(kept),
			", ".join(_named(hold) for hold in held[:5]) + ("…" if len(held) > 5 else ""),
		),
		title=_("Held Stock"),
	)


def _named(hold: frappe._dict) -> str:
	link = get_link_to_form(holds.HOLD, hold.name)
	until = format_datetime(hold.until)
	if hold.status == "Consumed":
		return _("{0} for {1}").format(link, hold.sales_order)
	if hold.for_name:
		return _("{0} for {1} until {2}").format(link, hold.for_name, until)
	return _("{0} until {1}").format(link, until)


def _held(keys: Iterable[Key], order_rows: Iterable[str] = ()) -> dict[Key, list[frappe._dict]]:
	keys = set(keys)
	found: dict[Key, list[frappe._dict]] = defaultdict(list)
	for hold in holds.standing(keys, now_datetime(), order_rows):
		found[hold.item_code, hold.warehouse].append(hold)
	return found


def _delivers(doc: Document) -> bool:
	"""Whether stock leaves with it; what tills have sold was looked at when it was sold."""
	return leaving.ships(doc) and not leaving.posts_till_sales(doc)


def _sold(doc: Document) -> list[Taken]:
	"""What a POS Invoice will take once it is posted; it has no packing list."""
	parts = till.parts(row.item_code for row in doc.items)
	return [
		Taken((item, row.warehouse), reads.units(row.stock_qty) * qty)
		for row in doc.items
		if row.warehouse
		for item, qty in parts.get(row.item_code, [(row.item_code, 1)])
	]


def _taken(doc: Document) -> list[Taken]:
	rows = {row.name: row.get("so_detail") for row in doc.items}
	parts = doc.get("packed_items") or ()
	components = bundles.components(line for line in rows.values() if line) if parts else {}
	return [
		Taken((row.item_code, row.warehouse), reads.units(row.stock_qty), (line,) if line else ())
		for row in doc.items
		for line in (row.get("so_detail"),)
		if row.item_code and row.warehouse
	] + [
		Taken(
			(part.item_code, part.warehouse),
			reads.units(part.qty),
			tuple(components.get((rows.get(part.parent_detail_docname), part.item_code), ())),
		)
		for part in parts
		if part.item_code and part.warehouse
	]
