"""Stock Holds on a site: kept, let go, expired, and turned into demand."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_item,
	make_protection,
	make_purchase_order,
	make_quotation,
	make_sales_order,
	make_stock_hold,
	make_user,
	order_quotation,
	unique,
	warehouse,
)
from frappe.utils import add_to_date, now_datetime

from wholesale_b2b.allocation import holds_jobs
from wholesale_b2b.allocation.service import audit
from wholesale_b2b.allocation.service import holds as service
from wholesale_b2b.allocation.store import holds as store
from wholesale_b2b.wholesale_b2b.doctype.stock_hold import stock_hold

SRE = "Stock Reservation Entry"


@pytest.fixture
def item():
	item = make_item()
	frappe.db.commit()
	return item


def held(item, hours=0):
	now = add_to_date(now_datetime(), hours=hours)
	return store.held([item.name], [warehouse()], now).get((item.name, warehouse()), 0)


def reserved(order):
	rows = frappe.get_all(SRE, {"voucher_no": order.name, "docstatus": 1}, ["reserved_qty"])
	return sum(row.reserved_qty for row in rows)


def status(hold):
	return frappe.db.get_value("Stock Hold", hold if isinstance(hold, str) else hold.name, "status")


def holds_of(quotation):
	return frappe.get_all(
		"Stock Hold",
		{"for_name": quotation.name},
		["name", "item_code", "qty", "status", "sales_order", "sales_order_item", "awaiting_run"],
		order_by="creation",
	)


def hold_for(quotation, hours=24, allow_partial=False):
	until = str(add_to_date(now_datetime(), hours=hours))
	lines = stock_hold.hold_quotation(quotation.name, until, allow_partial)
	frappe.db.commit()
	return lines


# ---- keeping ----------------------------------------------------------------------------------------------------


def test_a_hold_keeps_units_until_its_time(item):
	add_stock(item.name, 10)
	hold = make_stock_hold(item.name, 4)
	assert (hold.status, hold.stock_uom, hold.requested_by) == ("Active", "Nos", "Administrator")
	assert held(item) == 4
	assert held(item, hours=25) == 0


def test_no_more_is_held_than_can_be_sold(item):
	add_stock(item.name, 10)
	make_sales_order(item.name, 3)
	make_stock_hold(item.name, 5)
	with pytest.raises(frappe.ValidationError, match=r"Only .*2.* are available"):
		make_stock_hold(item.name, 3, commit=False)
	part = make_stock_hold(item.name, 3, allow_partial=1)
	assert (part.qty, part.asked_qty) == (2, 3)
	with pytest.raises(frappe.ValidationError, match="Nothing of"):
		make_stock_hold(item.name, 1, allow_partial=1, commit=False)


def test_units_protected_for_others_cannot_be_held(item):
	add_stock(item.name, 10)
	rule = make_protection(item_code=item.name, channel="Web", floor=6)
	with pytest.raises(frappe.ValidationError, match=r"Only .*4"):
		make_stock_hold(item.name, 5, commit=False)
	assert make_stock_hold(item.name, 8, channel="Web").qty == 8
	frappe.delete_doc("Stock Protection", rule.name)
	frappe.db.commit()


def test_what_cannot_be_held(item, monkeypatch):
	add_stock(item.name, 10)
	service_item = make_item(is_stock_item=0)
	group = frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 1})
	for fields, words in (
		({"item_code": service_item.name}, "only stock items"),
		({"item_code": item.name, "into": group}, "no group"),
		({"item_code": item.name, "hours": -1}, "over already"),
		({"item_code": item.name, "qty": 0}, "how many"),
		({"item_code": item.name, "basket": None}, "held for"),
		(
			{
				"item_code": item.name,
				"basket": None,
				"for_doctype": "Customer",
				"for_name": make_customer().name,
			},
			"not for a",
		),
	):
		with pytest.raises(frappe.ValidationError, match=words):
			make_stock_hold(**fields, commit=False)
	monkeypatch.setattr(service, "is_enabled", lambda company: False)
	with pytest.raises(frappe.ValidationError, match="not switched on"):
		make_stock_hold(item.name, commit=False)


def test_a_hold_can_be_prolonged_while_it_lasts(item):
	add_stock(item.name, 10)
	hold = make_stock_hold(item.name, 4, hours=1)
	hold.until = add_to_date(None, hours=48)
	hold.save()
	assert held(item, hours=24) == 4
	frappe.db.set_value("Stock Hold", hold.name, "until", add_to_date(None, hours=-1))
	hold.reload()
	hold.until = add_to_date(None, hours=48)
	with pytest.raises(frappe.ValidationError, match="has ended"):
		hold.save()


# ---- letting go -------------------------------------------------------------------------------------------------


def test_an_expired_hold_is_closed_and_marked(item, monkeypatch):
	add_stock(item.name, 10)
	hold, other = make_stock_hold(item.name, 4), make_stock_hold(item.name, 1)
	frappe.db.set_value("Stock Hold", hold.name, "until", add_to_date(None, hours=-1))
	frappe.db.commit()
	marked = []
	monkeypatch.setattr(
		"wholesale_b2b.allocation.service.marking.mark", lambda keys, cause: marked.extend(keys)
	)
	holds_jobs.expire()
	assert (status(hold), status(other)) == ("Expired", "Active")
	assert (item.name, warehouse()) in marked


def test_released_units_are_dealt_out(item):
	add_stock(item.name, 10)
	hold = make_stock_hold(item.name, 4)
	assert stock_hold.release([hold.name]) == 1
	frappe.db.commit()
	assert (status(hold), held(item)) == ("Released", 0)
	assert stock_hold.release(frappe.as_json([hold.name])) == 0


def test_a_deleted_hold_holds_nothing(item):
	add_stock(item.name, 10)
	hold = make_stock_hold(item.name, 4)
	frappe.delete_doc("Stock Hold", hold.name)
	frappe.db.commit()
	assert held(item) == 0


# ---- quotations -------------------------------------------------------------------------------------------------


def test_a_quotation_holds_its_lines(item):
	other = make_item()
	service_item = make_item(is_stock_item=0)
	add_stock(item.name, 10)
	add_stock(other.name, 2)
	rows = [
		{"item_code": item.name, "qty": 4},
		{"item_code": other.name, "qty": 5},
		{"item_code": service_item.name, "qty": 1},
	]
	quotation = make_quotation(rows, b2b_channel="Web")
	with pytest.raises(frappe.ValidationError, match=r"Only .*2"):
		hold_for(quotation)
	frappe.db.rollback()
	assert holds_of(quotation) == []
	lines = hold_for(quotation, allow_partial=True)
	assert [line["held"] for line in lines] == [4, 2, 0]
	assert [bool(line["note"]) for line in lines] == [False, True, True]
	assert {row["item_code"]: row["qty"] for row in stock_hold.of_quotation(quotation.name)} == {
		item.name: 4,
		other.name: 2,
	}
	hold = frappe.get_doc("Stock Hold", holds_of(quotation)[0].name)
	assert (hold.customer, hold.channel) == (quotation.party_name, "Web")


def test_holding_again_holds_only_what_is_missing(item):
	add_stock(item.name, 10)
	quotation = make_quotation(item.name, 4)
	hold_for(quotation, hours=2)
	hold_for(quotation, hours=48)
	assert [row.qty for row in holds_of(quotation)] == [4]
	assert held(item, hours=24) == 4


def test_a_quotation_lets_go(item):
	add_stock(item.name, 10)
	by_hand, cancelled, lost = (make_quotation(item.name, 2) for _ in range(3))
	for quotation in (by_hand, cancelled, lost):
		hold_for(quotation)
	assert held(item) == 6
	assert stock_hold.release_quotation(by_hand.name) == 1
	cancelled.reload()
	cancelled.cancel()
	lost.reload()
	lost.declare_enquiry_lost([], [], "too dear")
	frappe.db.commit()
	assert held(item) == 0
	with pytest.raises(frappe.ValidationError, match="nothing is held"):
		hold_for(lost)


def test_who_may_hold_and_release(item):
	add_stock(item.name, 10)
	quotation = make_quotation(item.name, 2)
	seller, other = make_user("Sales User").name, make_user("Stock User").name
	frappe.db.commit()
	frappe.set_user(other)
	with pytest.raises(frappe.PermissionError):
		hold_for(quotation)
	frappe.set_user(seller)
	hold_for(quotation)
	hold = frappe.get_doc("Stock Hold", holds_of(quotation)[0].name)
	assert hold.requested_by == seller
	with pytest.raises(frappe.PermissionError):
		stock_hold.release([hold.name])
	assert stock_hold.release_quotation(quotation.name) == 1


# ---- from hold to order -----------------------------------------------------------------------------------------


def test_the_order_of_the_quotation_gets_the_held_units(item):
	add_stock(item.name, 10)
	quotation = make_quotation(item.name, 6)
	hold_for(quotation)
	order = order_quotation(quotation)
	(hold,) = holds_of(quotation)
	assert (hold.status, hold.sales_order, hold.sales_order_item) == (
		"Consumed",
		order.name,
		order.items[0].name,
	)
	assert held(item) == 0
	assert reserved(order) == 6
	assert audit.run() == []


def test_a_more_urgent_backorder_does_not_get_them(item):
	add_stock(item.name, 6)
	quotation = make_quotation(item.name, 6)
	hold_for(quotation)
	# both in one transaction: one run deals out to the two of them
	urgent = make_sales_order(item.name, 6, b2b_priority=1, do_not_submit=True, commit=False)
	order = order_quotation(quotation, do_not_submit=True, commit=False)
	urgent.submit()
	order.submit()
	frappe.db.commit()
	assert (reserved(order), reserved(urgent)) == (6, 0)


def test_a_part_of_a_hold_goes_and_the_rest_stays(item):
	add_stock(item.name, 10)
	quotation = make_quotation(item.name, 6)
	hold_for(quotation)
	order = order_quotation(quotation, do_not_save=True)
	order.items[0].qty = 2
	order.insert().submit()
	frappe.db.commit()
	assert sorted((row.status, row.qty) for row in holds_of(quotation)) == [("Active", 4), ("Consumed", 2)]
	assert held(item) == 4
	assert reserved(order) == 2
	rest = order_quotation(quotation)
	assert rest.items[0].qty == 4
	assert {row.status for row in holds_of(quotation)} == {"Consumed"}
	assert held(item) == 0


def test_an_order_of_somebody_else_takes_no_hold(item):
	add_stock(item.name, 10)
	quotation = make_quotation(item.name, 6)
	hold_for(quotation)
	make_sales_order(item.name, 2)
	assert [(row.status, row.qty) for row in holds_of(quotation)] == [("Active", 6)]


def test_an_expired_hold_gives_nothing(item):
	add_stock(item.name, 10)
	quotation = make_quotation(item.name, 6)
	hold_for(quotation)
	frappe.db.set_value("Stock Hold", {"for_name": quotation.name}, "until", add_to_date(None, hours=-1))
	frappe.db.commit()
	order_quotation(quotation)
	assert [row.status for row in holds_of(quotation)] == ["Active"]
	holds_jobs.expire()
	assert [row.status for row in holds_of(quotation)] == ["Expired"]


def test_what_stays_when_all_is_ordered_is_let_go(item):
	add_stock(item.name, 10)
	second = warehouse("Second Stores")
	quotation = make_quotation(item.name, 6)
	hold_for(quotation)
	order = order_quotation(quotation, do_not_save=True)
	order.items[0].warehouse = second
	order.insert().submit()
	frappe.db.commit()
	assert [row.status for row in holds_of(quotation)] == ["Released"]


def test_the_order_of_a_basket_gets_its_units(item):
	add_stock(item.name, 10)
	basket = unique("basket")
	hold = make_stock_hold(item.name, 3, basket=basket)
	order = make_sales_order(item.name, 3, b2b_basket=basket)
	assert status(hold) == "Consumed"
	assert reserved(order) == 3


def test_a_run_that_is_put_off_learns_what_was_held(item):
	add_stock(item.name, 10)
	basket = unique("basket")
	make_stock_hold(item.name, 3, basket=basket)
	order = make_sales_order(item.name, 3, b2b_basket=basket, commit=False)
	line, key = order.items[0].name, (item.name, warehouse())
	assert store.awaiting([item.name], [warehouse()]) == {key: 3}
	(handed,) = store.handed_over([item.name], [warehouse()])
	assert (handed.line, handed.warehouse, handed.supply, handed.qty) == (line, warehouse(), None, 3)
	store.settled([handed.name])
	assert store.handed_over([item.name], [warehouse()]) == []
	assert store.awaiting([item.name], [warehouse()]) == {}
	frappe.db.rollback()


def test_only_the_engine_holds_units_to_come(item):
	add_stock(item.name, 5)
	po = make_purchase_order(item.name, 5)
	hold = make_stock_hold(
		item.name, 2, supply_type="Purchase Order", supply_name=po.name, supply_row=po.items[0].name
	)
	assert (hold.supply_type, hold.supply_row) == (None, None)
