"""What nothing covers so long after it was ordered is asked of purchasing: once, and supplier by supplier.

The Purchase Order that is made of such a request covers the order lines that it was asked for before any others
(`allocation.service.planning`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form, getdate

from wholesale_b2b.figures import plain
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.holds.service import keeping
from wholesale_b2b.fulfilment.policies.rules import Want, requests
from wholesale_b2b.fulfilment.policies.service import deciding
from wholesale_b2b.fulfilment.policies.service.deciding import KINDS
from wholesale_b2b.fulfilment.policies.store import asking as store
from wholesale_b2b.fulfilment.policies.store import facts
from wholesale_b2b.fulfilment.rules.decide import Pegs
from wholesale_b2b.setup.switch import enabled_companies
from wholesale_b2b.setwise import chunks

BATCH = 500


def ask_purchasing() -> list[str]:
	"""Raise the Material Requests that the policies of all open orders ask for now; their names.

	One for each company and default supplier, each a transaction of its own. Orders that are held for anything but their
	policy wait, and orders that somebody has in hand; what was asked before is not asked again. A request that fails is logged
	and tried again the next night.
	"""
	orders: dict[tuple[str, str], set[str]] = defaultdict(set)
	for batch in chunks(facts.open_orders(enabled_companies()), BATCH):
		for want in wants(batch):
			orders[want.company, want.supplier].add(want.order)
	made = []
	for (company, supplier), names in sorted(orders.items()):
		try:
			made += _ask(company, supplier, names)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(
				title=f"Purchasing was not asked of {supplier or 'no default supplier'}",
				message=frappe.get_traceback(),
			)
		frappe.db.commit()  # a supplier each: no order is kept locked while the others are looked at
	return made


def wants(orders: Sequence[str]) -> list[Want]:
	"""What nothing covers of these orders, for as long as their policies wait, and nobody was asked for."""
	cases = deciding.cases(orders, asking=True)
	held = holds.judge(cases, without=KINDS)
	today = getdate()
	short: dict[str, dict[str, Decimal]] = {}
	for name, case in cases.items():
		parts = case.decide(today).escalate if name not in held else ()
		if parts:
			short[name] = {part.line: part.qty for part in parts}
	if not short:
		return []
	lines = _demand_lines(short, cases)
	asked, places = store.asked(lines), store.places(lines)
	found = []
	for line, (order, qty) in lines.items():
		left = qty - asked.get(line, Decimal(0))
		if left > 0 and line in places:
			place = places[line]
			found.append(
				Want(
					cases[order].company,
					"",
					place.item_code,
					place.warehouse,
					order,
					line,
					place.row,
					left,
					place.needed_by,
					place.lead_time_days or 0,
				)
			)
	return _with_suppliers(found)


def _demand_lines(
	short: dict[str, dict[str, Decimal]], cases: dict[str, deciding.Case]
) -> dict[str, tuple[str, Decimal]]:
	"""Demand line → (order, units that nothing covers): of a bundle, what its components lack for all bundles."""
	pegs, parts = facts.pegs(sorted(short)), facts.components(sorted(short))
	found: dict[str, tuple[str, Decimal]] = {}
	for order, lines in short.items():
		owed = {line.name: line.open for line in cases[order].order.lines}
		for line, qty in lines.items():
			if line not in parts:
				found[line] = (order, qty)
			for part, per in parts.get(line, ()):
				lack = owed[line] * per - _covered(pegs.get(part, Pegs()))
				if lack > 0:
					found[part] = (order, lack)
	return found


def _covered(peg: Pegs) -> Decimal:
	return max(peg.ready, peg.picking) + sum((qty for _day, qty in peg.coming), Decimal(0))


def _with_suppliers(found: list[Want]) -> list[Want]:
	known = {
		company: store.suppliers({want.item for want in found if want.company == company}, company)
		for company in {want.company for want in found}
	}
	return [replace(want, supplier=known[want.company].get(want.item, "")) for want in found]


def _ask(company: str, supplier: str, orders: Iterable[str]) -> list[str]:
	"""The requests of one supplier, on what its orders lack once they are locked."""
	free = sorted(facts.lock_free(orders))
	chosen = [want for want in wants(free) if (want.company, want.supplier) == (company, supplier)]
	made = []
	for group in requests(chosen, store.several_rows_allowed()):
		request = _request(company, supplier, group, getdate())
		_tell(request, group)
		made.append(request.name)
	return made


def _request(company: str, supplier: str, group: Sequence[Want], today: date) -> Document:
	items = store.item_facts(want.item for want in group)
	rows = [
		{
			"item_code": want.item,
			"item_name": items[want.item].item_name,
			"description": items[want.item].description or items[want.item].item_name,
			"uom": items[want.item].stock_uom,
			"stock_uom": items[want.item].stock_uom,
			"conversion_factor": 1,
			"qty": float(want.qty),
			"stock_qty": float(want.qty),
			"warehouse": want.warehouse,
			"schedule_date": want.due(today),
			"sales_order": want.order,
			"sales_order_item": want.row or None,
			"b2b_demand_line": want.line,
		}
		for want in group
	]
	request = frappe.get_doc(
		{
			"doctype": "Material Request",
			"material_request_type": "Purchase",
			"company": company,
			"transaction_date": today,
			"schedule_date": min(row["schedule_date"] for row in rows),
			"title": _("Backorders: {0}").format(supplier or _("no default supplier"))[:100],
			"b2b_supplier": supplier or None,
			"items": rows,
		}
	)
	request.flags.ignore_permissions = True
	return request.insert().submit()


def _tell(request: Document, group: Sequence[Want]) -> None:
	parts: dict[str, list[str]] = defaultdict(list)
	uoms = {row.item_code: row.stock_uom for row in request.items}
	for want in group:
		parts[want.order].append(
			_("{0} {1} of {2}").format(plain(float(want.qty)), _(uoms[want.item]), want.item)
		)
	reps = keeping.reps_of_orders(parts)
	messages = []
	for order, goods in sorted(parts.items()):
		said = escape_html(", ".join(goods))
		link = get_link_to_form("Material Request", request.name)
		messages.append(
			{
				"sales_order": order,
				"subject": _("{0}: asked of purchasing: {1}").format(order, said),
				"content": _("Asked of purchasing in {0}: {1}").format(link, said),
				"users": [user for user in reps.get(order, ()) if user != frappe.session.user],
			}
		)
	keeping.tell(messages)
