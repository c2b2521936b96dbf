"""What people are told when a line cannot be priced as it is, or not by them."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money

from wholesale_b2b.figures import plain
from wholesale_b2b.pricing.rules import Decision


def refuse_unfit(doc: Document, row: Document, decision: Decision) -> None:
	"""Raise frappe.ValidationError for a line that cannot be priced; what ERPNext refuses by itself is left to it."""
	if text := problem(decision):
		frappe.throw(_("Row {0}: {1}").format(row.idx, text), title=_("This line cannot be priced"))


def problem(decision: Decision) -> str:
	"""What is wrong with a line, and what to do; empty where nothing is, or where ERPNext says so itself."""
	about = decision.reasons[-1].about if decision.problem and decision.reasons else {}
	item = frappe.bold(decision.item)
	if decision.problem == "currency":
		return _("there is no exchange rate for {0} on this day. Enter a Currency Exchange for it.").format(
			frappe.bold(about.get("currency"))
		)
	if decision.problem == "cycle":
		return _(
			"the Trade Price Tiers {0} inherit from each other. Give one of them another parent tier."
		).format(frappe.bold(" → ".join(about.get("tiers", ()))))
	if decision.problem == "uom":
		return _(
			"{0} is not known for {1}. Enter it under Units of Measure of the item, or choose another."
		).format(frappe.bold(decision.uom or about.get("uom")), item)
	if decision.problem == "pack":
		pack = flt(decision.case_pack) / (flt(decision.factor) or 1)
		return _("{0} is sold in full cases of {1}; {2} is no multiple of that.").format(
			item, plain(pack), plain(flt(decision.qty))
		)
	return ""


def refuse_changed_price(doc: Document, row: Document, decision: Decision) -> None:
	frappe.throw(
		_("Row {0}: {1} costs {2}. You may not change that; ask somebody with the role {3}.").format(
			row.idx,
			frappe.bold(row.item_code),
			money(decision.calculated, doc.currency),
			frappe.bold(
				frappe.get_cached_doc("Wholesale Settings").role_to_override_prices or "Wholesale Manager"
			),
		),
		title=_("Price changed"),
	)


def ask_for_reason(doc: Document, row: Document, decision: Decision) -> None:
	frappe.throw(
		_(
			"Row {0}: {1} costs {2} ({3}), not {4}. Give the Reason for Changed Price in the row, or clear its rate."
		).format(
			row.idx,
			frappe.bold(row.item_code),
			money(decision.calculated, doc.currency),
			next((one.what for one in decision.reasons if one.why == "overridden"), _("calculated")),
			money(decision.rate, doc.currency),
		),
		title=_("Why this price?"),
	)


def warn_of_no_price(doc: Document, row: Document) -> None:
	frappe.msgprint(
		_(
			"Row {0}: nothing has a price for {1} on this day; it stands at 0. Enter a price, or an Item Price on {2}."
		).format(row.idx, frappe.bold(row.item_code), frappe.bold(doc.selling_price_list)),
		title=_("No price"),
		indicator="orange",
	)


def money(amount: object, currency: str) -> str:
	return fmt_money(flt(amount), currency=currency)
