"""What covers order lines, beyond the pegs that a run has in hand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.utils import getdate

from wholesale_b2b.allocation.store.demand import ENDED_ENTRY, PROMISED_LINE, Key, units
from wholesale_b2b.setwise import chunks

ZERO = Decimal(0)


@dataclass(slots=True)
class Cover:
	"""Pegs of a line, in units. reserved: on hand and not delivered. ever: of all its reservations, delivered ones too, as
	ERPNext's `stock_reserved_qty` means it. promised: pre-allocated, the last of it expected on `expected`."""

	reserved: Decimal = ZERO
	ever: Decimal = ZERO
	promised: Decimal = ZERO
	expected: date | None = None

	def reserve(self, reserved: Decimal, ever: Decimal) -> None:
		self.reserved += reserved
		self.ever += ever

	def promise(self, qty: Decimal, expected: date | None) -> None:
		self.promised += qty
		self.expected = max(filter(None, (self.expected, expected)), default=None)


def elsewhere(lines: Iterable[str], keys: Iterable[Key]) -> dict[str, Cover]:
	"""What covers these lines beyond the open pegs at these keys, for those that have any: open pegs at other keys, and
	what has been delivered from reservations."""
	here, found = set(keys), defaultdict(Cover)
	for chunk in chunks(sorted(set(lines))):
		for line, item, warehouse, is_open, reserved, ever in frappe.db.sql(
			"""select voucher_detail_no, item_code, warehouse, status not in %s and reserved_qty > delivered_qty as is_open,
				sum(reserved_qty - delivered_qty), sum(reserved_qty)
			from `tabStock Reservation Entry`
			where docstatus = 1 and voucher_type = 'Sales Order' and voucher_detail_no in %s
			group by voucher_detail_no, item_code, warehouse, is_open""",
			[ENDED_ENTRY, tuple(chunk)],
		):
			if not (is_open and (item, warehouse) in here):
				found[line].reserve(units(reserved) if is_open else ZERO, units(ever))
		for line, item, warehouse, qty, expected in frappe.db.sql(
			"""select sales_order_item, item_code, warehouse, sum(qty), max(expected_date)
			from `tabStock Pre Allocation`
			where status = 'Open' and sales_order_item in %(lines)s and ifnull(packed_item, '') = ''
			group by sales_order_item, item_code, warehouse
			union all select packed_item, item_code, warehouse, sum(qty), max(expected_date)
			from `tabStock Pre Allocation` where status = 'Open' and packed_item in %(lines)s
			group by packed_item, item_code, warehouse""",
			{"lines": tuple(chunk)},
		):
			if (item, warehouse) not in here:
				found[line].promise(units(qty), getdate(expected) if expected else None)
	return dict(found)


def had(supplies: Mapping[str, str]) -> set[tuple[str, str]]:
	"""(line, supply) of all pre-allocations that there ever were of these supplies: row → the supply's id."""
	if not supplies:
		return set()
	rows = frappe.db.sql(
		f"select distinct {PROMISED_LINE}, supply_row from `tabStock Pre Allocation` where supply_row in %s",
		[tuple(supplies)],
	)
	return {(line, supplies[row]) for line, row in rows}
