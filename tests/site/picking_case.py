"""What the tests of automatic picking share: rules in Wholesale Settings, lists of an order, picking by scanner."""

from contextlib import contextmanager

import frappe
from builders import COMPANY, warehouse


@contextmanager
def pick_rules(*rows):
	"""These rows in Wholesale Settings (company and `By Hand` unless they say otherwise), and none afterwards."""
	set_rules(*rows)
	try:
		yield
	finally:
		frappe.db.rollback()
		frappe.set_user("Administrator")
		set_rules()


def set_rules(*rows):
	settings = frappe.get_doc("Wholesale Settings")
	settings.set("pick_rules", [])
	for row in rows:
		settings.append("pick_rules", {"company": COMPANY, "release": "By Hand", **row})
	settings.save()
	frappe.db.commit()


AT_ONCE = {"release": "At Once"}


def lists_of(*orders, docstatus=0):
	"""The pick lists on which these orders stand, as documents, the oldest first."""
	names = frappe.get_all(
		"Pick List Item",
		{"sales_order": ("in", [order.name for order in orders]), "docstatus": docstatus},
		pluck="parent",
		distinct=True,
	)
	return [
		frappe.get_doc("Pick List", name)
		for name in frappe.get_all(
			"Pick List", {"name": ("in", names)}, pluck="name", order_by="creation, name"
		)
	]


def on_lists(item):
	"""Units of an item on open pick lists."""
	return frappe.db.sql(
		"""select ifnull(sum(row.stock_qty), 0) from `tabPick List Item` row join `tabPick List` pl on pl.name = row.parent
		where row.item_code = %s and pl.docstatus < 2 and pl.status not in ('Completed', 'Cancelled')""",
		[item],
	)[0][0]


def scanned(pick, *counts, reasons=()):
	"""A picker's scans: units on each row, and why not all; saved as the form does."""
	pick.scan_mode = 1
	for row, count in zip(pick.locations, counts, strict=True):
		row.picked_qty = count
	for row, reason in zip(pick.locations, reasons, strict=False):
		row.b2b_short_reason = reason
	pick.save()
	return pick


def second_warehouse():
	return warehouse("Second Hall")
