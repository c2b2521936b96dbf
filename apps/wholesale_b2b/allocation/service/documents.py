"""What the events of ERPNext's documents ask of the engine."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_datetime, get_link_to_form, now_datetime

from wholesale_b2b.allocation.service import marking, receipts
from wholesale_b2b.allocation.store import keyring, reads, sources
from wholesale_b2b.allocation.store.reads import Key
from wholesale_b2b.setup.switch import is_enabled

TABLES = ("items", "packed_items", "supplied_items", "required_items")
WAREHOUSE_FIELDS = (
	"warehouse",
	"s_warehouse",
	"t_warehouse",
	"target_warehouse",
	"rejected_warehouse",
	"from_warehouse",
	"reserve_warehouse",
	"source_warehouse",
)


def lock(doc: Document) -> None:
	"""Lock the Bins that ERPNext is about to write for this document, in sorted order."""
	if is_enabled(doc.company):
		marking.lock(keys_of(doc))


def lock_row(row: Document) -> None:
	"""The same for one row of an order: *Update Items* posts a deleted row before the order's own events."""
	if row.parenttype and is_enabled(frappe.db.get_value(row.parenttype, row.parent, "company")):
		marking.lock(keys_of(row))


def mark(doc: Document) -> None:
	"""Have the pegs at all keys of this document made right."""
	if is_enabled(doc.company):
		marking.mark(keys_of(doc), cause_of(doc))


def before_change(doc: Document) -> None:
	"""A submitted order is about to get another status (Hold, Close, Re-open): lock its Bins and remember it.

	Asked of the database, since a document that was saved before in the same process compares with its older self.
	"""
	changed = doc.docstatus == 1 and frappe.db.get_value(doc.doctype, doc.name, "status") != doc.status
	doc.flags.b2b_status_changes = changed
	if changed:
		lock(doc)


def keep_place(doc: Document) -> None:
	"""Give an order its place in the queue: when it was placed, or the order it amends, or its blanket order was."""
	if is_enabled(doc.company):
		doc.b2b_placed_at = reads.placed_at(
			doc.amended_from, {row.blanket_order for row in doc.items if row.blanket_order}
		) or get_datetime(f"{doc.transaction_date} {get_datetime(doc.creation or now_datetime()).time()}")


def remember_taken(doc: Document) -> None:
	"""A reservation of an order is being cancelled by ERPNext or a user: its units stay that line's in this transaction."""
	if is_enabled(doc.company) and doc.voucher_type == "Sales Order":
		open_qty = reads.units(doc.reserved_qty) - reads.units(doc.delivered_qty)
		marking.remember(doc.voucher_detail_no, (doc.item_code, doc.warehouse), open_qty)


def on_change(doc: Document) -> None:
	"""Mark the order whose status has changed."""
	if doc.flags.pop("b2b_status_changes", False):
		mark(doc)


def refresh_engine_fields(doc: Document) -> None:
	"""Give an order that is saved after submit the figures that runs have written since it was loaded.

	Runs leave `modified` alone, so that open forms can be saved; without this the save would bring old figures back.
	"""
	if not is_enabled(doc.company):
		return
	states = reads.row_states(row.name for row in doc.items if row.name)
	for row in doc.items:
		row.update(states.get(row.name, {}))
	if head := reads.order_state(doc.name):
		doc.update(head)


def make_way_for_cancel(doc: Document) -> None:
	"""Free what a cancelled receipt takes back from the shelf, so that ERPNext does not refuse the cancellation."""
	if not is_enabled(doc.company) or not _brings_supply(doc):
		return
	leaving: dict[Key, Decimal] = defaultdict(Decimal)
	for row in doc.items:
		target = row.get("t_warehouse") if doc.doctype == "Stock Entry" else row.get("warehouse")
		if target:
			qty = row.get("transfer_qty") or flt(row.qty) * (flt(row.get("conversion_factor")) or 1)
			leaving[row.item_code, target] += reads.units(qty)
	receipts.make_way(leaving, sources.fulfilled(doc), cause_of(doc))


def _brings_supply(doc: Document) -> bool:
	"""Whether a document is the arrival of a supply; any other posting that brought stock stays as ERPNext has it."""
	if doc.get("is_return"):
		return False
	if doc.doctype == "Purchase Invoice":
		return bool(doc.update_stock)
	if doc.doctype == "Stock Entry":
		return doc.purpose == "Manufacture" or bool(doc.outgoing_stock_entry)
	return doc.doctype in ("Purchase Receipt", "Subcontracting Receipt")


def refuse_reserved(doc: Document) -> None:
	"""Refuse a ledger posting that takes reserved units of an item which ERPNext lets go negative.

	ERPNext's own checks (`stock_ledger.validate_negative_stock`, `validate_reserved_stock`) are skipped for items with
	*Allow Negative Stock*; reserved units stay reserved all the same.
	"""
	# A cancellation is posted with the quantity of what it takes back already turned round.
	if flt(doc.actual_qty) >= 0 or not is_enabled(doc.company):
		return
	if not frappe.get_cached_value("Item", doc.item_code, "allow_negative_stock"):
		return
	state = reads.shelf_state((doc.item_code, doc.warehouse))
	if state.reserved and state.actual + reads.units(doc.actual_qty) < state.reserved:
		frappe.throw(
			_(
				"{0} units of {1} in {2} are reserved for other orders; only {3} are free. Deliver less, or take the units from an order first."
			).format(
				frappe.bold(flt(state.reserved)),
				get_link_to_form("Item", doc.item_code),
				frappe.bold(doc.warehouse),
				flt(max(state.actual - state.reserved, Decimal(0))),
			),
			title=_("Reserved Stock"),
		)


def refuse_reserved_at_till(doc: Document) -> None:
	"""Refuse a till sale of units that are reserved for orders; ERPNext's till looks at the shelf alone."""
	if not is_enabled(doc.company) or doc.get("is_return") or not doc.get("update_stock"):
		return
	wanted: dict[Key, Decimal] = defaultdict(Decimal)
	for row in doc.items:
		wanted[row.item_code, row.warehouse] += reads.units(row.stock_qty)
	keys = keyring.stock_keys(wanted, [doc.company])
	for key in sorted(keys):
		state = reads.shelf_state(key)
		free = state.actual - state.reserved - state.at_till
		if state.reserved and wanted[key] > free:
			frappe.throw(
				_("Only {0} of {1} in {2} can be sold: {3} units are reserved for orders.").format(
					flt(max(free, Decimal(0))),
					get_link_to_form("Item", key[0]),
					frappe.bold(key[1]),
					flt(state.reserved),
				),
				title=_("Reserved Stock"),
			)


# ---- which keys -------------------------------------------------------------------------------------------------


def keys_of(doc: Document) -> set[Key]:
	"""Every item and warehouse that a document moves, asks for or promises."""
	if doc.doctype in ("Stock Ledger Entry", "Stock Reservation Entry"):
		return {(doc.item_code, doc.warehouse)}
	if doc.meta.istable:
		return set(_row_keys([doc]))
	keys = set(_row_keys(row for table in TABLES for row in doc.get(table) or ()))
	# Rows may have gone, or go out from elsewhere than where they are promised: look at the pegs themselves too.
	if doc.doctype == "Sales Order":
		keys |= keyring.pegged_keys(doc.name)
	if delivered := {row.get("so_detail") for row in doc.get("items") or () if row.get("so_detail")}:
		keys |= keyring.line_keys(delivered)
	if doc.doctype in sources.supply_types():
		keys |= keyring.promised_keys(doc.doctype, doc.name)
	keys |= sources.touched(doc)
	if before := doc.get_doc_before_save():
		keys |= set(_row_keys(row for table in TABLES for row in before.get(table) or ()))
	return keys


def _row_keys(rows: Iterable[Document]) -> Iterable[Key]:
	for row in rows:
		item_code = row.get("item_code") or row.get("rm_item_code")
		for field in WAREHOUSE_FIELDS:
			if item_code and row.get(field):
				yield item_code, row.get(field)


def cause_of(doc: Document) -> str:
	"""The document as the log names it; a ledger or reservation entry by its voucher."""
	if doc.doctype in ("Stock Ledger Entry", "Stock Reservation Entry"):
		return f"{doc.voucher_type} {doc.voucher_no}"
	return f"{doc.doctype} {doc.name}"
