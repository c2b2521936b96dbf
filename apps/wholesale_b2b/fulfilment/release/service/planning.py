"""Which units go on which lists: reserved, on no list, not held, let go by their policy, and paid where that is asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cint

from wholesale_b2b.credit.pro_forma.service import gate
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.release.rules import sheets
from wholesale_b2b.fulfilment.release.rules.sheets import Ready
from wholesale_b2b.fulfilment.release.service import deciding, rows
from wholesale_b2b.fulfilment.release.service.places import Places
from wholesale_b2b.fulfilment.release.service.rows import Sources
from wholesale_b2b.fulfilment.release.store import orders as store
from wholesale_b2b.setup.switch import enabled_companies, settings


@dataclass
class Plan:
	"""taken: what goes. sources: the rows that it comes from. heads: the orders. left: order → why nothing of it goes."""

	taken: list[Ready] = field(default_factory=list)
	sources: Sources = field(default_factory=dict)
	heads: dict[str, frappe._dict] = field(default_factory=dict)
	left: dict[str, str] = field(default_factory=dict)


def plan(orders: Sequence[str], places: Places, within: set[str] | None = None) -> Plan:
	"""What of these orders goes on lists now. within: only from these warehouses."""
	found = Plan(heads=store.heads(orders))
	companies = enabled_companies()
	held = holds.judge(found.heads)
	open_orders = []
	for order in orders:
		if order not in found.heads:
			found.left[order] = _("It is not an open order.")
		elif found.heads[order].company not in companies:
			found.left[order] = _("Wholesale B2B is not switched on for its company.")
		elif order in held:
			found.left[order] = " ".join(hold.reason for hold in held[order])
		else:
			open_orders.append(order)
	ready, found.sources = rows.ready(open_orders, places.of)
	ready = [row for row in ready if within is None or row.warehouse in within]
	room = {order: left for order, left in gate.left_to_pick(open_orders).items() if left is not None}
	ship = {line: qty for lines in deciding.may_ship(open_orders).values() for line, qty in lines.items()}
	found.taken = sheets.take(_in_walking_order(_with_worth(ready, room), places), ship, room)
	going, there = {row.order for row in found.taken}, {row.order for row in ready}
	for order in open_orders:
		if order not in going:
			found.left[order] = (
				_("What is reserved for it may not go yet.")
				if order in there
				else _("Nothing is reserved for it that is on no pick list.")
			)
	return found


def _with_worth(ready: list[Ready], room: Mapping[str, Decimal]) -> list[Ready]:
	worth = gate.worth_of_lines(row.line for row in ready if row.order in room)
	return [replace(row, worth=worth[row.line]) if row.line in worth else row for row in ready]


def _in_walking_order(ready: list[Ready], places: Places) -> list[Ready]:
	return sorted(ready, key=lambda row: places.walk.get(row.warehouse, len(places.walk)))


def in_order(orders: Iterable[str]) -> list[str]:
	"""These orders, the most urgent first."""
	return store.in_order(orders, cint(settings().default_priority) or 50)
