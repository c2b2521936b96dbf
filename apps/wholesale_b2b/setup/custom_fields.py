"""Our fields on ERPNext's forms, grouped by feature. Created on install and migrate, removed on uninstall.

Every field name begins with `b2b_`; none is copied to an amended document, the engine fills them anew.
"""

from wholesale_b2b.ordering.order_import import fields as order_import
from wholesale_b2b.ordering.order_rules import fields as order_rules

ENGINE = {"read_only": 1, "no_copy": 1, "allow_on_submit": 1, "print_hide": 1, "translatable": 0}

ALLOCATION = {
	"Sales Order": [
		{
			"fieldname": "b2b_priority",
			"label": "Allocation Priority",
			"fieldtype": "Int",
			"insert_after": "delivery_date",
			"non_negative": 1,
			"allow_on_submit": 1,
			"print_hide": 1,
			"description": "Priority class when stock is dealt out: 1 goes first. 0: as the Order Rule or Wholesale Settings say.",
		},
		{
			"fieldname": "b2b_allocation_section",
			"label": "Allocation",
			"fieldtype": "Section Break",
			"insert_after": "items",
			"depends_on": "eval:doc.docstatus < 2",
			"collapsible": 0,
		},
		{
			"fieldname": "b2b_allocation_html",
			"label": "Allocation Panel",
			"fieldtype": "HTML",
			"insert_after": "b2b_allocation_section",
		},
		{
			"fieldname": "b2b_allocation_status",
			"label": "Allocation Status",
			"fieldtype": "Select",
			"options": "\nReserved\nReserved and Pre-Allocated\nPre-Allocated\nPartly Backordered\nBackordered",
			"insert_after": "b2b_allocation_html",
			"in_standard_filter": 1,
			"hidden": 1,
			**ENGINE,
		},
		{
			"fieldname": "b2b_placed_at",
			"label": "Placed At",
			"fieldtype": "Datetime",
			"insert_after": "b2b_allocation_status",
			"hidden": 1,
			"description": "Its age among orders of a class; an amended order keeps that of the one it replaces",
			**ENGINE,
		},
		{
			"fieldname": "b2b_promise_date",
			"label": "Promise Date",
			"fieldtype": "Date",
			"insert_after": "b2b_placed_at",
			"hidden": 1,
			**ENGINE,
		},
	],
	"Sales Order Item": [
		{
			"fieldname": "b2b_allocation_section",
			"label": "Allocation",
			"fieldtype": "Section Break",
			"insert_after": "stock_reserved_qty",
			"depends_on": "eval:parent.docstatus == 1",
		},
		{
			"fieldname": "b2b_reserved_qty",
			"label": "Reserved Now (Stock UOM)",
			"fieldtype": "Float",
			"insert_after": "b2b_allocation_section",
			**ENGINE,
		},
		{
			"fieldname": "b2b_pre_allocated_qty",
			"label": "Pre-Allocated (Stock UOM)",
			"fieldtype": "Float",
			"insert_after": "b2b_reserved_qty",
			**ENGINE,
		},
		{
			"fieldname": "b2b_allocation_column",
			"fieldtype": "Column Break",
			"insert_after": "b2b_pre_allocated_qty",
		},
		{
			"fieldname": "b2b_backorder_qty",
			"label": "Backordered (Stock UOM)",
			"fieldtype": "Float",
			"insert_after": "b2b_allocation_column",
			"description": "Not reserved on the shelf; covered as far as it is pre-allocated.",
			**ENGINE,
		},
		{
			"fieldname": "b2b_promise_date",
			"label": "Promise Date",
			"fieldtype": "Date",
			"insert_after": "b2b_backorder_qty",
			**ENGINE,
		},
	],
	"Purchase Order": [
		{
			"fieldname": "b2b_allocation_section",
			"label": "Waiting for This Order",
			"fieldtype": "Section Break",
			"insert_after": "items",
			"depends_on": "eval:doc.docstatus == 1",
		},
		{
			"fieldname": "b2b_allocation_html",
			"label": "Waiting",
			"fieldtype": "HTML",
			"insert_after": "b2b_allocation_section",
		},
	],
	"Item": [
		{
			"fieldname": "b2b_stock_section",
			"label": "Available to Sell",
			"fieldtype": "Section Break",
			"insert_after": "image",
			"depends_on": "eval:!doc.__islocal && doc.is_stock_item",
		},
		{
			"fieldname": "b2b_stock_html",
			"label": "Stock Panel",
			"fieldtype": "HTML",
			"insert_after": "b2b_stock_section",
		},
	],
}

FEATURES = (ALLOCATION, order_import.CUSTOM_FIELDS, order_rules.CUSTOM_FIELDS)


def all_fields() -> dict[str, list[dict]]:
	"""DocType → custom fields of every feature."""
	merged: dict[str, list[dict]] = {}
	for feature in FEATURES:
		for doctype, fields in feature.items():
			merged.setdefault(doctype, []).extend({"module": "Wholesale B2B", **field} for field in fields)
	return merged
