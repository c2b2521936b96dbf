"""Custom fields of returns, grouped by DocType, for `setup.custom_fields`."""

from itertools import pairwise

_WHEN = "eval:doc.is_return && wholesale_b2b.is_on(doc.company)"
_OWN = {"read_only": 1, "no_copy": 1, "print_hide": 1, "translatable": 0}
_HIDDEN = {"hidden": 1, "no_copy": 1, "print_hide": 1, "translatable": 0}


def _head(after: str, first: tuple[dict, ...] = ()) -> list[dict]:
	fields = [
		{
			"fieldname": "b2b_return_section",
			"label": "Return Policy",
			"fieldtype": "Section Break",
			"depends_on": _WHEN,
		},
		*first,
		{
			"fieldname": "b2b_return_policy",
			"label": "Return Policy",
			"fieldtype": "Link",
			"options": "Return Policy",
			"description": "By the channel of the order, else the company's default.",
			**_OWN,
		},
		{
			"fieldname": "b2b_return_status",
			"label": "Return Status",
			"fieldtype": "Select",
			"options": "\nWithin Policy\nNeeds Approval\nApproved",
			"in_standard_filter": 1,
			**_OWN,
		},
		{
			"fieldname": "b2b_return_breaches",
			"label": "Outside the Policy",
			"fieldtype": "Small Text",
			"depends_on": "b2b_return_breaches",
			**_OWN,
		},
		{"fieldname": "b2b_return_money", "fieldtype": "Column Break"},
		{
			"fieldname": "b2b_carriage_paid_by",
			"label": "Carriage Paid By",
			"fieldtype": "Select",
			"options": "\nCustomer\nUs",
			"depends_on": "b2b_return_policy",
			**_OWN,
		},
		{
			"fieldname": "b2b_restocking_fee",
			"label": "Restocking Fee",
			"fieldtype": "Currency",
			"options": "currency",
			"depends_on": "b2b_return_policy",
			"description": "Kept of what is credited, before tax.",
			**_OWN,
		},
		{
			"fieldname": "b2b_waive_restocking_fee",
			"label": "Waive the Restocking Fee",
			"fieldtype": "Check",
			"default": "0",
			"depends_on": "b2b_return_policy",
			# the credit note of a return follows it
			"no_copy": 0,
			"print_hide": 1,
			"description": "For those who may approve returns.",
		},
		{
			"fieldname": "b2b_return_approval",
			"fieldtype": "Column Break",
			"depends_on": "b2b_return_approved_by",
		},
		{
			"fieldname": "b2b_return_approved_by",
			"label": "Approved By",
			"fieldtype": "Link",
			"options": "User",
			"depends_on": "b2b_return_approved_by",
			**_OWN,
		},
		{
			"fieldname": "b2b_return_approved_at",
			"label": "Approved At",
			"fieldtype": "Datetime",
			"depends_on": "b2b_return_approved_by",
			**_OWN,
		},
		{
			"fieldname": "b2b_return_approval_reason",
			"label": "Why",
			"fieldtype": "Small Text",
			"depends_on": "b2b_return_approved_by",
			**_OWN,
		},
		{
			"fieldname": "b2b_return_approved_for",
			"label": "What Was Approved",
			"fieldtype": "Small Text",
			**_HIDDEN,
		},
		{
			"fieldname": "b2b_set_discount",
			"label": "Discount by Policy",
			"fieldtype": "Data",
			**_HIDDEN,
		},
	]
	for field in fields:
		field["insert_after"] = after
		after = field["fieldname"]
	return fields


# Of a till's return nothing is reckoned but what it says: how it is credited is between shop and customer.
_MONEY = (
	"b2b_return_money",
	"b2b_carriage_paid_by",
	"b2b_restocking_fee",
	"b2b_waive_restocking_fee",
	"b2b_set_discount",
)


def _till_head() -> list[dict]:
	fields = [field for field in _head("return_against") if field["fieldname"] not in _MONEY]
	for before, following in pairwise(fields):
		following["insert_after"] = before["fieldname"]
	return fields


def _row(when: str, after: str = "b2b_replace") -> list[dict]:
	return [
		{
			"fieldname": "b2b_condition",
			"label": "Condition",
			"fieldtype": "Link",
			"options": "Return Condition",
			"insert_after": after,
			"depends_on": when,
			"description": "In which condition it came back. The Return Policy says where it goes.",
		},
		{
			"fieldname": "b2b_policy_warehouse",
			"label": "Warehouse by Policy",
			"fieldtype": "Link",
			"options": "Warehouse",
			"insert_after": "b2b_condition",
			**_HIDDEN,
		},
	]


_NO_GOODS = {
	"fieldname": "b2b_no_goods",
	"label": "No Goods Come Back",
	"fieldtype": "Check",
	"default": "0",
	"depends_on": "eval:!doc.update_stock",
	"no_copy": 1,
	"print_hide": 1,
	"description": "A credit for a price or a service: no Return Policy counts.",
}
_ROW_WHEN = "eval:parent.is_return && wholesale_b2b.is_on(parent.company)"

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Delivery Note": _head("return_against"),
	"Delivery Note Item": _row(_ROW_WHEN),
	"Sales Invoice": _head("amended_from", (_NO_GOODS,)),
	"Sales Invoice Item": _row(_ROW_WHEN),
	"POS Invoice": _till_head(),
	"POS Invoice Item": _row(_ROW_WHEN, after="warehouse"),
	"Sales Taxes and Charges": [
		{
			"fieldname": "b2b_restocking_fee",
			"label": "Restocking Fee",
			"fieldtype": "Check",
			"default": "0",
			"insert_after": "tax_amount",
			"hidden": 1,
			"print_hide": 1,
		},
		{
			"fieldname": "b2b_set_amount",
			"label": "Amount by Policy",
			"fieldtype": "Data",
			"insert_after": "b2b_restocking_fee",
			**_HIDDEN,
		},
	],
}
