"""Losing stock: the only postings that may cut below what is reserved.

A count (Stock Reconciliation) and a Stock Entry of a type marked *loss* take units that are reserved: the plan runs in
reverse, the last in line gives up first, units on an open pick list never. Before ERPNext looks, the reservations of
these shelves are put aside; once it has posted they come back, cut down to what the shelves then have. All of it in the
posting's own transaction, so a posting that is refused has cost nobody anything; the run before the commit finds the
losers other supply and tells them.
"""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import comma_and, flt, get_link_to_form

from wholesale_b2b.allocation.service import aside, bound_losses, documents, marking
from wholesale_b2b.allocation.service.giving import Given, give_up
from wholesale_b2b.allocation.store import keyring, losses, reads
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.reads import World
from wholesale_b2b.figures import plain
from wholesale_b2b.setup.switch import is_enabled, settings

ZERO = Decimal(0)


def before_count(doc: Document) -> None:
	"""A Stock Reconciliation is about to be submitted or cancelled: put aside what is reserved where it counts.

	ERPNext refuses it while anything is reserved of any of its items in any of its warehouses, in whichever rows they are.
	Saving a draft changes nothing.
	"""
	if not is_enabled(doc.company):
		return
	reserved = losses.reserved_among(
		{row.item_code for row in doc.items}, {row.warehouse for row in doc.items}
	)
	_put_aside(doc, {key for key, _status in reserved.values()})


def before_entry(doc: Document) -> None:
	"""A Stock Entry marked *loss* is about to take units: put aside what is reserved where too few are free."""
	if not is_enabled(doc.company) or not is_loss(doc):
		return
	documents.lock(doc)
	leaving: dict[Key, Decimal] = defaultdict(Decimal)
	for row in doc.items:
		if row.s_warehouse:
			leaving[row.item_code, row.s_warehouse] += reads.units(row.transfer_qty)
	keys = keyring.stock_keys(leaving, [doc.company])
	_put_aside(doc, {key for key in keys if _takes_reserved(key, leaving[key])})


def is_loss(doc: Document) -> bool:
	"""Whether a Stock Entry's type is marked *loss*."""
	return bool(
		doc.stock_entry_type
		and frappe.get_cached_value("Stock Entry Type", doc.stock_entry_type, "b2b_is_loss")
	)


def _takes_reserved(key: Key, leaving: Decimal) -> bool:
	state = reads.shelf_state(key)
	names = losses.reserved_among([key[0]], [key[1]])
	return state.actual - leaving < state.reserved or bool(losses.bound_rows(names))


def _put_aside(doc: Document, keys: set[Key]) -> None:
	"""Put aside what is reserved at these keys, and have them looked at before the commit in any case."""
	keys = keyring.stock_keys(keys, [doc.company])
	if not keys:
		return
	marking.lock(documents.keys_of(doc) | keys)
	among = losses.reserved_among({item for item, _ in keys}, {warehouse for _, warehouse in keys})
	entries = {name: found for name, found in among.items() if found[0] in keys}
	if busy := set(entries) - losses.lock_entries(entries):
		frappe.throw(
			_(
				"Stock Reservation Entry {0} is being changed by somebody else. Submit {1} again in a moment."
			).format(
				comma_and(
					[get_link_to_form("Stock Reservation Entry", name) for name in sorted(busy)[:5]], False
				),
				doc.name,
			),
			title=_("Reserved Stock"),
		)
	aside.put_aside(entries)
	marking.mark(keys, documents.cause_of(doc))


def settle(doc: Document) -> None:
	"""The posting is done: bring the reservations back, cut down to what the shelves have now.

	Raises frappe.ValidationError where units would have to go that are being picked, and frappe.PermissionError where
	a count takes reserved units and its user may not do that.
	"""
	keys = aside.bring_back()
	if not keys:
		return
	world = reads.load(keys)
	given = bound_losses.give_up_what_is_gone(world)
	more, missing = give_up(
		_loose(reads.load(keys) if given else world), {key: world.shelves[key].actual for key in keys}
	)
	given += more
	bound_losses.trim(keys)
	_refuse_picked(doc, world, given, missing)
	if given:
		_refuse_without_role(doc, world, given)
		_tell(doc, world, given)


def _loose(world: World) -> World:
	"""Named serial numbers hold a reservation against runs; against the loss of the goods only picking does."""
	return replace(world, entries=[entry._replace(bound=False) for entry in world.entries])


def _refuse_picked(doc: Document, world: World, given: Given, missing: dict[Key, Decimal]) -> None:
	"""Units on an open pick list are on their way to the customer: whoever picks has to say that they are not there."""
	lost = _by_line(given)
	for (line, key), qty in lost.items():
		held = sum((e.open for e in world.entries if (e.line, e.key) == (line, key)), ZERO)
		picking = min(held, world.picking.get((line, key[1]), ZERO))
		if held - qty < picking:
			missing = {**missing, key: missing.get(key, ZERO) + picking - (held - qty)}
	for key, qty in sorted(missing.items()):
		frappe.throw(
			_(
				"{0} of the units of {1} in {2} that {3} takes are being picked: see Pick List {4}. Shorten or cancel the pick list, then submit again."
			).format(
				plain(flt(qty)),
				get_link_to_form("Item", key[0]),
				frappe.bold(key[1]),
				doc.name,
				comma_and([get_link_to_form("Pick List", name) for name in losses.pick_lists(key)], False),
			),
			title=_("Reserved Stock"),
		)


def _refuse_without_role(doc: Document, world: World, given: Given) -> None:
	"""A count cuts reserved stock only by the role that Wholesale Settings names; a Stock Entry by its type alone."""
	if doc.doctype != "Stock Reconciliation":
		return
	role = settings().role_to_cut_reserved_stock
	if role and role in frappe.get_roles():
		return
	frappe.throw(
		_("{0} takes units that are reserved: {1}.").format(doc.name, _named(world, given))
		+ " "
		+ (
			_("Ask somebody with the role {0} to submit it, or take the units from the orders first.").format(
				frappe.bold(role)
			)
			if role
			else _("Wholesale Settings name no role that may do that. Take the units from the orders first.")
		),
		frappe.PermissionError,
		title=_("Reserved Stock"),
	)


def _tell(doc: Document, world: World, given: Given) -> None:
	frappe.msgprint(
		_("{0} has taken units from orders: {1}. They are planned anew, and their people are told.").format(
			doc.name, _named(world, given)
		),
		title=_("Reserved Stock"),
		indicator="orange",
	)


NAMED = 20


def _named(world: World, given: Given) -> str:
	"""Which orders give up how many of what."""
	lost = sorted(_by_line(given).items(), key=lambda row: (row[0][1], row[0][0]))
	names = [
		_("{0} of {1} by Sales Order {2}").format(
			plain(flt(qty)),
			frappe.utils.escape_html(key[0]),
			get_link_to_form("Sales Order", world.lines[line].order) if line in world.lines else "?",
		)
		for (line, key), qty in lost[:NAMED]
	]
	if len(lost) > NAMED:
		names.append(_("{0} more").format(len(lost) - NAMED))
	return comma_and(names, False)


def _by_line(given: Given) -> dict[tuple[str, Key], Decimal]:
	total: dict[tuple[str, Key], Decimal] = defaultdict(Decimal)
	for key, peg in given:
		total[peg.demand, key] += peg.qty
	return total
