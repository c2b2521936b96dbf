"""Stock Protections item by item, and who belongs to which segment.

A *segment* is a text that names a channel, a customer group or a customer: `channel:web shop`, `customer_group:Key
Accounts`, `customer:CUST-1`. Channels are compared without regard to case and outer spaces.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document

from wholesale_b2b.allocation.rules.protect import Guarded, Kind, ProtectionRule, expand
from wholesale_b2b.allocation.store.demand import ENDED_ENTRY, Key, units
from wholesale_b2b.setwise import as_list, listed
from wholesale_b2b.trees import below, paths

# customer, customer group, channel; any may be empty
Buyer = tuple[str | None, str | None, str | None]
TARGETS = {"Item Code": "item_code", "Item Group": "item_group", "Brand": "brand"}
SEGMENTS = {"Channel": "channel", "Customer Group": "customer_group", "Customer": "customer"}


def guards(items: Iterable[str], warehouses: Iterable[str], today: date) -> list[Guarded]:
	"""What is in force on `today` for these items at these warehouses, item by item."""
	found = rules_in_force(warehouses, today)
	if all(rule.item for rule in found):
		items = {rule.item for rule in found}.intersection(items)
	return expand(found, kinds(items)) if found and items else []


def rules_in_force(warehouses: Iterable[str], today: date) -> list[ProtectionRule]:
	"""The enabled Stock Protections of these warehouses whose dates include `today`."""
	warehouses = tuple(set(warehouses))
	if not warehouses:
		return []
	rows = frappe.db.sql(
		"""select name, warehouse, apply_on, item_code, item_group, brand, protect_for, channel, customer_group,
			customer, floor, has_ceiling, ceiling
		from `tabStock Protection` where enabled = 1 and warehouse in %s
			and (valid_from is null or valid_from <= %s) and (valid_upto is null or valid_upto >= %s)
		order by name""",
		[warehouses, today, today],
		as_dict=True,
	)
	return [_rule(row) for row in rows]


def _rule(row: frappe._dict) -> ProtectionRule:
	target = TARGETS[row.apply_on]
	return ProtectionRule(
		name=row.name,
		warehouse=row.warehouse,
		segment=segment_of(row),
		floor=units(row.floor),
		ceiling=units(row.ceiling) if row.has_ceiling else None,
		item=row.item_code if target == "item_code" else "",
		brand=row.brand if target == "brand" else "",
		item_group=row.item_group if target == "item_group" else "",
	)


def kinds(items: Iterable[str]) -> dict[str, Kind]:
	"""Item → its brand and its item groups."""
	rows = frappe.db.sql(
		f"select name, brand, item_group from `tabItem` where name in {listed('items')}",
		{"items": as_list(items)},
	)
	groups = paths("Item Group", (group for _, _, group in rows))
	return {item: Kind(brand or "", groups.get(group, ())) for item, brand, group in rows}


# ---- segments ---------------------------------------------------------------------------------------------------


def segment_of(row: Document | frappe._dict) -> str:
	"""The segment that a Stock Protection names."""
	field = SEGMENTS[row.protect_for]
	return channel_segment(row.channel) if field == "channel" else f"{field}:{row.get(field)}"


def channel_segment(channel: str) -> str:
	return f"channel:{channel.strip().casefold()}"


def segments(buyers: Iterable[Buyer]) -> dict[Buyer, tuple[str, ...]]:
	"""(customer, customer group, channel) → the segments they belong to, those of all groups above theirs included."""
	buyers = set(buyers)
	groups = paths("Customer Group", (group for _, group, _ in buyers if group))
	return {buyer: _segments(*buyer, groups) for buyer in buyers}


def _segments(
	customer: str | None, group: str | None, channel: str | None, groups: dict[str, tuple[str, ...]]
) -> tuple[str, ...]:
	named = [f"customer:{customer}"] if customer else []
	named += [f"customer_group:{name}" for name in groups.get(group, ())]
	if channel and channel.strip():
		named.append(channel_segment(channel))
	return tuple(named)


def taken(items: Iterable[str], warehouses: Iterable[str]) -> dict[tuple[str, str, str], Decimal]:
	"""(item, warehouse, segment) → units reserved on the shelf for orders of that segment."""
	items, warehouses = tuple(set(items)), tuple(set(warehouses))
	if not items or not warehouses:
		return {}
	rows = frappe.db.sql(
		"""select s.item_code, s.warehouse, so.customer, so.customer_group, so.b2b_channel,
			sum(s.reserved_qty - s.delivered_qty)
		from `tabStock Reservation Entry` s join `tabSales Order` so on so.name = s.voucher_no
		where s.item_code in %s and s.warehouse in %s and s.docstatus = 1 and s.status not in %s
			and s.voucher_type = 'Sales Order'
		group by s.item_code, s.warehouse, so.customer, so.customer_group, so.b2b_channel""",
		[items, warehouses, ENDED_ENTRY],
	)
	of = segments((customer, group, channel) for _, _, customer, group, channel, _ in rows)
	total: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
	for item, warehouse, customer, group, channel, qty in rows:
		for segment in of[customer, group, channel]:
			total[item, warehouse, segment] += units(qty)
	return dict(total)


# ---- for the form -----------------------------------------------------------------------------------------------


def overlapping(row: Document) -> str | None:
	"""An enabled Stock Protection for the same stock and segment whose dates overlap with this one's."""
	target, segment = TARGETS[row.apply_on], SEGMENTS[row.protect_for]
	others = frappe.get_all(
		"Stock Protection",
		{
			"name": ("!=", row.name or ""),
			"enabled": 1,
			"warehouse": row.warehouse,
			"apply_on": row.apply_on,
			target: row.get(target),
			"protect_for": row.protect_for,
			segment: row.get(segment),
		},
		["name", "valid_from", "valid_upto"],
		order_by="creation",
	)
	start, end = _span(row)
	return next((other.name for other in others if start <= _span(other)[1] and _span(other)[0] <= end), None)


def _span(row: Document | frappe._dict) -> tuple[date, date]:
	getdate = frappe.utils.getdate
	return (
		getdate(row.valid_from) if row.valid_from else date.min,
		getdate(row.valid_upto) if row.valid_upto else date.max,
	)


def keys_of(row: Document) -> set[Key]:
	"""Where a Stock Protection counts: its items in its warehouse, as far as there is stock or demand."""
	condition, where = _target(row)
	return set(
		frappe.db.sql(
			f"""select b.item_code, b.warehouse from `tabBin` b join `tabItem` item on item.name = b.item_code
			where b.warehouse = %(warehouse)s and {condition}
				and (b.actual_qty <> 0 or b.reserved_qty <> 0 or b.reserved_stock <> 0)""",
			where,
		)
	)


def covers_anything(row: Document) -> bool:
	"""Whether there is a stock item, not disabled, that a Stock Protection names."""
	condition, where = _target(row)
	return bool(
		frappe.db.sql(
			f"select 1 from `tabItem` item where item.is_stock_item = 1 and item.disabled = 0 and {condition} limit 1",
			where,
		)
	)


def _target(row: Document) -> tuple[str, dict]:
	"""What of `tabItem` item a Stock Protection names, with its values and the warehouse."""
	value = row.get(TARGETS[row.apply_on])
	if row.apply_on == "Item Group":
		value = tuple(below("Item Group", value)) or ("",)
	condition = {
		"Item Code": "item.name = %(value)s",
		"Item Group": "item.item_group in %(value)s",
		"Brand": "item.brand = %(value)s",
	}[row.apply_on]
	return condition, {"warehouse": row.warehouse, "value": value}
