"""What the events of ERPNext's documents ask of the engine."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, flt, get_datetime, get_link_to_form, getdate, now_datetime

from wholesale_b2b.allocation.service import locking, marking, receipts
from wholesale_b2b.allocation.store import batches, demand, facts, keyring, reads, sources, till
from wholesale_b2b.allocation.store.demand import Key
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


# A document that goes in or out of one of these asks for more or less than before; between others it is only counted.
# *Delivered* ends a purchase order of which a part goes from the supplier to the customer.
HALTED = ("Closed", "On Hold", "Stopped", "Cancelled", "Delivered")


def lock(doc: Document) -> None:
	"""Lock what ERPNext is about to write for this document: the documents it reports to, then Bins in sorted order."""
	if is_enabled(doc.company):
		keys = locking.lock(doc, lambda: keys_of(doc))
		if doc.doctype in ("Delivery Note", "Sales Invoice"):
			# Who ships first would take what is left of a batch that expired overnight; the plan says who has it.
			marking.settle_expired(keys)


def lock_sources(doc: Document) -> None:
	"""Lock the documents that this one reports to; it posts nothing to Bins."""
	if is_enabled(doc.company):
		locking.lock_pick_list(doc)


def refuse_groups(doc: Document) -> None:
	"""Refuse an order for goods from a group of warehouses: no units lie there, so the line would wait for ever."""
	if not is_enabled(doc.company):
		return
	for row in doc.items:
		if row.warehouse and frappe.get_cached_value("Warehouse", row.warehouse, "is_group"):
			if frappe.get_cached_value("Item", row.item_code, "is_stock_item"):
				frappe.throw(
					_(
						"Row {0}: {1} is a group of warehouses. Choose one of those below it: units lie in those."
					).format(row.idx, frappe.bold(row.warehouse)),
					title=_("Group Warehouse"),
				)


def lock_row(row: Document) -> None:
	"""The same for one row of an order: *Update Items* saves rows before the order, and posts a deleted one."""
	if row.parenttype and is_enabled(facts.company_of(row.parenttype, row.parent)):
		locking.lock_order_from_within(row.parenttype, row.parent, keys_of(row))


def lock_for_update_items(doctype: str, name: str, rows: Iterable[dict]) -> None:
	"""Lock an order and its Bins before *Update Items* touches the first row. rows: as the dialog sends them."""
	if is_enabled(facts.company_of(doctype, name)):
		locking.lock_order(
			doctype,
			name,
			{(row.get("item_code"), row.get("warehouse")) for row in rows if row.get("item_code")},
		)


def lock_reservation(doc: Document) -> None:
	"""Somebody reserves by hand, or changes what is reserved: lock the order and all its Bins.

	All, since ERPNext goes on to the order's other rows in the same transaction.
	"""
	if not is_enabled(doc.company) or doc.voucher_type != "Sales Order":
		return
	if doc.is_new():
		locking.lock_order("Sales Order", doc.voucher_no, keys_of(doc) | keyring.made_from_keys(doc))
	else:
		locking.lock_order_from_within("Sales Order", doc.voucher_no, keys_of(doc))


def mark(doc: Document) -> None:
	"""Have the pegs at all keys of this document made right."""
	if is_enabled(doc.company):
		marking.mark(keys_of(doc), cause_of(doc))


def before_change(doc: Document) -> None:
	"""A submitted order is about to get another status (Hold, Close, Re-open): lock its Bins and remember it.

	Asked of the database, since a document that was saved before in the same process compares with its older self.
	"""
	before = facts.status_of(doc.doctype, doc.name)
	if note_status(doc) and (before in HALTED or doc.status in HALTED):
		lock(doc)
	else:
		doc.flags.b2b_status_changes = False


def note_status(doc: Document) -> bool:
	"""Note on a submitted document that is about to change whether it gets another status."""
	changed = doc.docstatus == 1 and facts.status_of(doc.doctype, doc.name) != doc.status
	doc.flags.b2b_status_changes = changed
	return changed


def status_has_changed(doc: Document) -> bool:
	"""What `note_status` has noted; true once."""
	return bool(doc.flags.pop("b2b_status_changes", False))


def keep_place(doc: Document) -> None:
	"""Give an order its place in the queue: when it was placed, or the order it amends, or its blanket order was."""
	if is_enabled(doc.company):
		doc.b2b_placed_at = demand.placed_at(
			doc.amended_from, {row.blanket_order for row in doc.items if row.blanket_order}
		) or get_datetime(f"{doc.transaction_date} {get_datetime(doc.creation or now_datetime()).time()}")


def batch_changed(doc: Document) -> None:
	"""A Batch has got another expiry date, or was disabled or enabled: what is on the shelf of it is looked at."""
	before = doc.get_doc_before_save()
	if before and any(cstr(before.get(f)) != cstr(doc.get(f)) for f in ("expiry_date", "disabled")):
		marking.mark({key[:2] for key in batches.balances([doc.name])}, cause_of(doc))


def forget_figures(doc: Document) -> None:
	"""A new order has nothing yet, whatever was copied with it: Desk's *Amend* copies what was kept in no copy otherwise."""
	for row in (*doc.items, *(doc.get("packed_items") or ())):
		row.update(dict.fromkeys(("b2b_reserved_qty", "b2b_pre_allocated_qty", "b2b_backorder_qty"), 0))
		row.b2b_promise_date = None
	doc.update({"b2b_allocation_status": "", "b2b_promise_date": None, "b2b_placed_at": None})


def remember_taken(doc: Document) -> None:
	"""A reservation of an order is being cancelled by ERPNext or a user: its units stay that line's in this transaction."""
	if is_enabled(doc.company) and doc.voucher_type == "Sales Order":
		open_qty = reads.units(doc.reserved_qty) - reads.units(doc.delivered_qty)
		marking.remember(doc.voucher_detail_no, (doc.item_code, doc.warehouse), open_qty)


def on_change(doc: Document) -> None:
	"""Mark the order whose status has changed."""
	if status_has_changed(doc):
		mark(doc)


def refresh_engine_fields(doc: Document) -> None:
	"""Give an order that is saved after submit the figures that runs have written since it was loaded.

	Runs leave `modified` alone, so that open forms can be saved; without this the save would bring old figures back.
	"""
	if not is_enabled(doc.company):
		return
	rows = [row for row in (*doc.items, *doc.packed_items) if row.name]
	states = demand.row_states(row.name for row in rows)
	for row in rows:
		row.update(states.get(row.name, {}))
	if head := demand.order_state(doc.name):
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
	"""Refuse a ledger posting that takes reserved units where ERPNext's own checks do not see it.

	They (`stock_ledger.validate_negative_stock`, `validate_reserved_stock`) are skipped for items with *Allow Negative
	Stock*, and take units of expired batches for units that cover a reservation.
	"""
	# A cancellation is posted with the quantity of what it takes back already turned round.
	if flt(doc.actual_qty) >= 0 or not is_enabled(doc.company):
		return
	item = frappe.get_cached_value(
		"Item", doc.item_code, ["allow_negative_stock", "has_batch_no"], as_dict=True
	)
	if not (item.allow_negative_stock or item.has_batch_no):
		return
	state = reads.shelf_state((doc.item_code, doc.warehouse))
	if not state.reserved or not (item.allow_negative_stock or state.expired):
		return
	leaving = -reads.units(doc.actual_qty)
	if item.has_batch_no and doc.serial_and_batch_bundle:
		leaving = batches.leaving(doc.serial_and_batch_bundle, getdate())
	if leaving > 0 and state.actual - leaving < state.reserved:
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
	if doc.doctype == "POS Invoice":
		parts = till.parts(row.item_code for row in doc.items)
		keys |= {(item, row.warehouse) for row in doc.items for item, _qty in parts.get(row.item_code, ())}
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
