"""What export papers lack, order by order, and what they show."""

from collections.abc import Iterable, Mapping, Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.fulfilment.export import store
from wholesale_b2b.fulfilment.export.rules import (
	KILOGRAM,
	Consignment,
	Goods,
	Missing,
	crosses_border,
	missing,
	net_weight,
)
from wholesale_b2b.fulfilment.holds.service.keeping import later, refresh
from wholesale_b2b.ordering.trade_accounts.service import accounts_of_orders, terms
from wholesale_b2b.ordering.trade_accounts.service.accounts import check_number
from wholesale_b2b.ordering.trade_accounts.service.identity import check_eori
from wholesale_b2b.setup.switch import enabled_companies

# So many orders are looked at while their master is saved.
AT_ONCE = 50


def lacking(orders: Sequence[str], lock: bool = False) -> dict[str, tuple[str, list[Missing]]]:
	"""Of these Sales Orders, those that go abroad and whose papers cannot be made: order → (country, what is missing).

	lock: what the accounts say stays so until the transaction ends.
	"""
	on = accounts_of_orders(orders)
	buyers = _buyers({name for names in on.values() for name in names}, lock)
	abroad = [row for row in store.consignments(orders) if crosses_border(row.origin, row.destination)]
	goods = store.goods([row.order for row in abroad])
	found: dict[str, tuple[str, list[Missing]]] = {}
	for row in abroad:
		for account in on.get(row.order, ()):
			buyer = buyers[account]
			incoterm = row.incoterm or buyer.incoterm
			lacks = _missing({**row, **buyer, "incoterm": incoterm}, goods.get((row.order, row.address), ()))
			if lacks:
				country, before = found.get(row.order, (row.country, []))
				found[row.order] = country, list(dict.fromkeys([*before, *lacks]))
	return found


def lacking_on(
	doc: Document, accounts: Sequence[str], lock: bool = False
) -> dict[str, tuple[str, list[Missing]]]:
	"""The same of what leaves with a Delivery Note or Sales Invoice, of an order or of none, to where the document says: of
	these Trade Accounts, those whose papers cannot be made."""
	found = {}
	for account in sorted(_buyers(accounts, lock)):
		parties = store.parties(doc, account)
		if crosses_border(parties["origin"], parties["destination"]):
			rows = [row.item_code for row in (*doc.items, *(doc.get("packed_items") or ())) if row.item_code]
			goods = [one for one in store.item_papers(rows).values() if one.is_stock_item]
			if lacks := _missing(parties, goods):
				found[account] = parties["country"], lacks
	return found


def _buyers(accounts: Iterable[str], lock: bool) -> dict[str, dict]:
	if lock:
		terms(accounts, lock=True)
	return store.accounts(accounts)


def _missing(parties: Mapping, goods: Iterable[Mapping]) -> list[Missing]:
	return missing(
		Consignment(
			sender_eori=parties["sender_eori"],
			eori=parties["eori"],
			ioss=parties["ioss"],
			incoterm=parties["incoterm"],
			goods=tuple(Goods(one.code, one.commodity_code, one.origin, flt(one.weight)) for one in goods),
			destination=parties["destination"],
		)
	)


def in_words(lacks: Sequence[Missing]) -> str:
	"""What is missing, for a sentence: "your EORI or IOSS number, the weight of MUG-OCHRE"."""
	words = {
		"sender_eori": _("our own EORI number"),
		"eori": _("your EORI or IOSS number"),
		"incoterm": _("the incoterm"),
		"commodity_code": _("the commodity code of {0}"),
		"origin": _("the country of origin of {0}"),
		"weight": _("the weight of {0}"),
	}
	return ", ".join(words[one.what].format(_listed(one.items)) for one in lacks)


def _listed(items: Sequence[str]) -> str:
	if len(items) <= 5:
		return ", ".join(items)
	return _("{0} and {1} more items").format(", ".join(items[:5]), len(items) - 5)


def where_to_enter(lacks: Sequence[Missing]) -> str:
	"""What ends the hold, in words: where each missing detail is entered."""
	places = {
		"sender_eori": _("EORI on the Company"),
		"eori": _("EORI or IOSS on the Trade Account"),
		# ERPNext locks the order's own once it is submitted
		"incoterm": _("Incoterm on the Trade Account"),
		"commodity_code": _("Customs Tariff Number on the Item"),
		"origin": _("Country of Origin on the Item"),
		"weight": _("Weight Per Unit on the Item"),
	}
	return _("Enter: {0}.").format("; ".join(dict.fromkeys(places[one.what] for one in lacks)))


def b2b_export_papers(doc: Document) -> dict:
	"""For the print formats of a Delivery Note: `rows`, `parties`, `net_weight`, `weight_uom`, `invoices` and `is_export`.

	rows: item_code, item_name, qty, uom, rate, amount, commodity_code, origin, weight (of the row). The components of a bundle
	follow it, without value. All weights are in `weight_uom`; None where an item's unit cannot be turned into it.
	"""
	parts = [row for row in doc.get("packed_items") or () if row.item_code]
	facts = store.item_papers([row.item_code for row in (*doc.items, *parts)])
	rows = []
	for row in doc.items:
		own = [part for part in parts if part.parent_detail_docname == row.name]
		rows.append(_paper_row(row, facts, flt(row.stock_qty) or flt(row.qty), weigh=not own))
		rows += [{**_paper_row(part, facts, flt(part.qty)), "rate": None, "amount": None} for part in own]
	weighed = [(row["weight"], row.pop("weight_uom") or KILOGRAM) for row in rows]
	weights, total, unit = net_weight(weighed, store.kilograms({unit for _weight, unit in weighed}))
	for row, weight in zip(rows, weights, strict=True):
		row["weight"] = weight
	parties = store.parties(doc)
	return {
		"rows": rows,
		"parties": parties,
		"net_weight": total,
		"weight_uom": unit,
		"is_export": crosses_border(parties["origin"], parties["destination"]),
		"invoices": store.invoices(doc.name),
	}


def _paper_row(row: Document, facts: dict[str, dict], stock_qty: float, weigh: bool = True) -> dict:
	fact = facts.get(row.item_code) or frappe._dict()
	return {
		"item_code": row.item_code,
		"item_name": row.item_name or fact.item_name,
		"qty": row.qty,
		"uom": row.uom,
		"rate": row.get("rate"),
		"amount": row.get("amount"),
		"commodity_code": fact.commodity_code,
		"origin": fact.origin,
		"weight": flt(fact.weight) * stock_qty if weigh else 0.0,
		"weight_uom": fact.weight_uom,
	}


def check_own_eori(company: Document) -> None:
	"""A company's EORI is brought to one way of writing; raises frappe.ValidationError for one that cannot be right."""
	if company.b2b_eori and company.has_value_changed("b2b_eori"):
		check_number(company, "b2b_eori", check_eori)


def changed(doc: Document, *fields: str) -> bool:
	"""Whether one of these fields was changed by the save of a document that was there before."""
	return bool(doc.get_doc_before_save()) and any(doc.has_value_changed(field) for field in fields)


def look_again(doc: Document, **where: str) -> None:
	"""Open and close holds of the open orders that a changed master concerns; many are left to a background worker.

	where: as `store.open_orders` takes it.
	"""
	orders = store.open_orders(enabled_companies(), **where)
	cause = _("{0} {1} was changed").format(_(doc.doctype), doc.name)
	if len(orders) <= AT_ONCE:
		refresh(orders, cause)
	else:
		later(orders, cause)
