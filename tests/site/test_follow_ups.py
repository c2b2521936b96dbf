"""What happens beside the straight path: other warehouses, deleted rows, whole boxes, several orders on one list."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	settle_everything,
	update_items,
	warehouse,
)

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.store import writes
from wholesale_b2b.fulfilment.overrides import create_pick_list

pytestmark = pytest.mark.usefixtures("promises_hold")


def figures(order, row=0):
	order.reload()
	line = order.items[row]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty


def test_an_invoice_with_stock_from_another_warehouse_ends_what_it_delivers(item):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	add_stock(item.name, 40)
	add_stock(item.name, 30, into=warehouse("Leeds"))
	so = make_sales_order(item.name, 40)
	invoice = make_sales_invoice(so.name)
	invoice.update_stock = 1
	invoice.items[0].update({"qty": 30, "warehouse": warehouse("Leeds")})
	invoice.insert().submit()
	frappe.db.commit()
	assert figures(so) == (10, 0, 0)


def test_a_delivery_from_another_warehouse_ends_what_was_promised_from_the_purchase_order(item):
	make_purchase_order(item.name, 40)
	so = make_sales_order(item.name, 40)
	add_stock(item.name, 40, into=warehouse("Leeds"))
	note = make_delivery_note(sales_order=so.name, do_not_save=True)
	note.items[0].warehouse = warehouse("Leeds")
	note.insert().submit()
	frappe.db.commit()
	assert figures(so) == (0, 0, 0)
	assert not frappe.get_all("Stock Pre Allocation", {"sales_order": so.name, "status": "Open"})


def test_a_deleted_purchase_order_row_takes_its_pegs_along(item):
	other = make_item()
	po = make_purchase_order([{"item_code": item.name, "qty": 10}, {"item_code": other.name, "qty": 10}])
	so = make_sales_order(item.name, 4)
	assert figures(so) == (0, 4, 4)
	update_items(po, {}, removed=[0])
	assert figures(so) == (0, 0, 4)


def test_what_is_left_marked_of_a_company_that_was_switched_off_is_forgotten(item):
	settings = frappe.get_doc("Wholesale Settings")
	row = next(row for row in settings.companies if row.company == COMPANY)
	row.enabled = 0
	settings.save()
	frappe.db.commit()
	try:
		add_stock(item.name, 10)
		so = make_sales_order(item.name, 4)
		writes.mark([(item.name, warehouse())], "a crash")
		frappe.db.commit()
		marking.settle_marked()
		assert not frappe.get_all("Stock Reservation Entry", {"voucher_no": so.name})
		assert not frappe.get_all("Allocation Key", {"item_code": item.name})
	finally:
		settings.reload()
		next(row for row in settings.companies if row.company == COMPANY).enabled = 1
		settings.save()
		settle_everything()


def test_what_is_reserved_by_hand_elsewhere_stays_and_draws_nothing_after_it(item):
	add_stock(item.name, 3, into=warehouse("Leeds"))
	so = make_sales_order(item.name, 10)
	so.create_stock_reservation_entries(
		items_details=[
			{
				"sales_order_item": so.items[0].name,
				"warehouse": warehouse("Leeds"),
				"qty_to_reserve": 3,
				"conversion_factor": 1,
			}
		],
		notify=False,
	)
	frappe.db.commit()
	assert figures(so) == (3, 0, 7)
	add_stock(item.name, 7, into=warehouse("Leeds"))
	marking.check_all("Test")
	assert figures(so) == (3, 0, 7)
	add_stock(item.name, 7)
	assert figures(so) == (10, 0, 0)


def test_two_orders_on_one_pick_list(item):
	from frappe.model.mapper import map_docs

	add_stock(item.name, 10)
	first, second = (make_sales_order(item.name, 5) for _ in range(2))
	pick = map_docs(
		"erpnext.selling.doctype.sales_order.sales_order.create_pick_list",
		frappe.as_json([first.name, second.name]),
		frappe.as_json({"doctype": "Pick List", "company": COMPANY, "purpose": "Delivery", "locations": []}),
	)
	assert [(row.sales_order, row.qty) for row in pick.locations] == [(first.name, 5), (second.name, 5)]
	pick.insert().submit()
	frappe.db.commit()
	assert (figures(first)[0], figures(second)[0]) == (5, 5)


def test_boxes_are_picked_whole(item):
	item.append("uoms", {"uom": "Box", "conversion_factor": 12})
	item.save()
	frappe.db.set_value("UOM", "Box", "must_be_whole_number", 1)
	add_stock(item.name, 30)
	so = make_sales_order([{"item_code": item.name, "qty": 5, "uom": "Box", "conversion_factor": 12}])
	pick = create_pick_list(so.name)
	assert [(row.uom, row.qty, row.stock_qty) for row in pick.locations] == [("Box", 2, 24)]


def test_a_pick_list_may_take_free_units_but_none_of_another_order(item):
	add_stock(item.name, 12)
	so, other = make_sales_order(item.name, 5), make_sales_order(item.name, 5)
	pick = create_pick_list(so.name)
	pick.locations[0].update({"qty": 8, "stock_qty": 8})
	pick.insert()
	with pytest.raises(frappe.ValidationError, match="2.0 are free"):
		pick.submit()
	frappe.db.rollback()
	assert figures(other)[0] == 5


def test_a_cancelled_work_order_frees_its_materials(item):
	from test_supplies import work_order

	part_stock = work_order(make_item(), 6)
	part = part_stock.required_items[0].item_code
	so = make_sales_order(part, 6, into=warehouse("Leeds"))
	assert figures(so)[0] == 0
	part_stock.reload()
	part_stock.cancel()
	frappe.db.commit()
	assert figures(so)[0] == 6


@pytest.mark.parametrize("route", ["delivery", "invoice", "issue", "transfer", "backdated delivery"])
def test_no_route_takes_a_reserved_unit(item, route):
	from builders import make_customer
	from frappe.utils import add_days, nowdate

	stock = {
		"doctype": "Stock Entry",
		"stock_entry_type": "Material Receipt",
		"company": COMPANY,
		"set_posting_time": 1,
		"posting_date": add_days(nowdate(), -10),
		"items": [{"item_code": item.name, "qty": 10, "t_warehouse": warehouse(), "basic_rate": 5}],
	}
	frappe.get_doc(stock).insert().submit()
	frappe.db.commit()
	so = make_sales_order(item.name, 10)
	row = {"item_code": item.name, "qty": 1, "rate": 10, "warehouse": warehouse()}
	move = {**stock, "set_posting_time": 0, "posting_date": nowdate()}
	source = {"item_code": item.name, "qty": 1, "s_warehouse": warehouse()}
	doc = {
		"delivery": {"doctype": "Delivery Note", "items": [row]},
		"invoice": {"doctype": "Sales Invoice", "update_stock": 1, "items": [row]},
		"issue": {**move, "stock_entry_type": "Material Issue", "items": [source]},
		"transfer": {
			**move,
			"stock_entry_type": "Material Transfer",
			"items": [{**source, "t_warehouse": warehouse("Leeds")}],
		},
		"backdated delivery": {
			"doctype": "Delivery Note",
			"set_posting_time": 1,
			"posting_date": add_days(nowdate(), -5),
			"items": [row],
		},
	}[route]
	doc = frappe.get_doc({"company": COMPANY, "customer": make_customer().name, **doc}).insert()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError):
		doc.submit()
	frappe.db.rollback()
	assert not frappe.get_all("Stock Ledger Entry", {"voucher_no": doc.name})
	assert figures(so)[0] == 10
