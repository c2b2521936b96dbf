"""Stock Holds: kept under the Bin's lock, freed by time, by hand or by the order they were kept for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, format_datetime, get_datetime, get_link_to_form, getdate, now_datetime

from wholesale_b2b.allocation.rules.protect import room
from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.store import facts, keyring, protections, reads
from wholesale_b2b.allocation.store import holds as store
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.figures import plain
from wholesale_b2b.setup.switch import is_enabled

ZERO = Decimal(0)
QUOTATION = "Quotation"
# A quotation in one of these asks for nothing more.
ENDED_QUOTATION = ("Ordered", "Lost", "Cancelled")
BATCH = 500


# ---- keeping ----------------------------------------------------------------------------------------------------


def keep(hold: Document) -> None:
	"""Check a new hold under the lock of its Bin and set what it keeps.

	Raises frappe.ValidationError where the item is not allocated there, and where less is available to sell than asked
	for, unless *Less Will Do* is ticked and there is any.
	"""
	key = (hold.item_code, hold.warehouse)
	_refuse_unallocated(hold, key)
	marking.lock([key])
	asked, there = reads.units(hold.qty), available(key, hold.customer, hold.channel)
	if asked > there and (there <= ZERO or not hold.allow_partial):
		_refuse_scarce(hold, asked, there)
	hold.asked_qty = flt(asked)
	hold.qty = flt(min(asked, there))


def available(key: Key, customer: str | None = None, channel: str | None = None) -> Decimal:
	"""Units of one key that may be held for a buyer: free, and not protected for others. Read under the Bin's lock."""
	left = store.free([key], now_datetime())[key]
	guards = protections.guards([key[0]], [key[1]], getdate())
	if not guards or left <= ZERO:
		return max(left, ZERO)
	group = facts.customer_group(customer)
	buyer = (customer or None, group, channel or None)
	has = {segment: qty for (_, _, segment), qty in protections.taken([key[0]], [key[1]]).items()}
	return room(left, protections.segments([buyer])[buyer], guards, has)


def _refuse_unallocated(hold: Document, key: Key) -> None:
	if not is_enabled(hold.company):
		frappe.throw(
			_(
				"Wholesale B2B is not switched on for {0}. Switch it on in Wholesale Settings to hold stock."
			).format(frappe.bold(hold.company))
		)
	if not keyring.stock_keys([key], [hold.company]):
		frappe.throw(
			_(
				"{0} in {1} cannot be held: only stock items can, in a warehouse of {2} that is no group."
			).format(frappe.bold(hold.item_code), frappe.bold(hold.warehouse), hold.company)
		)


def _refuse_scarce(hold: Document, asked: Decimal, there: Decimal) -> None:
	item, place = get_link_to_form("Item", hold.item_code), frappe.bold(hold.warehouse)
	if there <= ZERO:
		message = _(
			"Nothing of {0} in {1} is available to sell, so nothing can be held. Hold it elsewhere, or leave it out."
		).format(item, place)
	else:
		message = _(
			"Only {0} of {1} in {2} are available to sell, {3} were to be held. Hold less, or tick <i>Less Will Do</i>."
		).format(frappe.bold(plain(there)), item, place, frappe.bold(plain(asked)))
	key = (hold.item_code, hold.warehouse)
	if (kept := store.free([key], now_datetime())[key] - there) > ZERO:
		message += "<br>" + _("{0} more units are protected for other buyers by Stock Protections.").format(
			flt(kept)
		)
	frappe.throw(message, title=_("Not Enough to Hold"))


def check_until(until: datetime | str) -> None:
	"""Refuse a time that is over."""
	try:
		moment = get_datetime(until)
	except (ValueError, OverflowError):
		moment = None
	if not moment:
		frappe.throw(_("{0} is not a time; write it as YYYY-MM-DD HH:MM.").format(until))
	if moment <= now_datetime():
		frappe.throw(
			_("A hold until {0} would be over already. Choose a later time.").format(format_datetime(until))
		)


# ---- for a quotation --------------------------------------------------------------------------------------------


def hold_quotation(
	quotation: Document, until: datetime | str, allow_partial: bool = False, reason: str | None = None
) -> list[dict]:
	"""Hold what the lines of a quotation ask for and do not hold yet; one dict per line.

	idx, item_code, warehouse, wanted, held (all in all, stock UOM), note (why not all); of a Product Bundle a dict per
	component. With `allow_partial` lines of
	which there is too little hold what there is; without it one such line refuses the whole. Holds that the quotation
	has already get the new time. The caller has checked the permissions.
	"""
	if quotation.docstatus == 2 or quotation.status in ENDED_QUOTATION:
		frappe.throw(
			_("Quotation {0} is {1}: nothing is held for it.").format(quotation.name, _(quotation.status))
		)
	check_until(until)
	lines = wants(quotation)
	marking.lock((line.item_code, line.warehouse) for line in lines if line.warehouse)
	kept = _kept_by_line(quotation.name)
	_extend(quotation.name, until)
	return [
		_hold_line(
			quotation, line, kept.get((line.row.name, line.item_code), ZERO), until, allow_partial, reason
		)
		for line in lines
	]


@dataclass(frozen=True, slots=True)
class Want:
	"""What a document asks for: units (stock UOM) of an item at a warehouse. row: its row; name: the row's, or its Packed Item's."""

	row: Document
	name: str
	item_code: str
	warehouse: str | None
	qty: Decimal


def wants(doc: Document) -> list[Want]:
	"""The rows of a Quotation or Sales Order; a Product Bundle's components in its place."""
	parts: dict[str, list[Document]] = defaultdict(list)
	for part in doc.get("packed_items") or ():
		parts[part.parent_detail_docname].append(part)
	found = []
	for row in doc.items:
		found += [
			Want(row, part.name, part.item_code, part.warehouse, reads.units(part.qty))
			for part in parts.get(row.name, ())
		] or [Want(row, row.name, row.item_code, row.warehouse, reads.units(row.stock_qty))]
	return [want for want in found if want.item_code]


def _kept_by_line(quotation: str) -> dict[tuple[str, str], Decimal]:
	kept: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
	for hold in store.active(now_datetime(), [quotation]):
		kept[hold.for_row, hold.item_code] += hold.qty
	return kept


def _extend(quotation: str, until: datetime | str) -> None:
	store.extend((hold.name for hold in store.active(now_datetime(), [quotation])), get_datetime(until))


def _hold_line(
	quotation: Document,
	want: Want,
	kept: Decimal,
	until: datetime | str,
	allow_partial: bool,
	reason: str | None,
) -> dict:
	wanted, key = want.qty, (want.item_code, want.warehouse)
	line = {"idx": want.row.idx, "item_code": key[0], "warehouse": key[1], "wanted": flt(wanted)}
	if not keyring.stock_keys([key], [quotation.company]):
		return {
			**line,
			"held": 0.0,
			"note": _("No stock item in a warehouse of the company: nothing to hold."),
		}
	missing = max(wanted - kept, ZERO)
	customer = quotation.party_name if quotation.quotation_to == "Customer" else None
	if missing:
		there = available(key, customer, quotation.get("b2b_channel"))
		if there <= ZERO and allow_partial:
			return {**line, "held": flt(kept), "note": _("Nothing more is available to sell.")}
		hold = frappe.get_doc(
			{
				"doctype": store.HOLD,
				"company": quotation.company,
				"item_code": want.item_code,
				"warehouse": want.warehouse,
				"qty": flt(missing),
				"allow_partial": int(allow_partial),
				"until": get_datetime(until),
				"for_doctype": QUOTATION,
				"for_name": quotation.name,
				"for_row": want.row.name,
				"customer": customer,
				"channel": quotation.get("b2b_channel"),
				"reason": reason,
			}
		).insert(ignore_permissions=True)
		kept += reads.units(hold.qty)
	return {**line, "held": flt(kept), "note": "" if kept >= wanted else _("All that is available to sell.")}


def of_quotation(quotation: str) -> list[dict]:
	"""The holds of a quotation that are active: name, item_code, warehouse, qty, until."""
	return [
		{
			name: flt(row[name]) if name == "qty" else row[name]
			for name in ("name", "item_code", "warehouse", "qty", "until")
		}
		for row in store.active(now_datetime(), [quotation])
	]


# ---- ending -----------------------------------------------------------------------------------------------------


def release(names: Iterable[str], cause: str) -> int:
	"""End active holds by hand and have their units dealt out; how many there were."""
	return _end(names, "Released", cause)


def release_quotation(quotation: str) -> int:
	"""End all holds of a quotation."""
	names = [row.name for row in store.active(now_datetime(), [quotation])]
	return release(names, _("Quotation {0} holds nothing more").format(quotation))


def release_if_ended(quotation: Document) -> None:
	"""Let go of what a quotation held once it is lost, cancelled or ordered in full."""
	if quotation.docstatus == 2 or quotation.status in ENDED_QUOTATION:
		release_quotation(quotation.name)


def expire() -> int:
	"""Close holds whose time is over and have their units dealt out; how many. Batches in transactions of their own."""
	ended = 0
	while rows := store.past(now_datetime(), BATCH):
		closed = _end([row.name for row in rows], "Expired", _("Stock Holds expired"))
		frappe.db.commit()  # a batch each: Bins are not kept locked while the others are looked at
		ended += closed
		if not closed:
			break
	return ended


def _end(names: Iterable[str], status: str, cause: str) -> int:
	# without a lock on Bins: more is free afterwards, and an order on its way has locked its own already
	rows = store.end(names, status)
	marking.mark({(row.item_code, row.warehouse) for row in rows}, cause)
	return len(rows)


# ---- from hold to order -----------------------------------------------------------------------------------------


def consume(order: Document) -> None:
	"""An order is submitted: what was held for its quotation or basket is its own now, in this transaction.

	A line takes over holds of its own quotation row first, then others of the same item and warehouse, up to what it
	asks for. The run before the commit keeps these units for the line; if that run is put off, the one that does it
	reads them from `store.holds.handed_over`. What a quotation still holds when it is ordered in full is let go.
	"""
	if not is_enabled(order.company):
		return
	quotations = {row.prevdoc_docname for row in order.items if row.get("prevdoc_docname")}
	basket = order.get("b2b_basket")
	if not quotations and not basket:
		return
	holds = store.active(now_datetime(), quotations, basket, for_update=True)
	for want in wants(order):
		_consume_for(order, want, holds)
	for quotation in sorted(quotations):
		if facts.status_of(QUOTATION, quotation) in ENDED_QUOTATION:
			release_quotation(quotation)


def _consume_for(order: Document, want: Want, holds: list[frappe._dict]) -> None:
	owed, key = want.qty, (want.item_code, want.warehouse)
	fitting = [
		hold
		for hold in holds
		if (hold.item_code, hold.warehouse) == key
		and (hold.basket or hold.for_name == want.row.get("prevdoc_docname"))
	]
	fitting.sort(key=lambda hold: hold.for_row != want.row.get("quotation_item"))
	for hold in fitting:
		qty = min(owed, hold.qty)
		if qty > ZERO:
			store.consume(hold, qty, order.name, want.name)
			marking.remember(want.name, key, qty)
			owed -= qty
			hold.qty -= qty
