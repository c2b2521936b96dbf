"""Our fields on ERPNext's forms, grouped by feature. Created on install and migrate, removed on uninstall.

Every field name begins with `b2b_`; the engine's are filled anew on every order, an amended one too.
"""

from wholesale_b2b.credit import fields as credit
from wholesale_b2b.credit.pro_forma import fields as pro_forma
from wholesale_b2b.fulfilment.dispatch import fields as dispatch
from wholesale_b2b.fulfilment.export import fields as export
from wholesale_b2b.fulfilment.holds import fields as holds
from wholesale_b2b.fulfilment.policies import fields as policies
from wholesale_b2b.fulfilment.release import fields as release
from wholesale_b2b.fulfilment.returns import fields as returns
from wholesale_b2b.ordering.order_import import fields as order_import
from wholesale_b2b.ordering.order_rules import fields as order_rules
from wholesale_b2b.ordering.trade_accounts import fields as trade_accounts
from wholesale_b2b.pricing import fields as pricing

ENGINE = {"read_only": 1, "no_copy": 1, "allow_on_submit": 1, "print_hide": 1, "translatable": 0}


def _who_waits(after: str, when: str = "eval:doc.docstatus == 1") -> list[dict]:
	"""The panel of those who wait for a document that brings stock."""
	return [
		{
			"fieldname": "b2b_allocation_section",
			"label": "Waiting for This Document",
			"fieldtype": "Section Break",
			"insert_after": after,
			"depends_on": when,
		},
		{
			"fieldname": "b2b_allocation_html",
			"label": "Waiting",
			"fieldtype": "HTML",
			"insert_after": "b2b_allocation_section",
		},
	]


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
	"Packed Item": [
		{
			"fieldname": "b2b_reserved_qty",
			"label": "Reserved Now (Stock UOM)",
			"fieldtype": "Float",
			"insert_after": "projected_qty",
			"depends_on": "eval:parent.doctype == 'Sales Order' && parent.docstatus == 1",
			**ENGINE,
		},
		{
			"fieldname": "b2b_pre_allocated_qty",
			"label": "Pre-Allocated (Stock UOM)",
			"fieldtype": "Float",
			"insert_after": "b2b_reserved_qty",
			"depends_on": "eval:parent.doctype == 'Sales Order' && parent.docstatus == 1",
			**ENGINE,
		},
		{
			"fieldname": "b2b_backorder_qty",
			"label": "Backordered (Stock UOM)",
			"fieldtype": "Float",
			"insert_after": "b2b_pre_allocated_qty",
			"depends_on": "eval:parent.doctype == 'Sales Order' && parent.docstatus == 1",
			**ENGINE,
		},
		{
			"fieldname": "b2b_promise_date",
			"label": "Promise Date",
			"fieldtype": "Date",
			"insert_after": "b2b_backorder_qty",
			"depends_on": "eval:parent.doctype == 'Sales Order' && parent.docstatus == 1",
			**ENGINE,
		},
	],
	"Purchase Order": _who_waits("items"),
	"Subcontracting Order": _who_waits("items"),
	"Work Order": _who_waits("required_items"),
	"Stock Entry": _who_waits("get_stock_and_rate", "eval:doc.docstatus == 1 && doc.add_to_transit"),
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

LOSSES = {
	"Stock Entry Type": [
		{
			"fieldname": "b2b_is_loss",
			"label": "Loss: May Cut Reserved Stock",
			"fieldtype": "Check",
			"insert_after": "purpose",
			"depends_on": 'eval:["Material Issue", "Material Transfer", "Repack"].includes(doc.purpose)',
			"description": "Entries of this type may take units that are reserved for orders: breakage, theft, spoilage. The order last in line gives up first; units on an open pick list stay. Stock Entries of all other types are refused reserved units.",
		},
	],
}

_ALL_REPLACED = {
	"fieldname": "b2b_replace",
	"label": "Replace: Deliver These Units Again",
	"fieldtype": "Check",
	"default": "0",
	"insert_after": "is_return",
	"print_hide": 1,
	"description": "What comes back is owed again on its sales orders. Without it nothing more is owed for returned units.",
}
_ROW_REPLACED = {
	"fieldname": "b2b_replace",
	"label": "Replace: Deliver Again",
	"fieldtype": "Check",
	"default": "0",
	"insert_after": "qty",
	"print_hide": 1,
	"description": "What comes back on this row is owed again on its sales order.",
}

RETURNS = {
	"Delivery Note": [
		{**_ALL_REPLACED, "depends_on": "eval:doc.is_return && wholesale_b2b.is_on(doc.company)"}
	],
	"Delivery Note Item": [
		{
			**_ROW_REPLACED,
			"depends_on": "eval:parent.is_return && !parent.b2b_replace && wholesale_b2b.is_on(parent.company)",
		}
	],
	"Sales Invoice": [
		{
			**_ALL_REPLACED,
			"depends_on": "eval:doc.is_return && doc.update_stock && wholesale_b2b.is_on(doc.company)",
		}
	],
	"Sales Invoice Item": [
		{
			**_ROW_REPLACED,
			"depends_on": "eval:parent.is_return && parent.update_stock && !parent.b2b_replace && wholesale_b2b.is_on(parent.company)",
		}
	],
}

FEATURES = (
	ALLOCATION,
	LOSSES,
	RETURNS,
	order_import.CUSTOM_FIELDS,
	order_rules.CUSTOM_FIELDS,
	trade_accounts.CUSTOM_FIELDS,
	pro_forma.CUSTOM_FIELDS,
	dispatch.CUSTOM_FIELDS,
	export.CUSTOM_FIELDS,
	credit.CUSTOM_FIELDS,
	holds.CUSTOM_FIELDS,
	release.CUSTOM_FIELDS,
	pricing.CUSTOM_FIELDS,
	policies.CUSTOM_FIELDS,
	returns.CUSTOM_FIELDS,
)


def all_fields() -> dict[str, list[dict]]:
	"""DocType → custom fields of every feature."""
	merged: dict[str, list[dict]] = {}
	for feature in FEATURES:
		for doctype, fields in feature.items():
			merged.setdefault(doctype, []).extend({"module": "Wholesale B2B", **field} for field in fields)
	return merged
