"""What export papers lack, order by order, and what they show."""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.fulfilment.export import store
from wholesale_b2b.fulfilment.export.rules import Consignment, Goods, Missing, crosses_border, missing
from wholesale_b2b.fulfilment.holds.service.keeping import later, refresh
from wholesale_b2b.setup.switch import enabled_companies

# So many orders are looked at while their master is saved.
AT_ONCE = 50


def lacking(orders: Sequence[str]) -> dict[str, tuple[str, list[Missing]]]:
	"""Of these Sales Orders, those that go abroad and whose papers cannot be made: order → (country, what is missing)."""
	abroad = [row for row in store.consignments(orders) if crosses_border(row.origin, row.destination)]
	goods = store.goods([row.order for row in abroad])
	found: dict[str, tuple[str, list[Missing]]] = {}
	for row in abroad:
		lacks = missing(
			Consignment(
				sender_eori=row.sender_eori,
				eori=row.eori,
				ioss=row.ioss,
				incoterm=row.incoterm,
				goods=tuple(
					Goods(one.code, one.commodity_code, one.origin, flt(one.weight))
					for one in goods.get((row.order, row.address), ())
				),
			)
		)
		if lacks:
			country, before = found.get(row.order, (row.country, []))
			found[row.order] = country, list(dict.fromkeys([*before, *lacks]))
	return found


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
		"incoterm": _("Incoterm on the order or the Trade Account"),
		"commodity_code": _("Customs Tariff Number on the Item"),
		"origin": _("Country of Origin on the Item"),
		"weight": _("Weight Per Unit on the Item"),
	}
	return _("Enter: {0}.").format("; ".join(dict.fromkeys(places[one.what] for one in lacks)))


def b2b_export_papers(doc: Document) -> dict:
	"""For the print formats of a Delivery Note: `rows`, `parties`, `net_weight`, `weight_uom`, `invoices` and `is_export`.

	rows: item_code, item_name, qty, uom, rate, amount, commodity_code, origin, weight (of the row, in its item's weight UOM).
	The components of a bundle follow it, without value.
	"""
	parts = [row for row in doc.get("packed_items") or () if row.item_code]
	facts = store.item_papers([row.item_code for row in (*doc.items, *parts)])
	rows = []
	for row in doc.items:
		own = [part for part in parts if part.parent_detail_docname == row.name]
		rows.append(_paper_row(row, facts, flt(row.stock_qty) or flt(row.qty), weigh=not own))
		rows += [{**_paper_row(part, facts, flt(part.qty)), "rate": None, "amount": None} for part in own]
	parties = store.parties(doc)
	return {
		"rows": rows,
		"parties": parties,
		"net_weight": sum(row["weight"] for row in rows),
		"weight_uom": next((row["weight_uom"] for row in rows if row["weight_uom"]), None) or _("Kg"),
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
