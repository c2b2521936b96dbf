"""The demo's stories of picking, in the warehouse where lists are made at once and picked by scanning.

A newcomer finds a list to scan (SCAN-ME, in boxes and pieces; the barcodes stand below), and three napkins that a picker did
not find and somebody is to count (SHORT-PICK). Every step looks before it makes.
"""

from __future__ import annotations

import frappe
from frappe.utils import add_days, getdate

from wholesale_b2b.fulfilment.release.service import triggers
from wholesale_b2b.setup.demo_steps import is_ordered, item, order

# (code, name, price, on hand, barcode of one, barcode of a box of twelve)
ITEMS = (
	("COASTER-SLATE", "Slate Coaster", 3.20, 240, "5060000100018", "5060000100025"),
	("NAPKIN-LINEN", "Linen Napkin", 4.60, 120, "5060000100032", "5060000100049"),
)
BOX = 12


def create(company: str, warehouse: str, price_list: str) -> None:
	"""Make what is missing of the stories. Call it once the company is switched on."""
	_items(company, warehouse, price_list)
	_rule(company, warehouse)
	rows = {"COASTER-SLATE": 30, "NAPKIN-LINEN": 5}
	if not is_ordered("SCAN-ME"):
		_order(company, warehouse, "Harbour Gifts Ltd", "SCAN-ME", rows)
	if not is_ordered("SHORT-PICK"):
		_pick_short(_order(company, warehouse, "Fell & Dale Stores", "SHORT-PICK", {"NAPKIN-LINEN": 20}))


def _items(company: str, warehouse: str, price_list: str) -> None:
	for code, name, price, qty, barcode, of_box in ITEMS:
		if frappe.db.exists("Item", code):
			continue
		item(company, code, name, price, price_list, {warehouse: qty})
		doc = frappe.get_doc("Item", code)
		doc.append("uoms", {"uom": "Box", "conversion_factor": BOX})
		doc.extend("barcodes", [{"barcode": barcode, "uom": "Nos"}, {"barcode": of_box, "uom": "Box"}])
		doc.save()


def _rule(company: str, warehouse: str) -> None:
	settings = frappe.get_doc("Wholesale Settings")
	if any(row.warehouse == warehouse for row in settings.pick_rules):
		return
	settings.append(
		"pick_rules", {"company": company, "warehouse": warehouse, "release": "At Once", "scan_mode": 1}
	)
	settings.save()
	frappe.db.commit()  # nosemgrep


def _order(company: str, warehouse: str, customer: str, reference: str, wanted: dict[str, float]) -> str:
	day = add_days(getdate(), 2)
	rows = [
		{"item_code": code, "qty": qty, "delivery_date": day, "warehouse": warehouse}
		for code, qty in wanted.items()
	]
	name = order(company, customer, reference, rows)
	# the worker of a bench that runs does the same a moment later
	triggers.make_at_once([name])
	return name


def _pick_short(sales_order: str) -> None:
	(name,) = frappe.get_all("Pick List Item", {"sales_order": sales_order}, pluck="parent", distinct=True)
	pick = frappe.get_doc("Pick List", name)
	for row in pick.locations:
		row.picked_qty = row.stock_qty
	pick.locations[-1].picked_qty -= 3
	pick.locations[-1].update({"b2b_short_reason": "Missing", "b2b_short_note": "Box was open"})
	pick.submit()
	frappe.db.commit()  # nosemgrep
