"""ERPNext's functions that ours stand before, called by the path of another module that imports them."""

import frappe
import pytest
from builders import add_stock, make_customer, make_sales_order, make_user
from erpnext.accounts.doctype.payment_request.payment_request import make_payment_request as erpnext_request
from rest import Door

from wholesale_b2b.hooks import override_whitelisted_methods

MAKE = "make_payment_request"
OWN = f"erpnext.accounts.doctype.payment_request.payment_request.{MAKE}"
TILL = f"erpnext.accounts.doctype.pos_invoice.pos_invoice.{MAKE}"


@pytest.fixture
def order(item):
	add_stock(item.name, 5)
	made = make_sales_order(item.name, 5, rate=10, customer=make_customer().name)
	frappe.db.commit()
	return made


def of_another_customer():
	buyer = make_user("Customer", user_type="Website User")
	customer = make_customer()
	customer.append("portal_users", {"user": buyer.name})
	customer.save()
	frappe.db.commit()
	return buyer.name


def asked_for(order):
	return {
		"dt": "Sales Order",
		"dn": order.name,
		"submit_doc": 1,
		"mute_email": 1,
		"recipient_id": "thief@elsewhere.example",
	}


PATHS = {
	"the till's": (f"/api/method/{TILL}", {}),
	"with a slash behind": (f"/api/v1/method/{TILL}/x", {}),
	"of a test": (f"/api/method/erpnext.accounts.doctype.payment_request.test_payment_request.{MAKE}", {}),
	"the second version": (f"/api/v2/method/{TILL}", {}),
	"by DocType": (f"/api/v2/method/POS Invoice/{MAKE}", {}),
	"as a command": ("/", {"cmd": TILL}),
}


@pytest.mark.parametrize("way", PATHS)
@pytest.mark.parametrize("who", ["Guest", "another customer"])
def test_no_path_leads_a_stranger_to_a_payment_request(order, who, way):
	path, more = PATHS[way]
	door = Door() if who == "Guest" else Door(of_another_customer())
	status, answer = door.post(path, {**asked_for(order), **more})
	assert status == 403 and OWN in str(answer)
	assert not frappe.db.exists("Payment Request", {"reference_name": order.name})
	# ... nor by ERPNext's own, before which ours stands
	assert door.call(OWN, **asked_for(order))[0] == 403
	assert not frappe.db.exists("Payment Request", {"reference_name": order.name})


def test_a_draft_request_is_not_written_to(order):
	draft = frappe.get_doc(
		{
			**frappe.get_doc(erpnext_request(dt="Sales Order", dn=order.name, return_doc=1)).as_dict(),
			"grand_total": 7,
		}
	)
	draft.insert()
	frappe.db.commit()
	door, request = Door(), asked_for(order) | {"submit_doc": 0}
	assert door.post(f"/api/method/{TILL}", request)[0] == 403
	frappe.db.rollback()
	assert frappe.db.get_value("Payment Request", draft.name, "grand_total") == 7


def test_what_makes_a_request_in_spite_of_permissions_is_refused_too(order):
	for user in ("Guest", of_another_customer()):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			erpnext_request(**asked_for(order))
		frappe.db.rollback()
	frappe.set_user("Administrator")
	assert erpnext_request(**asked_for(order)).docstatus == 1


def test_those_who_may_still_can(order):
	status, _answer = Door(make_user("Accounts User", "Sales User").name).call(OWN, **asked_for(order))
	frappe.db.rollback()
	assert status == 200
	assert frappe.db.get_value("Payment Request", {"reference_name": order.name}, "docstatus") == 1


def test_mappers_of_documents_call_ours(order):
	door = Door(make_user("Stock User", "Sales User").name)
	values = {"source_names": frappe.as_json([order.name]), "target_doc": "", "source_name": order.name}
	for mapper in ("map_docs", "make_mapped_doc"):
		for module, expected in (("sales_order.sales_order", 200), ("sales_order.test_sales_order", 403)):
			method = f"erpnext.selling.doctype.{module}.create_pick_list"
			status, answer = door.post(
				f"/api/method/frappe.model.mapper.{mapper}", {"method": method, **values}
			)
			assert status == expected, (mapper, module, answer)


@pytest.mark.parametrize(
	"module", ["controllers.accounts_controller", "selling.doctype.sales_order.test_sales_order"]
)
def test_what_calls_the_function_that_an_argument_names_does_not_call_these(order, module):
	door = Door(make_user("Sales User").name)
	row = order.items[0]
	items = [{"docname": row.name, "item_code": row.item_code, "qty": 5, "rate": 10, "conversion_factor": 1}]
	items[0]["delivery_date"] = str(row.delivery_date)
	status, answer = door.post(
		"/api/method/frappe.desk.treeview.get_all_nodes",
		{
			"doctype": "Sales Order",
			"label": "x",
			"parent": frappe.as_json([{**items[0], "qty": 4}]),
			"tree_method": f"erpnext.{module}.update_child_qty_rate",
			"parent_doctype_name": order.name,
		},
	)
	assert status == 403 and "update_child_qty_rate" in str(answer)
	frappe.db.rollback()
	assert frappe.db.get_value("Sales Order Item", row.name, "qty") == 5


def test_each_override_is_named_by_the_module_that_defines_the_function():
	for path in override_whitelisted_methods:
		function = frappe.get_attr(path)
		assert path == f"{function.__module__}.{function.__name__}"
