"""ERPNext's Pricing Rules for selling."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe
from frappe.utils import cint, flt, getdate

from wholesale_b2b.pricing.rules import Promotion
from wholesale_b2b.pricing.rules.words import TARGETS

FIELDS = (
	"name",
	"apply_on",
	"price_or_product_discount",
	"warehouse",
	"mixed_conditions",
	"is_cumulative",
	"coupon_code_based",
	"apply_rule_on_other",
	"other_item_code",
	"other_item_group",
	"other_brand",
	"customer",
	"customer_group",
	"territory",
	"sales_partner",
	"campaign",
	"min_qty",
	"max_qty",
	"min_amt",
	"max_amt",
	"valid_from",
	"valid_upto",
	"currency",
	"margin_type",
	"margin_rate_or_amount",
	"rate_or_discount",
	"rate",
	"discount_amount",
	"discount_percentage",
	"for_price_list",
	"priority",
	"has_priority",
	"apply_multiple_pricing_rules",
	"apply_discount_on_rate",
	"`condition`",
)


def promotions(company: str, first: date, last: date, doctype: str = "") -> tuple[Promotion, ...]:
	"""The Pricing Rules for single items that hold on any day of the span. Two queries, and one per cumulative rule.

	doctype: whose past lines count for cumulative rules.
	"""
	rows = frappe.db.sql(
		f"""select {", ".join(FIELDS)} from `tabPricing Rule`
		where disable = 0 and selling = 1 and apply_on in %(kinds)s and ifnull(company, '') in ('', %(company)s)
		and (valid_from is null or valid_from <= %(last)s) and (valid_upto is null or valid_upto >= %(first)s)
		and ifnull(supplier, '') = '' and ifnull(supplier_group, '') = ''""",
		{"kinds": tuple(TARGETS), "company": company, "first": first, "last": last},
		as_dict=True,
	)
	if not rows:
		return ()
	targets = _targets(row.name for row in rows)
	return tuple(
		_promotion(row, targets.get(row.name, ()), _history(row, doctype) if row.is_cumulative else {})
		for row in rows
	)


def _targets(names: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
	parts = [
		f"select parent, {field} as target, ifnull(uom, '') as uom from `tabPricing Rule {kind}` where parent in %(names)s"
		for kind, field in TARGETS.items()
	]
	found: dict[str, list[tuple[str, str]]] = defaultdict(list)
	for parent, target, uom in frappe.db.sql(" union all ".join(parts), {"names": tuple(names)}):
		found[parent].append((target, uom))
	return {name: tuple(sorted(targets)) for name, targets in found.items()}


def _history(row: frappe._dict, doctype: str) -> dict[str, tuple[Decimal, Decimal]]:
	"""What a cumulative rule counts of the past: submitted lines of its days, by what it applies to."""
	if not doctype:
		return {}
	field = TARGETS[row.apply_on]
	day = "transaction_date" if frappe.get_meta(doctype).has_field("transaction_date") else "posting_date"
	rows = frappe.db.sql(
		f"""select row.{field}, sum(row.stock_qty), sum(row.amount) from `tab{doctype} Item` row
		join `tab{doctype}` head on head.name = row.parent and head.docstatus = 1
		where head.{day} between %s and %s and row.{field} is not null group by row.{field}""",
		[row.valid_from, row.valid_upto],
	)
	return {target: (_decimal(qty), _decimal(amount)) for target, qty, amount in rows}


def _promotion(
	row: frappe._dict, targets: tuple[tuple[str, str], ...], history: dict[str, tuple[Decimal, Decimal]]
) -> Promotion:
	other_on = row.apply_rule_on_other or ""
	return Promotion(
		name=row.name,
		apply_on=row.apply_on,
		targets=targets,
		kind=row.rate_or_discount or "",
		rate=_decimal(row.rate),
		discount_percentage=_decimal(row.discount_percentage),
		discount_amount=_decimal(row.discount_amount),
		margin_type=row.margin_type or "",
		margin=_decimal(row.margin_rate_or_amount),
		currency=row.currency or "",
		customer=row.customer or "",
		customer_group=row.customer_group or "",
		territory=row.territory or "",
		campaign=row.campaign or "",
		sales_partner=row.sales_partner or "",
		price_list=row.for_price_list or "",
		warehouse=row.warehouse or "",
		valid_from=getdate(row.valid_from) if row.valid_from else None,
		valid_upto=getdate(row.valid_upto) if row.valid_upto else None,
		min_qty=_decimal(row.min_qty),
		max_qty=_decimal(row.max_qty),
		min_amount=_decimal(row.min_amt),
		max_amount=_decimal(row.max_amt),
		priority=cint(row.priority),
		has_priority=bool(row.has_priority),
		several=bool(row.apply_multiple_pricing_rules),
		on_discounted=bool(row.apply_discount_on_rate),
		mixed=bool(row.mixed_conditions),
		coupon=bool(row.coupon_code_based),
		condition=row.condition or "",
		other_on=other_on,
		other=(row.get(f"other_{TARGETS[other_on]}") or "") if other_on in TARGETS else "",
		history=history,
		product=row.price_or_product_discount == "Product",
	)


def coupon_rule(coupon_code: str | None) -> str:
	"""The Pricing Rule of a coupon code, or empty."""
	return (coupon_code and frappe.db.get_value("Coupon Code", coupon_code, "pricing_rule")) or ""


def _decimal(value: object) -> Decimal:
	return Decimal(str(flt(value, 6)))
