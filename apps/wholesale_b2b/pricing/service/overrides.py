"""The log of changed prices, and the approval of those below the floor."""

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, flt, get_link_to_form, now_datetime

from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.pricing.rules.words import NET_PRICE, OVERRIDE
from wholesale_b2b.pricing.service import typed
from wholesale_b2b.pricing.service.asking import concerns, customer_of, priced_rows
from wholesale_b2b.pricing.store import overrides as store

# Documents that commit the seller, or let goods go, by themselves: an order is held instead.
COMMITTING = ("Quotation", "Delivery Note", "Sales Invoice", "POS Invoice")


@dataclass(frozen=True, slots=True)
class Kept:
	"""What a row says of its price: the decision that stands on it."""

	row: Document
	decision: frappe._dict

	@property
	def changed(self) -> bool:
		return self.decision.source == OVERRIDE

	@property
	def approval(self) -> bool:
		return bool(self.decision.approval)


def keep(doc: Document) -> None:
	"""Bring the log in step with a document that was saved: one entry per row whose price was changed or is below the floor.

	What was decided on stays as it was; another price is another entry. One that needs approval and was typed by somebody
	who may approve is approved by that; one that somebody else has typed waits on, whoever changes the quantity.
	"""
	if not concerns(doc):
		return
	wanted = {kept.row.name: kept for kept in _kept(doc) if kept.changed or kept.approval}
	if not wanted and doc.flags.in_insert:
		return
	known: dict[str, list[frappe._dict]] = {}
	for entry in store.of_document(doc.doctype, doc.name):
		known.setdefault(entry.reference_row, []).append(entry)
	for row, kept in wanted.items():
		_log(doc, kept, known.pop(row, []))
	store.withdraw(
		entry.name for entries in known.values() for entry in entries if entry.status != store.APPROVED
	)


def _log(doc: Document, kept: Kept, entries: list[frappe._dict]) -> None:
	same = next((entry for entry in entries if _is_same(entry, kept, doc)), None)
	store.withdraw(
		entry.name for entry in entries if entry is not same and entry.status in (store.LOGGED, *store.OPEN)
	)
	if same:
		return
	values = _values(doc, kept)
	waited = any(entry.status in store.OPEN and _is_price(entry, kept, doc) for entry in entries)
	if kept.approval and typed.may_approve() and not waited:
		values.update(_decided(store.APPROVED, ""))
	store.insert(values)


def _is_same(entry: frappe._dict, kept: Kept, doc: Document) -> bool:
	return (
		_is_price(entry, kept, doc)
		and flt(entry.qty, 6) == flt(kept.row.qty, 6)
		and flt(entry.calculated_rate, 6) == flt(kept.row.b2b_calculated_rate, 6)
		and cstr(entry.reason) == _reason(kept)
		and (entry.status != store.LOGGED or not kept.approval)
	)


def _is_price(entry: frappe._dict, kept: Kept, doc: Document) -> bool:
	row = kept.row
	return flt(entry.rate, 6) == flt(row.rate, 6) and (entry.uom, entry.currency) == (row.uom, doc.currency)


def _reason(kept: Kept) -> str:
	if kept.changed:
		return cstr(kept.row.b2b_override_reason) or cstr(_overridden(kept).get("reason"))
	if kept.decision.source == NET_PRICE:
		return _("Net price {0} is below the floor").format(kept.decision.name)
	return cstr(kept.row.b2b_override_reason) or _("It has no other price")


def _overridden(kept: Kept) -> dict:
	"""What the reasons say of an override."""
	return next(
		(one.get("about", {}) for one in kept.decision.reasons or () if one.get("what") == OVERRIDE), {}
	)


def _values(doc: Document, kept: Kept) -> dict:
	row, decision = kept.row, kept.decision
	# where nothing has a price, none was given away
	calculated = flt(row.b2b_calculated_rate) if decision.source else flt(row.rate)
	difference = (calculated - flt(row.rate)) * flt(row.qty) * flt(doc.conversion_rate)
	source = next(
		(one.get("what") for one in decision.reasons or () if one.get("why") == "overridden"), decision.source
	)
	return {
		"reference_doctype": doc.doctype,
		"reference_name": doc.name,
		"reference_row": row.name,
		"company": doc.company,
		"customer": customer_of(doc) or None,
		"trade_account": doc.get("b2b_trade_account"),
		"item_code": row.item_code,
		"qty": row.qty,
		"uom": row.uom,
		"currency": doc.currency,
		"kind": NET_PRICE if kept.decision.source == NET_PRICE else OVERRIDE,
		"status": store.AWAITING if kept.approval else store.LOGGED,
		"below_floor": int(kept.approval),
		"rate": row.rate,
		"calculated_rate": row.b2b_calculated_rate,
		"list_rate": decision.list_rate,
		"floor_rate": decision.floor,
		"base_difference": flt(difference, 2),
		"reason": _reason(kept),
		"source": source,
		"changed_by": frappe.session.user,
		"changed_at": now_datetime(),
	}


def _kept(doc: Document) -> Iterable[Kept]:
	for row in priced_rows(doc):
		if row.get("b2b_price_decision"):
			yield Kept(row, frappe._dict(frappe.parse_json(row.b2b_price_decision)))


def refuse_unapproved(doc: Document) -> None:
	"""Raise frappe.ValidationError for a document about to be submitted with a price below the floor that nobody approved."""
	if not concerns(doc) or doc.doctype not in COMMITTING:
		return
	low = [kept for kept in _kept(doc) if kept.approval]
	approved = store.approved_rates(doc) if low else {}
	for kept in low:
		rate = approved.get(kept.row.name)
		if (rate is None or flt(kept.row.rate) < flt(rate)) and not typed.may_approve():
			_refuse(doc, kept)
	_refuse_invoice_of_waiting_order(doc)


def _refuse(doc: Document, kept: Kept) -> None:
	waiting = frappe.db.get_value(
		store.OVERRIDE,
		{"reference_name": doc.name, "reference_row": kept.row.name, "status": ("in", store.OPEN)},
	)
	frappe.throw(
		_("Row {0}: the price of {1} is below the floor. A {2} has to approve it: {3}.").format(
			kept.row.idx,
			frappe.bold(kept.row.item_code),
			frappe.bold(approver_role()),
			get_link_to_form(store.OVERRIDE, waiting)
			if waiting
			else _("save it as a draft, then ask for it"),
		),
		title=_("Price below the floor"),
	)


def _refuse_invoice_of_waiting_order(doc: Document) -> None:
	if doc.doctype not in ("Sales Invoice", "POS Invoice"):
		return
	orders = sorted({row.sales_order for row in doc.items if row.get("sales_order")})
	if found := store.waiting(orders):
		order, entries = next(iter(found.items()))
		frappe.throw(
			_(
				"The price of {0} on {1} is below the floor and was not approved. It cannot be invoiced yet."
			).format(frappe.bold(entries[0].item_code), get_link_to_form("Sales Order", order)),
			title=_("Price below the floor"),
		)


def decide(name: str, approved: bool, note: str = "") -> None:
	"""Approve or refuse a price below the floor; the order's hold follows.

	Raises frappe.PermissionError for who may not, ValidationError for an entry that waits for nothing, and for a refusal
	without a note.
	"""
	if not typed.may_approve():
		frappe.throw(
			_("Prices below the floor are approved by those with the role {0}.").format(
				frappe.bold(approver_role())
			),
			frappe.PermissionError,
		)
	entry = frappe.get_doc(store.OVERRIDE, name, for_update=True)
	entry.check_permission("read")
	if entry.status not in store.OPEN:
		frappe.throw(_("{0} does not wait for approval: it is {1}.").format(name, _(entry.status)))
	if not approved and not note.strip():
		frappe.throw(_("Say why the price is refused; whoever entered it reads that."))
	store.change(name, _decided(store.APPROVED if approved else store.REJECTED, note))
	if entry.reference_doctype == "Sales Order":
		holds.refresh([entry.reference_name], _("Price of {0}").format(entry.item_code))


def _decided(status: str, note: str) -> dict:
	return {
		"status": status,
		"decided_by": frappe.session.user,
		"decided_at": now_datetime(),
		"decision_note": note.strip(),
	}


def cancelled(doc: Document) -> None:
	"""What a cancelled document waits for is of no concern any more."""
	if doc.doctype in COMMITTING or doc.doctype == "Sales Order":
		store.withdraw(
			entry.name for entry in store.of_document(doc.doctype, doc.name) if entry.status in store.OPEN
		)


def deleted(doc: Document) -> None:
	store.delete(doc.doctype, doc.name)


def approver_role() -> str:
	return frappe.get_cached_doc("Wholesale Settings").role_to_approve_prices or "Wholesale Manager"


def waiting(orders: Iterable[str], lock: bool = False) -> dict[str, list[frappe._dict]]:
	"""Sales Order → its prices that wait for approval or were refused."""
	return store.waiting(sorted(orders), lock)
