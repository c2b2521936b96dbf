"""Whether an order may be picked for what has been paid on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.credit.pro_forma import rules
from wholesale_b2b.credit.pro_forma.rules import Gate, Need
from wholesale_b2b.credit.pro_forma.service import messages
from wholesale_b2b.credit.pro_forma.store import facts, papers, shipping
from wholesale_b2b.credit.pro_forma.store.facts import Order
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.ordering.trade_accounts import service as trade_accounts
from wholesale_b2b.ordering.trade_accounts.rules import Terms
from wholesale_b2b.setup.switch import is_enabled

PICK_LIST, PURCHASE_ORDER, STOCK_ENTRY = "Pick List", "Purchase Order", "Stock Entry"


@dataclass(frozen=True, slots=True)
class Judged:
	"""An order, what its account and it itself ask for, and where its gate stands."""

	order: Order
	terms: Terms
	need: Need
	gate: Gate


def gates(orders: Iterable[str], lock: bool = False) -> dict[str, Judged]:
	"""Sales Order → how its gate stands now, by the payments themselves; orders of companies that are not on are left out.

	lock: no payment on these orders comes or goes until the transaction ends, and their accounts stay as they are.
	"""
	names = set(orders)
	if lock:
		facts.lock(names)
	found = {name: order for name, order in facts.orders(names).items() if is_enabled(order.company)}
	on = trade_accounts.accounts_of_orders(found)
	known = trade_accounts.terms({account for names in on.values() for account in names}, lock)
	return {
		name: _judge(order, _strictest(known[account] for account in on.get(name, ()) if account in known))
		for name, order in found.items()
	}


def _strictest(accounts: Iterable[Terms]) -> Terms:
	"""Of the accounts that an order may be on the first that asks for payment beforehand."""
	accounts = list(accounts)
	return next((terms for terms in accounts if need_of(terms).kind), accounts[0] if accounts else Terms(""))


def _judge(order: Order, terms: Terms) -> Judged:
	need = rules.need(need_of(terms), order.kind, order.percent)
	paid = rules.paid(
		order.bill,
		order.paid.get(order.currency, Decimal(0)),
		order.paid.get(order.account_currency, Decimal(0))
		if order.account_currency != order.currency
		else Decimal(0),
	)
	return Judged(order, terms, need, rules.gate(need, order.bill, paid))


def need_of(terms: Terms) -> Need:
	"""What is to be paid on orders of an account that say nothing themselves."""
	return rules.account_need(terms.status, terms.pro_forma, terms.deposit_percent)


def room(orders: Iterable[str]) -> dict[str, Decimal | None]:
	"""Sales Order → the value (order currency, with taxes) that may still be picked: 0 for nothing, None for all."""
	return {
		name: judged.gate.room if judged.gate.open else Decimal(0) for name, judged in gates(orders).items()
	}


def left_to_pick(orders: Iterable[str]) -> dict[str, Decimal | None]:
	"""The same less what stands on open pick lists already, drafts too: what a new list may take. Never below 0."""
	found = room(orders)
	limited = [name for name, value in found.items() if value]
	waiting = _on_the_way(limited, lists=True, drafts=True) if limited else {}
	return {
		name: value if value is None else max(value - waiting.get(name, Decimal(0)), Decimal(0))
		for name, value in found.items()
	}


def worth_of_lines(lines: Iterable[str]) -> dict[str, Decimal]:
	"""Sales Order Item → what one stock unit costs in the order's currency, with its part of the taxes."""
	return shipping.worth(set(lines))


def held(orders: Sequence[str], lock: bool = False) -> dict[str, Judged]:
	"""Those of the orders that may not be picked now.

	lock: asked while goods are being posted, when ERPNext counts them as shipped already: an order that pays per shipment
	is then held only if it ships more than is paid, and its last shipment is looked at like any other.
	"""
	return {name: judged for name, judged in gates(orders, lock).items() if _is_held(judged, lock)}


def _is_held(judged: Judged, posting: bool) -> bool:
	at = judged.gate
	if not posting:
		return not at.open and not judged.order.bill.complete
	return at.overdrawn if at.room is not None else not at.open


def refuse_beyond_paid(doc: Document) -> None:
	"""Refuse a document that takes more value of an order than is paid per shipment: a Pick List, Delivery Note, Sales Invoice
	with stock, till sale that is not paid at the till, Purchase Order that goes straight to the customer, or Stock Entry from
	a pick list. Other orders are open or not, which their hold says."""
	if not is_enabled(doc.company) or not leaving.ships(doc) or _is_paid_at_till(doc):
		return
	if doc.doctype == STOCK_ENTRY:
		# its rows name no order: what is picked and has not left counts, and of drafts its own list
		picked = _on_the_way(leaving.orders(doc), lists=True, draft=doc.pick_list)
		return _refuse(picked, {})
	rows = doc.get("locations" if doc.doctype == PICK_LIST else "items") or ()
	value = shipping.value_of_rows(
		(line, qty, row.get("product_bundle_item"))
		for row in rows
		if (line := _line(row, doc.doctype)) and (qty := _stock_units(row))
	)
	if value:
		# what is delivered may have been picked from one of the lists
		_refuse(value, _on_the_way(value, lists=doc.doctype in (PICK_LIST, PURCHASE_ORDER), without=doc.name))


def refuse_more_straight(row: Document) -> None:
	"""The same of *Update Items* on a Purchase Order: of what its row takes straight to the customer beyond what it did."""
	more = flt(row.qty) - flt(row.get_db_value("qty"))
	line = _line(row, PURCHASE_ORDER)
	if not line or more <= 0 or not is_enabled(frappe.db.get_value(PURCHASE_ORDER, row.parent, "company")):
		return
	value = shipping.value_of_rows([(line, more * (flt(row.conversion_factor) or 1), None)])
	_refuse(value, _on_the_way(value, lists=True))


def _refuse(value: dict[str, Decimal], waiting: dict[str, Decimal]) -> None:
	for name, judged in gates(value, lock=True).items():
		wanted = rules.rounded(value[name] + waiting.get(name, Decimal(0)), judged.order.bill.unit)
		if judged.need.kind == rules.PER_SHIPMENT and rules.beyond(judged.gate, wanted) > 0:
			messages.refuse(judged, wanted, papers.of_orders([name]).get(name))


def _on_the_way(
	orders: Iterable[str],
	lists: bool,
	without: str | None = None,
	drafts: bool = False,
	draft: str | None = None,
) -> dict[str, Decimal]:
	"""Order → value that has not shipped and is spoken for: bought to go straight to the customer and, with `lists`, on pick
	lists, of which drafts count all or one. without: a document that does not count."""
	found = shipping.value_bought(orders, without)
	for name, value in (shipping.value_on_lists(orders, without, drafts, draft) if lists else {}).items():
		found[name] = found.get(name, Decimal(0)) + value
	return found


def _line(row: Document, doctype: str) -> str | None:
	"""The order's row that a row takes goods of."""
	if doctype == PURCHASE_ORDER and not row.get("delivered_by_supplier"):
		return None
	return row.get("sales_order_item" if doctype == PICK_LIST else leaving.ORDER_FIELDS[doctype][1])


def _stock_units(row: Document) -> float:
	picked = flt(row.get("picked_qty"))
	return picked or flt(row.get("stock_qty")) or flt(row.qty) * (flt(row.get("conversion_factor")) or 1)


def refuse_unordered(doc: Document) -> None:
	"""Refuse to ship goods without an order to an account that pays beforehand: there is nothing that it could have paid.

	What a till has been paid for in full passes, and returns do.
	"""
	if not is_enabled(doc.company) or not leaving.ships(doc) or not _ships_unordered(doc):
		return
	terms = _strictest(trade_accounts.terms(leaving.accounts(doc), lock=True).values())
	if need_of(terms).kind:
		messages.refuse_unordered(terms.name)


def _ships_unordered(doc: Document) -> bool:
	if doc.doctype == PICK_LIST or _is_paid_at_till(doc):
		return False
	return any(not (row.get("against_sales_order") or row.get("sales_order")) for row in doc.items)


def _is_paid_at_till(doc: Document) -> bool:
	total = flt(doc.get("rounded_total")) or flt(doc.get("grand_total"))
	at_till = doc.doctype in ("Sales Invoice", "POS Invoice") and doc.get("is_pos")
	return bool(at_till) and flt(doc.get("paid_amount")) - flt(doc.get("change_amount")) >= total - 0.005


def refuse_posting(entry: Document) -> None:
	"""The last word, on a Stock Ledger Entry that takes goods to a customer; asked once per voucher and transaction.

	ERPNext counts them as shipped by then. Cancellations and returns pass.
	"""
	if flt(entry.actual_qty) >= 0 or entry.get("is_cancelled") or not is_enabled(entry.company):
		return
	voucher = (entry.voucher_type, entry.voucher_no)
	if voucher in _asked() or leaving.goes_out_again(entry):
		return
	if entry.voucher_type == STOCK_ENTRY:
		refuse_beyond_paid(frappe.get_doc(*voucher))
	elif entry.voucher_type in leaving.SHIPPING:
		_refuse_overdrawn(frappe.get_doc(*voucher))
	_asked().add(voucher)


def _refuse_overdrawn(doc: Document) -> None:
	refuse_unordered(doc)
	for name, judged in gates(leaving.orders(doc), lock=True).items() if leaving.ships(doc) else ():
		if judged.gate.overdrawn:
			messages.refuse(judged, judged.gate.shipped, papers.of_orders([name]).get(name))


def _asked() -> set[tuple[str, str]]:
	if not hasattr(frappe.local, "b2b_paid_asked"):
		frappe.local.b2b_paid_asked = set()
		frappe.db.after_commit.add(_forget)
		frappe.db.after_rollback.add(_forget)
	return frappe.local.b2b_paid_asked


def _forget() -> None:
	if hasattr(frappe.local, "b2b_paid_asked"):
		del frappe.local.b2b_paid_asked
