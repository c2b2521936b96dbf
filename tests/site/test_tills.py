"""Till sales before and after they are posted: what they leave to sell, and what they may not take."""

import frappe
import pytest
from builders import (
	add_stock,
	make_bundle,
	make_delivery_note,
	make_item,
	make_quotation,
	make_sales_order,
	make_stock_hold,
	make_user,
	order_quotation,
	warehouse,
)
from frappe.utils import add_to_date, now_datetime
from till import Till

from wholesale_b2b.allocation.service import answers, audit
from wholesale_b2b.wholesale_b2b.doctype.stock_hold import stock_hold

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def till():
	return Till()


def stock(item):
	"""on hand, reserved, available to sell."""
	found = answers.availability([item.name], [warehouse()])[0]
	return found["actual_qty"], found["reserved_qty"], found["ats_qty"]


def reserved(order):
	return frappe.db.get_value("Sales Order Item", {"parent": order.name}, "b2b_reserved_qty")


def test_a_till_sale_counts_before_and_after_it_is_posted(item, till):
	add_stock(item.name, 10)
	till.sell(item.name, 3)
	assert stock(item) == (10, 0, 7)
	order = make_sales_order(item.name, 10)
	assert reserved(order) == 7
	assert stock(item) == (10, 7, 0)
	closing = till.close()
	assert closing.status == "Submitted"
	assert stock(item) == (7, 7, 0)
	assert reserved(order) == 7
	assert audit.run() == []
	closing.cancel()
	frappe.db.commit()
	assert stock(item) == (10, 7, 0)
	assert reserved(order) == 7


def test_a_till_sale_that_is_cancelled_frees_its_units(item, till):
	add_stock(item.name, 10)
	sale = till.sell(item.name, 3)
	order = make_sales_order(item.name, 10)
	assert reserved(order) == 7
	sale.cancel()
	frappe.db.commit()
	assert reserved(order) == 10
	assert stock(item) == (10, 10, 0)


def test_what_comes_back_at_a_till_is_there_once_it_is_posted(item, till):
	add_stock(item.name, 10)
	sale = till.sell(item.name, 4)
	till.close()
	order = make_sales_order(item.name, 10)
	assert (reserved(order), stock(item)) == (6, (6, 6, 0))
	tomorrow = Till()
	tomorrow.customer = till.customer
	tomorrow.take_back(sale, 1)
	assert (reserved(order), stock(item)) == (6, (6, 6, 0))
	closing = tomorrow.close()
	assert (reserved(order), stock(item)) == (7, (7, 7, 0))
	# the returned unit is the order's now, and the shelf cannot give it up again
	with pytest.raises(frappe.ValidationError):
		closing.cancel()
	frappe.db.rollback()
	assert (reserved(order), stock(item)) == (7, (7, 7, 0))


def test_what_comes_back_the_same_day_can_be_sold_again(item, till):
	add_stock(item.name, 10)
	sale = till.sell(item.name, 4)
	assert stock(item) == (10, 0, 6)
	till.take_back(sale, 1)
	assert stock(item) == (10, 0, 7)
	till.close()
	assert stock(item) == (7, 0, 7)


def test_a_till_cannot_sell_what_is_reserved(item, till):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 6)
	with pytest.raises(frappe.ValidationError, match="Only 4"):
		till.sell(item.name, 5)
	frappe.db.rollback()
	till.sell(item.name, 3)
	with pytest.raises(frappe.ValidationError, match="Only 1"):
		till.sell(item.name, 2)
	frappe.db.rollback()
	assert reserved(order) == 6


def test_a_bundle_at_the_till_claims_its_components(till):
	first, second = make_item(), make_item()
	kit = make_bundle({first.name: 2, second.name: 1})
	add_stock(first.name, 10)
	add_stock(second.name, 10)
	order = make_sales_order(first.name, 4)
	till.sell(kit.name, 2)
	assert (stock(first), stock(second)) == ((10, 4, 2), (10, 0, 8))
	with pytest.raises(frappe.ValidationError, match="reserved for orders"):
		till.sell(kit.name, 2)
	frappe.db.rollback()
	late = make_sales_order([{"item_code": first.name, "qty": 5}, {"item_code": second.name, "qty": 9}])
	assert frappe.get_all(
		"Sales Order Item",
		{"parent": late.name},
		"b2b_reserved_qty",
		order_by="idx",
		pluck="b2b_reserved_qty",
	) == [2, 8]
	till.close()
	assert (stock(first), stock(second)) == ((6, 6, 0), (8, 8, 0))
	assert reserved(order) == 4


# ---- units that are held ----------------------------------------------------------------------------------------


def test_a_till_cannot_sell_what_is_held(item, till):
	add_stock(item.name, 10)
	hold = make_stock_hold(item.name, 7)
	with pytest.raises(frappe.ValidationError, match=f"Only 3.*{hold.name}"):
		till.sell(item.name, 4)
	frappe.db.rollback()
	till.sell(item.name, 3)
	manager = make_user("Stock Manager").name
	frappe.db.commit()
	frappe.set_user(manager)
	stock_hold.release([hold.name])
	frappe.set_user("Administrator")
	frappe.db.commit()
	till.sell(item.name, 4)


def test_held_units_do_not_leave_without_an_order(item):
	add_stock(item.name, 10)
	hold = make_stock_hold(item.name, 7)
	with pytest.raises(frappe.ValidationError, match=f"Only 3.*{hold.name}"):
		make_delivery_note(item.name, 4)
	frappe.db.rollback()
	make_delivery_note(item.name, 3)
	with pytest.raises(frappe.ValidationError, match="Only 0"):
		_invoice(item, 1)
	frappe.db.rollback()
	frappe.db.set_value("Stock Hold", hold.name, "until", add_to_date(None, minutes=-1))
	frappe.db.commit()
	_invoice(item, 1)


def _invoice(item, qty):
	from builders import COMPANY, make_customer

	doc = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": COMPANY,
			"customer": make_customer().name,
			"update_stock": 1,
			"items": [{"item_code": item.name, "qty": qty, "rate": 10, "warehouse": warehouse()}],
		}
	)
	doc.insert().submit()
	frappe.db.commit()
	return doc


def test_an_order_delivers_what_is_reserved_for_it_whatever_is_held(item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 12)
	assert reserved(order) == 10
	add_stock(item.name, 5)
	assert reserved(order) == 12
	hold = make_stock_hold(item.name, 3)
	note = make_delivery_note(sales_order=order.name, qty=12)
	assert note.docstatus == 1
	assert frappe.db.get_value("Stock Hold", hold.name, "status") == "Active"
	assert stock(item) == (3, 0, 0)


def test_an_order_does_not_deliver_beyond_its_own_into_what_is_held(item):
	add_stock(item.name, 10)
	make_stock_hold(item.name, 7)
	order = make_sales_order(item.name, 5)
	assert reserved(order) == 3
	with pytest.raises(frappe.ValidationError, match="are held"):
		make_delivery_note(sales_order=order.name, qty=5)
	frappe.db.rollback()
	make_delivery_note(sales_order=order.name, qty=3)
	assert stock(item) == (7, 0, 0)


def test_the_holder_may_take_its_own(item):
	item.over_delivery_receipt_allowance = 900
	item.save()
	add_stock(item.name, 10)
	quotation = make_quotation(item.name, 6)
	stock_hold.hold_quotation(quotation.name, str(add_to_date(now_datetime(), hours=2)))
	frappe.db.commit()
	order = order_quotation(quotation, do_not_save=True)
	order.items[0].qty = 2
	order.insert().submit()
	frappe.db.commit()
	other = make_sales_order(item.name, 1)
	assert (reserved(order), reserved(other), stock(item)) == (2, 1, (10, 3, 3))
	# more than ordered: what is held for its own quotation may go with it, for another order it may not
	with pytest.raises(frappe.ValidationError, match="are held"):
		make_delivery_note(sales_order=other.name, qty=5)
	frappe.db.rollback()
	assert make_delivery_note(sales_order=order.name, qty=8).docstatus == 1
	assert stock(item) == (2, 1, 0)


def test_components_of_a_bundle_that_are_held_stay():
	part = make_item()
	kit = make_bundle({part.name: 2})
	add_stock(part.name, 10)
	make_stock_hold(part.name, 5)
	order = make_sales_order(kit.name, 2)
	make_delivery_note(sales_order=order.name, qty=2)
	with pytest.raises(frappe.ValidationError, match="are held"):
		make_delivery_note(kit.name, 1)
	frappe.db.rollback()
	assert stock(part) == (6, 0, 1)
