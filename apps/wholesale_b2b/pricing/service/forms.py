"""Prices on a form that is being filled in, before anything is saved."""

import json
from collections.abc import Sequence
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from wholesale_b2b.pricing.rules import Book, Decision
from wholesale_b2b.pricing.rules.floors import margin_of
from wholesale_b2b.pricing.rules.money import number
from wholesale_b2b.pricing.service import documents, explaining, messages, writing
from wholesale_b2b.pricing.service.asking import DOCTYPES, concerns, customer_of, priced_rows
from wholesale_b2b.setup.switch import may_see

SHOWN = (
	"price_list_rate",
	"margin_type",
	"margin_rate_or_amount",
	"discount_percentage",
	"discount_amount",
	"rate",
	"b2b_calculated_rate",
	"b2b_price_source",
	"b2b_price_tier",
	"b2b_price_decision",
)
# What ERPNext's forms do with Pricing Rules on other rows is done by the rules already.
ERPNEXTS = ("rate", "pricing_rules", "pricing_rule_removed", "apply_rule_on_other_items", "apply_rule_on")


def read(doc: str | dict | None) -> Document | None:
	"""The document that a form sends, if its prices are ours and its user may make it; None where it is to be left alone."""
	content = json.loads(doc) if isinstance(doc, str) else doc
	if not isinstance(content, dict) or content.get("doctype") not in DOCTYPES:
		return None
	if not _may(content):
		return None
	found = frappe.get_doc({**content, "items": [dict(row) for row in content.get("items") or ()]})
	return found if concerns(found) and cint(found.docstatus) < 2 else None


def _may(content: dict) -> bool:
	"""Prices are for those who may make or change such a document, and see its customer."""
	doctype = content["doctype"]
	if not (frappe.has_permission(doctype, "create") or frappe.has_permission(doctype, "write")):
		return False
	customer = content.get("customer") or (
		content.get("party_name") if content.get("quotation_to") == "Customer" else None
	)
	return not customer or bool(frappe.has_permission("Customer", "read", doc=customer))


def price(doc: Document) -> dict[str, dict]:
	"""Row name → what the form is to show of its price: fields of the row, and what is told about them beside.

	why: sentences, in order. hint: the next quantity break, or empty. problem: what is wrong with the line, or empty.
	needs_reason: the price was changed and nobody has said why. may_not: by somebody who may not.
	cost, margin: in the document's currency and in percent, for those who may see costs.
	"""
	rows = priced_rows(doc)
	if not rows:
		return {}
	documents.fill_head(doc)
	decisions, book = documents.decide(doc, rows)
	costs = may_see_costs()
	return {
		row.name: _shown(doc, row, decision, book, costs)
		for row, decision in zip(rows, decisions, strict=True)
	}


def _shown(doc: Document, row: Document, decision: Decision, book: Book, costs: bool) -> dict:
	bound = book.items[row.item_code].max_discount if row.item_code in book.items else Decimal(0)
	writing.write(row, decision, float(bound))
	won = decision.reasons[0] if decision.reasons else None
	shown = {field: row.get(field) for field in SHOWN}
	if not decision.source:
		shown = {field: value for field, value in shown.items() if field.startswith("b2b_")}
	return {
		**shown,
		"qty": float(decision.qty) if not decision.problem else row.qty,
		"why": explaining.of_decision(decision, doc.currency, costs),
		"hint": explaining.hint(decision, doc.currency),
		"problem": messages.problem(decision),
		"needs_reason": bool(decision.source == "Override" and won and not won.about.get("reason")),
		"may_not": any(reason.why == "may_not" for reason in decision.reasons),
		"approval": decision.approval,
		"free": decision.free,
		**(_margin(doc, decision, book) if costs else {}),
	}


def _margin(doc: Document, decision: Decision, book: Book) -> dict:
	item = book.items.get(decision.item)
	if not item or item.cost is None:
		return {}
	rate = Decimal(str(flt(doc.conversion_rate) or 1))
	cost = item.cost * decision.factor / rate
	margin = margin_of(decision.rate, cost)
	return {
		"cost": flt(cost, 6),
		"margin": None if margin is None else flt(margin, 1),
		"floor": number(decision.floor),
	}


def may_see_costs(company: str | None = None) -> bool:
	"""Costs, floors and margins are for those who see the floors of tiers; and the company, where one is named."""
	return 1 in frappe.get_meta("Trade Price Tier").get_permlevel_access("read") and (
		not company or may_see(company)
	)


def explained(doctype: str, name: str) -> dict[str, dict]:
	"""What the rows of a saved document have kept of their prices, for staff who may read it and its customer.

	How a price came about (tiers, promotions, other prices) is not for buyers, whatever a site lets them read.
	"""
	if doctype not in DOCTYPES:
		frappe.throw(_("{0} has no trade prices.").format(doctype))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	customer = customer_of(doc)
	if customer and not frappe.has_permission("Customer", "read", doc=customer):
		frappe.throw(_("You may not see the prices of this customer."), frappe.PermissionError)
	costs = may_see_costs(doc.company)
	found = {}
	for row in doc.items:
		if kept := json.loads(row.get("b2b_price_decision") or "null"):
			found[row.name] = {
				"b2b_price_source": row.b2b_price_source,
				"b2b_calculated_rate": row.b2b_calculated_rate,
				"rate": row.rate,
				"approval": bool(kept.get("approval")),
				"why": explaining.of_kept(kept, doc.currency, costs),
			}
	return found


def details(args: dict, doc: str | dict | None, out: dict) -> dict:
	"""ERPNext's answer about an item that was just chosen, with our price in it."""
	found = read(doc)
	if not found or not args.get("item_code"):
		return out
	row = _row(found, args)
	row.update({"item_code": args["item_code"], "qty": flt(args.get("qty")) or 1, "rate": 0})
	row.update({field: None for field in ("b2b_price_decision", "b2b_price_source", "b2b_override_reason")})
	row.update(
		{"uom": out.get("uom"), "conversion_factor": out.get("conversion_factor"), "discount_percentage": 0}
	)
	row.update({"discount_amount": 0, "margin_type": "", "price_list_rate": 0, "is_free_item": 0})
	shown = price(found).get(row.name)
	if not shown or not shown["b2b_price_source"]:
		return out
	out.update({field: shown[field] for field in SHOWN})
	out.update({"pricing_rules": "", "b2b_override_reason": None})
	for field in (
		"apply_rule_on_other_items",
		"apply_rule_on",
		*(() if shown["free"] else ("free_item_data",)),
	):
		out.pop(field, None)
	if not args.get("child_docname"):
		# the dialog of Update Items shows what it takes for the rate
		out["price_list_rate"] = shown["rate"]
	return out


def _row(doc: Document, args: dict) -> Document:
	name = args.get("child_docname")
	found = next((row for row in doc.items if name and row.name == name), None)
	return found or doc.append("items", {"name": frappe.generate_hash(length=10)})


def children(doc: str | dict | None, rows: Sequence[dict], keys: Sequence[dict]) -> None:
	"""ERPNext's answers about rows of a form, with our prices in them; `keys` are the rows that it was asked about."""
	found = read(doc)
	shown = price(found) if found else {}
	for row, asked in zip(rows, keys, strict=False):
		ours = shown.get(asked.get("child_docname") or asked.get("name"))
		if not ours or not ours["b2b_price_source"]:
			continue
		for field in ERPNEXTS:
			row.pop(field, None)
		if not ours["free"]:
			row.pop("free_item_data", None)
		# the rate comes last: ERPNext's form copies the list rate into it first
		row.update({field: ours[field] for field in SHOWN if field != "rate"})
		row["pricing_rules"] = ""
		row["rate"] = ours["rate"]
