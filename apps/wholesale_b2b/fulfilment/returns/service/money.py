"""What of a sale is given back with its goods: charges, discount, and less the restocking fee."""

import json
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from wholesale_b2b.fulfilment.returns import rules, store
from wholesale_b2b.fulfilment.returns.service import judging
from wholesale_b2b.fulfilment.rules.shipments import share

TAXES = "taxes"


def reckon(doc: Document) -> None:
	"""Put on a return that is being saved what its policy says of money, and reckon its totals anew.

	Charges and discounts in money go back in proportion to the goods, carriage only where the policy says that we pay it;
	amounts that somebody entered stay. The restocking fee stands in rows of its own below the taxes.
	"""
	if not judging.concerns(doc):
		return
	before = _shown(doc)
	doc.set(TAXES, [row for row in doc.get(TAXES) if not row.b2b_restocking_fee])
	doc.b2b_restocking_fee = 0
	policy = _policy(doc)
	if policy:
		if len(before) != len(doc.get(TAXES)):
			doc.run_method("calculate_taxes_and_totals")
		_share_lumps(doc, policy)
		_keep_fee(doc, policy)
	for idx, row in enumerate(doc.get(TAXES), 1):
		row.idx = idx
	if _shown(doc) != before or policy:
		doc.run_method("calculate_taxes_and_totals")
		if policy:
			_rounding(doc)
		doc.run_method("set_total_in_words")


def _rounding(doc: Document) -> None:
	"""A part of a sale is not rounded: together the parts would be another sum than the sale's."""
	whole = (
		frappe.db.get_value(doc.doctype, doc.return_against, "grand_total") if doc.return_against else None
	)
	if whole is not None and flt(whole + doc.grand_total, 2) and not cint(doc.disable_rounded_total):
		doc.disable_rounded_total = 1
		doc.run_method("calculate_taxes_and_totals")


def _policy(doc: Document) -> rules.Policy | None:
	known = {policy.name: policy for policy in store.policies(doc.company)}
	return known.get(doc.b2b_return_policy)


def _shown(doc: Document) -> list[tuple]:
	return [(row.account_head, row.charge_type, flt(row.tax_amount)) for row in doc.get(TAXES)]


# ---- charges and discounts in money ------------------------------------------------------------------------------


def _share_lumps(doc: Document, policy: rules.Policy) -> None:
	"""ERPNext gives them back whole with every return, however little comes back."""
	if not doc.return_against:
		return
	sale = frappe.get_cached_doc(doc.doctype, doc.return_against)
	lumps = [row for row in doc.get(TAXES) if row.charge_type == "Actual"]
	discount = flt(sale.discount_amount) and _is_in_money(sale, policy)
	if not (lumps or discount):
		return
	given = store.credited(doc)
	now = -flt(doc.total)
	for row in lumps:
		key = (row.account_head, row.description)
		sold = sum(
			flt(tax.tax_amount)
			for tax in sale.taxes
			if tax.charge_type == "Actual" and (tax.account_head, tax.description) == key
		)
		if not _follows(row.tax_amount, row.b2b_set_amount, -sold):
			continue
		back = 0.0
		if policy.carriage == rules.WE_PAY or store.is_tax(row.account_head):
			back = _part(sold, flt(sale.total), given.total, now, given.charges[key])
		row.tax_amount = -back
		row.b2b_set_amount = str(flt(row.tax_amount))
	if discount and (
		flt(doc.additional_discount_percentage)
		or _follows(doc.discount_amount, doc.b2b_set_discount, -flt(sale.discount_amount))
	):
		doc.additional_discount_percentage = 0
		doc.discount_amount = -_part(
			flt(sale.discount_amount), flt(sale.total), given.total, now, given.discount
		)
		doc.b2b_set_discount = str(flt(doc.discount_amount))
	doc.run_method("calculate_taxes_and_totals")


def _is_in_money(sale: Document, policy: rules.Policy) -> bool:
	"""ERPNext reckons a percentage of the grand total anew each time, and the fee is a part of that."""
	of_total = sale.apply_discount_on == "Grand Total" and policy.fee_percent
	return bool(of_total) or not flt(sale.additional_discount_percentage)


def _follows(now: float, ours: str | None, whole: float) -> bool:
	"""Whether an amount is as ERPNext copied it, or as we put it there last."""
	return flt(flt(now) - flt(ours if ours else whole), 6) == 0


def _part(total: float, whole: float, before: float, now: float, given: float) -> float:
	sign = -1 if total < 0 else 1
	return sign * share(sign * total, whole, before, now, sign * given)


# ---- the restocking fee ------------------------------------------------------------------------------------------


def _keep_fee(doc: Document, policy: rules.Policy) -> None:
	"""Rows that lower the credit: the fee, and below it the part of each tax that is not given back."""
	if not policy.fee_percent or cint(doc.b2b_waive_restocking_fee):
		return
	goods = store.goods(row.item_code for row in doc.items)
	charged = [row for row in doc.items if row.item_code in goods and _is_charged(policy, row.b2b_condition)]
	taxes = {str(row.idx): row for row in doc.get(TAXES) if row.charge_type != "Actual"}
	rates = {key: _rates(row) for key, row in taxes.items()}
	worth = _worth(doc)
	rows = [
		rules.Credited(
			-Decimal(str(flt(row.net_amount, 6))),
			{key: _rate(rates[key], row.item_code, worth) for key in taxes},
		)
		for row in charged
	]
	smallest = Decimal(1).scaleb(-doc.precision("grand_total"))
	kept, of_taxes = rules.fee(rows, policy.fee_percent, policy.tax_fee, smallest)
	if not kept:
		return
	doc.b2b_restocking_fee = float(kept)
	label = _("Restocking Fee {0} %").format(f"{policy.fee_percent.normalize():f}")
	_append(doc, store.fee_account(policy.name).restocking_fee_account, label, kept)
	for key, amount in of_taxes.items():
		row = taxes[key]
		_append(doc, row.account_head, _("{0} on Restocking Fee").format(row.description), amount)


def _is_charged(policy: rules.Policy, condition: str | None) -> bool:
	found = policy.condition(condition or "")
	return found.fee if found else True


def _append(doc: Document, account: str, description: str, amount: Decimal) -> None:
	doc.append(
		TAXES,
		{
			"charge_type": "Actual",
			"account_head": account,
			"description": description,
			"tax_amount": float(amount),
			"cost_center": doc.get("cost_center")
			or frappe.get_cached_value("Company", doc.company, "cost_center"),
			"b2b_restocking_fee": 1,
		},
	)


def _rates(tax: Document) -> tuple[str, dict[str, tuple[float, float]]]:
	"""How a tax row is charged, and item → (rate in percent, amount in the company's currency), as ERPNext reckoned it."""
	detail = json.loads(tax.item_wise_tax_detail or "{}")
	return tax.charge_type, {item: (flt(pair[0]), flt(pair[1])) for item, pair in detail.items()}


def _worth(doc: Document) -> dict[str, float]:
	worth: dict[str, float] = {}
	for row in doc.items:
		key = row.item_code or row.item_name
		worth[key] = worth.get(key, 0) + flt(row.base_net_amount)
	return worth


def _rate(charged: tuple[str, dict[str, tuple[float, float]]], item: str, worth: dict[str, float]) -> Decimal:
	"""How much of a unit of an item's net value a tax is. A tax on a tax is told by its amount."""
	kind, detail = charged
	percent, amount = detail.get(item, (0.0, 0.0))
	if kind == "On Net Total":
		return Decimal(str(percent)) / 100
	return Decimal(str(amount)) / Decimal(str(worth[item])) if worth.get(item) else Decimal(0)


# ---- without the fee ---------------------------------------------------------------------------------------------


def check_waiver(doc: Document) -> None:
	"""Only who may approve returns may leave the restocking fee out; a credit note for a return follows that."""
	if not judging.concerns(doc) or not cint(doc.b2b_waive_restocking_fee):
		return
	before = doc.amended_from if doc.is_new() else doc.name
	if store.is_waived(doc.doctype, before) or not (policy := _policy(doc)):
		return
	notes = {row.get("delivery_note") for row in doc.items} - {None, ""}
	if doc.doctype == "Sales Invoice" and any(store.is_waived("Delivery Note", note) for note in notes):
		return
	role = store.fee_account(policy.name).approver_role
	if not {role, "Wholesale Manager", "System Manager"} & set(frappe.get_roles()):
		frappe.throw(
			_("Only a {0} can waive the restocking fee. Take the tick off, or ask one.").format(
				frappe.bold(_(role))
			),
			frappe.PermissionError,
		)
