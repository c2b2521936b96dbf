"""ERPNext's Pricing Rules that give goods away, or a discount on the whole document: ERPNext's own functions apply them."""

from collections.abc import Sequence

import frappe
from erpnext.accounts.doctype.pricing_rule.utils import (
	apply_pricing_rule_for_free_items,
	apply_pricing_rule_on_transaction,
	get_product_discount_rule,
)
from frappe.model.document import Document
from frappe.utils import cint

from wholesale_b2b.pricing.rules import Book, Decision


def settle(doc: Document, rows: Sequence[Document], decisions: Sequence[Decision], book: Book) -> None:
	"""Add the free rows that the others earn, and take away those that they earn no more."""
	ours = {rule.name for rule in book.promotions if rule.product}
	if not ours:
		return
	earned = []
	for row, decision in zip(rows, decisions, strict=True):
		for name in decision.free:
			details = frappe._dict(parenttype=doc.doctype, free_item_data=[], item_code=row.item_code)
			args = frappe._dict(row.as_dict(), pricing_rules=row.get("pricing_rules"))
			get_product_discount_rule(frappe.get_cached_doc("Pricing Rule", name), details, args, doc)
			earned += details.free_item_data
	keys = {(data["item_code"], data["pricing_rules"]) for data in earned}
	for row in [row for row in doc.items if cint(row.get("is_free_item")) and row.pricing_rules in ours]:
		if (row.item_code, row.pricing_rules) not in keys:
			doc.remove(row)
	apply_pricing_rule_for_free_items(doc, earned)
	for idx, row in enumerate(doc.items, 1):
		row.idx = idx


def apply_to_whole(doc: Document) -> None:
	"""Rules about the document as a whole: a further discount, or a gift."""
	before = (doc.total, doc.discount_amount, len(doc.items))
	apply_pricing_rule_on_transaction(doc)
	if before != (doc.total, doc.discount_amount, len(doc.items)):
		doc.set_total_in_words()
