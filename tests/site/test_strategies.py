"""Order Rules, protections and sourcing, as the engine carries them out on real orders."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_purchase_order,
	make_sales_order,
	warehouse,
)
from frappe.utils import add_days, nowdate

from wholesale_b2b.api.v1 import availability

pytestmark = pytest.mark.usefixtures("promises_hold")


def figures(order):
	order.reload()
	line = order.items[0]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty


def ats(item, **who):
	return availability([item.name], warehouse=warehouse(), **who)["items"][0]["ats_qty"]


@pytest.fixture
def rule():
	"""Makes Order Rules for one customer each, and takes them away again."""
	made = []

	def make(customer, **outcome):
		sources = outcome.pop("sources", ())
		doc = frappe.get_doc(
			{
				"doctype": "Order Rule",
				"rule_name": f"Test {frappe.generate_hash(length=6)}",
				"enabled": 1,
				"company": COMPANY,
				"customer": customer,
				**outcome,
			}
		)
		for place in sources:
			doc.append("sourcing_warehouses", {"warehouse": place})
		doc.insert()
		frappe.db.commit()
		made.append(doc.name)
		return doc

	yield make
	frappe.db.rollback()
	for name in made:
		frappe.delete_doc("Order Rule", name, force=True)
	frappe.db.commit()


def test_a_rule_sets_the_class(item, rule):
	vip = make_customer().name
	rule(vip, priority=1)
	plain = make_sales_order(item.name, 10)
	urgent = make_sales_order(item.name, 10, customer=vip)
	add_stock(item.name, 10)
	assert figures(urgent)[0] == 10
	assert figures(plain)[0] == 0


def test_just_in_time_leaves_the_shelf_to_others(item, rule):
	patient = make_customer().name
	rule(patient, strategy="Just in Time")
	add_stock(item.name, 10)
	make_purchase_order(item.name, 10, days=5)
	later = make_sales_order(item.name, 10, customer=patient, delivery_date=add_days(nowdate(), 20))
	assert figures(later) == (0, 10)
	assert figures(make_sales_order(item.name, 10)) == (10, 0)


def test_sourced_from_two_warehouses(item, rule):
	customer = make_customer().name
	rule(customer, sources=[warehouse("Reading"), warehouse("Leeds")])
	add_stock(item.name, 4, into=warehouse("Reading"))
	add_stock(item.name, 10, into=warehouse("Leeds"))
	so = make_sales_order(item.name, 9, customer=customer, into=warehouse("Leeds"))
	assert figures(so)[0] == 9
	entries = frappe.get_all(
		"Stock Reservation Entry", {"voucher_no": so.name, "docstatus": 1}, ["warehouse", "reserved_qty"]
	)
	assert {(e.warehouse, e.reserved_qty) for e in entries} == {
		(warehouse("Reading"), 4),
		(warehouse("Leeds"), 5),
	}
	add_stock(item.name, 5, into=warehouse("Reading"))
	more = make_sales_order(item.name, 9, customer=customer, into=warehouse("Leeds"))
	assert figures(more)[0] == 9
	so.reload()
	so.cancel()
	frappe.db.commit()
	assert not frappe.get_all("Stock Reservation Entry", {"voucher_no": so.name, "docstatus": 1})


def test_a_floor_keeps_units_for_a_customer(item):
	favoured = make_customer().name
	add_stock(item.name, 10)
	protection = frappe.get_doc(
		{
			"doctype": "Stock Protection",
			"enabled": 1,
			"warehouse": warehouse(),
			"apply_on": "Item Code",
			"item_code": item.name,
			"protect_for": "Customer",
			"customer": favoured,
			"floor": 6,
		}
	).insert()
	frappe.db.commit()
	assert ats(item) == 4
	assert ats(item, customer=favoured) == 10
	other = make_sales_order(item.name, 10)
	assert figures(other)[0] == 4
	assert ats(item) == 0
	assert ats(item, customer=favoured) == 6
	assert figures(make_sales_order(item.name, 6, customer=favoured))[0] == 6
	protection.delete()
	frappe.db.commit()
