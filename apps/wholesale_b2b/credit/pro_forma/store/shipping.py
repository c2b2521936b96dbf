"""What goods are worth on the order that they ship for, taxes included."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe

from wholesale_b2b.allocation.store import picking
from wholesale_b2b.allocation.store.demand import PER_KIT
from wholesale_b2b.credit.pro_forma.store.facts import money

# One stock unit of an order row (`soi`) in the order's currency, with its part of the order's taxes.
WORTH = """(soi.net_amount / nullif(soi.stock_qty, 0)
	* if(so.rounded_total <> 0, so.rounded_total, so.grand_total) / nullif(so.net_total, 0))"""


def value_of_rows(rows: Iterable[tuple[str, float, str | None]]) -> dict[str, Decimal]:
	"""Order → value of these (order row, stock units, component of a bundle or None).

	A bundle is worth what the fullest of its components makes of it.
	"""
	rows = list(rows)
	if not rows:
		return {}
	parts = {part for _line, _qty, part in rows if part}
	per_kit = dict(
		frappe.db.sql(
			f"""select part.name, {PER_KIT} from `tabPacked Item` part
			join `tabSales Order Item` soi on soi.name = part.parent_detail_docname where part.name in %s""",
			[tuple(parts) or ("",)],
		)
	)
	plain: dict[str, Decimal] = defaultdict(Decimal)
	kits: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
	for line, qty, part in rows:
		if part:
			kits[line][part] += money(qty) / (money(per_kit.get(part)) or Decimal(1))
		else:
			plain[line] += money(qty)
	for line, by_part in kits.items():
		plain[line] += max(by_part.values())
	found: dict[str, Decimal] = defaultdict(Decimal)
	for line, order, one in _worth(plain):
		found[order] += plain[line] * money(one)
	return dict(found)


def worth(lines: Iterable[str]) -> dict[str, Decimal]:
	"""Sales Order Item → what one stock unit of it is worth."""
	return {line: money(one) for line, _order, one in _worth(lines)}


def _worth(lines: Iterable[str]) -> list[tuple[str, str, float]]:
	return frappe.db.sql(
		f"""select soi.name, soi.parent, {WORTH} from `tabSales Order Item` soi
		join `tabSales Order` so on so.name = soi.parent where soi.name in %s""",
		[tuple(lines) or ("",)],
	)


def value_bought(orders: Iterable[str], without: str | None) -> dict[str, Decimal]:
	"""Order → value on Purchase Orders that go straight to the customer and have not arrived there, but for one.

	ERPNext calls such rows received at once; when they are there, it says on the order's row.
	"""
	rows = frappe.db.sql(
		"""select soi.name, sum(poi.stock_qty) - soi.delivered_qty * soi.conversion_factor as bought
		from `tabPurchase Order Item` poi join `tabPurchase Order` po on po.name = poi.parent
		join `tabSales Order Item` soi on soi.name = poi.sales_order_item and soi.parent = poi.sales_order
		where poi.sales_order in %s and poi.delivered_by_supplier = 1 and po.docstatus = 1
			and po.status <> 'Closed' and po.name <> %s group by soi.name having bought > 0""",
		[tuple(orders), without or ""],
	)
	return value_of_rows((line, qty, None) for line, qty in rows)


def value_on_lists(
	orders: Iterable[str], without: str | None, drafts: bool = False, draft: str | None = None
) -> dict[str, Decimal]:
	"""Order → value on its open pick lists that has not been delivered yet, but for one; on submitted ones, or `drafts` too, or
	one `draft` alone."""
	rows = frappe.db.sql(
		f"""select row.sales_order_item, {picking.LEFT} as qty, row.product_bundle_item from {picking.ROWS}
		where row.sales_order in %s and (pl.docstatus >= %s or pl.name = %s) and pl.name <> %s
			having qty > 0""",
		[tuple(orders) or ("",), 0 if drafts else 1, draft or "", without or ""],
	)
	return value_of_rows((line, qty, part) for line, qty, part in rows if line)
