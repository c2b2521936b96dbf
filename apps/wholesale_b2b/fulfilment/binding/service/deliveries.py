"""Deliveries without a pick list: bound first expired first out, and never to what is on a pick list."""

from collections import defaultdict
from decimal import Decimal

import frappe
from erpnext.stock.doctype.serial_no.serial_no import get_serial_nos
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.fulfilment.binding import rules, store
from wholesale_b2b.fulfilment.binding.service.rows import (
	ZERO,
	make_bundle,
	make_bundles,
	refuse,
	stock_qty,
	unbound,
)
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.setup.switch import is_enabled

DELIVERIES = ("Delivery Note", "Sales Invoice")


def note_named(doc: Document) -> None:
	"""Before ERPNext fills anything in: mark the rows whose sender named a batch or serial number. They are as they are."""
	for row in doc.items:
		row.flags.b2b_named = bool(row.batch_no or row.serial_no)


def forget_filled_in(doc: Document) -> None:
	"""Rows just mapped from an order, which names no batch or number: forget what ERPNext has filled in.

	It is filled in, or chosen, when the delivery is saved; until then nobody has named it.
	"""
	if not _takes_stock(doc):
		return
	for row in doc.items:
		# rows of a form have names already, and those from a pick list or an invoice the batches of these
		mapped = row.get("so_detail") and not (row.name or row.get("pick_list_item") or row.get("si_detail"))
		if mapped and not row.get("against_pick_list"):
			row.update({"batch_no": None, "serial_no": None})


def leave_pick_lists_alone(doc: Document) -> None:
	"""A delivery that is just being made: a batch or number that ERPNext has filled in is taken out where a pick list has
	it, and a batch of which there is too little for the row.

	The row is bound when the delivery is submitted; its user is told. What its sender named stays (see `note_named`).
	"""
	if not _takes_stock(doc) or not doc.is_new():
		return
	rows = [
		row
		for row in doc.items
		if (row.batch_no or row.serial_no) and not row.get("against_pick_list") and not row.flags.b2b_named
	]
	items = {row.item_code for row in rows}
	if not items:
		return
	numbers = store.serials_on_pick_lists(items, (), drafts=False)
	taken = store.on_pick_lists(items, (), drafts=False)
	there = {key[1:]: qty for key, qty in store.balances({r.batch_no for r in rows if r.batch_no}).items()}
	for row in rows:
		place = (row.warehouse, row.batch_no)
		named = get_serial_nos(row.serial_no) if row.serial_no else []
		short = not named and there.get(place, ZERO) - taken.get(place, ZERO) < stock_qty(row)
		if short or any(number in numbers for number in named):
			row.update({"batch_no": None, "serial_no": None, "use_serial_batch_fields": 0})
			frappe.msgprint(
				_(
					"Row {0}: too little of {1} is on no pick list; others are chosen when this is submitted."
				).format(row.idx, place[1] or ", ".join(number for number in named if number in numbers)),
				alert=True,
			)


def _takes_stock(doc: Document) -> bool:
	"""Whether a Delivery Note or Sales Invoice takes units from the shelf of a company that is switched on.

	Till sales were bound at the till: the invoice that posts them takes what was sold.
	"""
	return is_enabled(doc.company) and leaving.ships(doc) and not leaving.posts_till_sales(doc)


def bind_delivery(doc: Document) -> None:
	"""Bind the rows of a delivery that name no batch or serial number: first expired first out, nothing off a pick list.

	Where there is too little, ERPNext says so in its own words. It binds transfers between own companies itself, so that
	their receipts can follow it.
	"""
	if not _takes_stock(doc) or doc.get("is_internal_customer"):
		return
	_bind_components(doc)
	lists = {row.get("against_pick_list") for row in doc.items} - {None, ""}
	for table in ("items", "packed_items"):
		# components of a product bundle come without the batches of their pick list; its units are this delivery's
		make_bundles(doc, unbound(doc.get(table) or ()), lists, doc.get(table) or ())


def _bind_components(doc: Document) -> None:
	"""Components of a product bundle go out as they were picked; ERPNext takes over the first row of several."""
	parents = {row.name: row for row in doc.items if row.get("against_pick_list")}
	kinds = store.kinds({row.item_code for row in doc.get("packed_items") or ()})
	for row in doc.get("packed_items") or ():
		parent = parents.get(row.parent_detail_docname)
		if not parent or row.item_code not in kinds or row.serial_and_batch_bundle:
			continue
		picked = store.picked(parent.against_pick_list, parent.so_detail, row.item_code, row.warehouse)
		if sum((lot.qty for lot in picked), ZERO) >= stock_qty(row):
			(parts,) = rules.bind([rules.Wish(stock_qty(row))], picked)
			make_bundle(doc, row, parts)


def refuse_picked(bundle: Document) -> None:
	"""Refuse a posting that takes a batch's units, or a serial number, off somebody's submitted pick list."""
	if bundle.type_of_transaction != "Outward" or bundle.voucher_type not in (*DELIVERIES, "Stock Entry"):
		return
	if not is_enabled(bundle.company):
		return
	rows = store.bundle_rows(bundle.name)
	items = [bundle.item_code]
	own = store.pick_lists_of(bundle.voucher_type, bundle.voucher_no)
	numbers = store.serials_on_pick_lists(items, own, drafts=False)
	for _batch, number, _qty in rows:
		if number and number in numbers:
			refuse(
				_("Serial number {0} is on {1}. Take another, or cancel that list first.").format(
					number, get_link_to_form("Pick List", numbers[number])
				)
			)
	leaving: dict[str, Decimal] = defaultdict(lambda: ZERO)
	for batch, number, qty in rows:
		if batch and not number:
			leaving[batch] += qty
	there = {key[1:]: qty for key, qty in store.balances(leaving, [bundle.warehouse], bundle.name).items()}
	taken = store.on_pick_lists(items, own, drafts=False) if leaving else {}
	for batch, qty in leaving.items():
		place = (bundle.warehouse, batch)
		if taken.get(place) and there.get(place, ZERO) - qty < taken[place]:
			refuse(
				_(
					"{0} units of batch {1} in {2} are on pick lists ({3}); {4} cannot be taken. Take another batch, or cancel a list first."
				).format(
					flt(taken[place]),
					batch,
					bundle.warehouse,
					", ".join(
						get_link_to_form("Pick List", name)
						for name in store.pick_lists_with(items, own, place)
					),
					flt(qty),
				)
			)
