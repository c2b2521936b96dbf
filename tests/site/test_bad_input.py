"""What cannot be meant: refused or remarked on in words, with nothing written."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_item,
	make_order_rule,
	make_protection,
	make_sales_order,
	make_stock_hold,
	unique,
	warehouse,
)
from frappe.utils import add_days, nowdate

from wholesale_b2b.api import v1
from wholesale_b2b.wholesale_b2b.doctype.stock_hold import stock_hold

pytestmark = pytest.mark.usefixtures("promises_hold")


def remarks():
	return [
		frappe.parse_json(message)["message"]
		for message in frappe.get_message_log()
		if isinstance(message, str)
	] + [message["message"] for message in frappe.get_message_log() if isinstance(message, dict)]


def group_warehouse():
	return frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 1})


# ---- orders -----------------------------------------------------------------------------------------------------


def test_an_order_in_the_past_is_served_like_any(item):
	add_stock(item.name, 5)
	so = make_sales_order(
		item.name, 8, transaction_date=add_days(nowdate(), -40), delivery_date=add_days(nowdate(), -30)
	)
	line = so.items[0]
	assert (line.b2b_reserved_qty, line.b2b_backorder_qty, line.b2b_promise_date) == (5, 3, None)
	assert v1.availability([item.name], needed_by="1999-12-31")["items"][0]["atp_qty"] == 0


@pytest.mark.parametrize("qty", [0, -5])
def test_an_order_for_nothing_is_refused_and_leaves_nothing(item, qty):
	add_stock(item.name, 5)
	with pytest.raises(frappe.ValidationError):
		make_sales_order(item.name, qty)
	frappe.db.rollback()
	assert not frappe.get_all("Stock Reservation Entry", {"item_code": item.name})


def test_an_absurd_order_takes_what_there_is(item):
	add_stock(item.name, 5)
	so = make_sales_order(item.name, 1_000_000_000)
	assert (so.items[0].b2b_reserved_qty, so.items[0].b2b_backorder_qty) == (5, 999_999_995)


def test_an_order_from_a_group_of_warehouses_promises_nothing(item):
	with pytest.raises(frappe.ValidationError, match="group of warehouses"):
		make_sales_order(item.name, 1, into=group_warehouse())
	frappe.db.rollback()


def test_an_item_that_is_disabled_later_keeps_its_promises(item):
	add_stock(item.name, 5)
	so = make_sales_order(item.name, 3)
	frappe.get_doc("Item", item.name).update({"disabled": 1}).save()
	frappe.db.commit()
	so.reload()
	assert so.items[0].b2b_reserved_qty == 3


def test_an_item_that_may_go_negative_is_protected_all_the_same():
	from builders import make_delivery_note

	item = make_item(allow_negative_stock=1)
	add_stock(item.name, 5)
	so = make_sales_order(item.name, 5)
	with pytest.raises(frappe.ValidationError, match="reserved for other orders"):
		make_delivery_note(item.name, 1)
	frappe.db.rollback()
	so.reload()
	assert so.items[0].b2b_reserved_qty == 5


# ---- holds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("fields", "words"),
	[
		({"qty": 0}, "how many units"),
		({"qty": -1}, "how many units"),
		({"qty": 0.5}, "cannot be broken"),
		({"qty": 1e30}, "Only"),
		({"into": "group"}, "no group"),
		({"item_code": "NO-SUCH"}, "NO-SUCH"),
		({"hours": -1}, "over already"),
		({"company": "NO-SUCH"}, "NO-SUCH"),
	],
)
def test_holds(item, fields, words):
	add_stock(item.name, 5)
	if fields.get("into"):
		fields = {"into": group_warehouse()}
	with pytest.raises(Exception, match=words) as caught:
		make_stock_hold(**{"item_code": item.name, "qty": 1, **fields})
	assert isinstance(caught.value, frappe.ValidationError)
	frappe.db.rollback()
	assert not frappe.get_all("Stock Hold", {"item_code": item.name})


def test_a_hold_of_a_disabled_item(item):
	add_stock(item.name, 5)
	frappe.db.set_value("Item", item.name, "disabled", 1)
	frappe.clear_document_cache("Item", item.name)
	with pytest.raises(frappe.ValidationError, match="disabled"):
		make_stock_hold(item.name, 1)


@pytest.mark.parametrize("until", ["whenever", "2026-13-45", "", "2001-01-01"])
def test_holding_a_quotation_until_a_time_that_is_none(item, until):
	from builders import make_quotation

	add_stock(item.name, 5)
	quotation = make_quotation(item.name, 2)
	with pytest.raises(frappe.ValidationError, match="not a time|over already"):
		stock_hold.hold_quotation(quotation.name, until)
	assert not frappe.get_all("Stock Hold", {"for_name": quotation.name})


# ---- protections ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"floor": -5}, {"floor": 0, "has_ceiling": 1, "ceiling": -1}])
def test_negative_protections(item, fields):
	with pytest.raises(frappe.ValidationError, match="negative"):
		make_protection(item_code=item.name, channel=unique("Channel"), **fields)


def test_a_protection_of_what_is_not_stocked():
	service = make_item(is_stock_item=0)
	with pytest.raises(frappe.ValidationError, match="no stock item"):
		make_protection(item_code=service.name, channel=unique("Channel"), floor=1)


def test_a_protection_that_matches_nothing_says_so(item):
	group = frappe.get_doc(
		{
			"doctype": "Item Group",
			"item_group_name": unique("Group"),
			"parent_item_group": "All Item Groups",
		}
	).insert()
	made = make_protection(item_group=group.name, channel=unique("Channel"), floor=1, commit=False)
	assert any("no stock item" in words for words in remarks())
	frappe.clear_messages()
	made.update({"apply_on": "Item Code", "item_code": item.name, "item_group": None})
	made.save()
	assert remarks() == []
	made.update({"valid_from": add_days(nowdate(), -9), "valid_upto": add_days(nowdate(), -2)})
	made.save()
	assert any("It ended on" in words for words in remarks())


# ---- rules and settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["min_value", "max_value", "horizon_days", "priority"])
def test_negative_rules(field):
	with pytest.raises(frappe.ValidationError, match="negative"):
		make_order_rule(**{field: -1})


@pytest.mark.parametrize(
	"field", ["default_priority", "horizon_days", "keys_per_transaction", "keep_runs_for_days"]
)
def test_negative_settings(field):
	settings = frappe.get_doc("Wholesale Settings")
	settings.set(field, -1)
	with pytest.raises(frappe.ValidationError, match="negative"):
		settings.save()


def test_a_rule_that_no_order_can_match_says_so():
	customer = make_customer()
	groups = frappe.get_all(
		"Customer Group", {"is_group": 0, "name": ("!=", customer.customer_group)}, pluck="name"
	)
	make_order_rule(customer=customer.name, customer_group=groups[0], commit=False)
	assert any("is not in the customer group" in words for words in remarks())
	frappe.clear_messages()
	make_order_rule(customer=customer.name, customer_group=customer.customer_group, commit=False)
	assert not any("is not in" in words for words in remarks())
	open_one = make_order_rule(priority_order=1, commit=False)
	make_order_rule(customer=customer.name, priority_order=2, commit=False)
	assert any(f"{open_one.name} stands before it" in words for words in remarks())
	frappe.db.rollback()


# ---- questions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	"ask",
	[
		lambda item: v1.availability([item], customer="NO-SUCH"),
		lambda item: v1.availability([item], warehouse="NO-SUCH"),
		lambda item: v1.availability(["NO-SUCH"]),
		lambda item: v1.promise([{"item_code": "NO-SUCH", "qty": 1}]),
		lambda item: v1.order_allocation("NO-SUCH"),
		lambda item: v1.purchase_order_allocation("NO-SUCH"),
		lambda item: v1.board("NO-SUCH"),
		lambda item: v1.board(item, warehouse="NO-SUCH"),
		lambda item: v1.explain_peg(item, "NO-SUCH", "NO-SUCH"),
	],
)
def test_what_there_is_not(item, ask):
	with pytest.raises(frappe.DoesNotExistError):
		ask(item.name)


@pytest.mark.parametrize("qty", [0, -3, float("nan"), float("inf"), 1e30])
def test_moving_no_quantity(item, qty):
	add_stock(item.name, 3)
	first, second = make_sales_order(item.name, 3), make_sales_order(item.name, 3)
	supply = "\n".join((item.name, warehouse()))
	before = frappe.get_all(
		"Stock Reservation Entry", {"item_code": item.name}, ["name", "reserved_qty", "modified"]
	)
	with pytest.raises(frappe.ValidationError):
		v1.reallocate(
			item.name, supply, second.items[0].name, qty, "why not", unique("key"), first.items[0].name
		)
	frappe.db.rollback()
	assert before == frappe.get_all(
		"Stock Reservation Entry", {"item_code": item.name}, ["name", "reserved_qty", "modified"]
	)


def test_the_report_names_what_it_does_not_know(item):
	from wholesale_b2b.wholesale_b2b.report.stock_available_to_sell.stock_available_to_sell import execute

	for filters in ({"item_group": "NO-SUCH"}, {"item_code": "NO-SUCH"}, {"warehouse": "NO-SUCH"}):
		with pytest.raises(frappe.DoesNotExistError, match="NO-SUCH"):
			execute({"item_code": item.name, **filters})


def test_asking_writes_nothing(item):
	add_stock(item.name, 3)
	make_sales_order(item.name, 2)
	tables = (
		"Stock Reservation Entry",
		"Stock Pre Allocation",
		"Allocation Run",
		"Allocation Key",
		"Stock Hold",
		"Bin",
	)
	before = [frappe.db.sql(f"checksum table `tab{table}`")[0][1] for table in tables]
	v1.availability([item.name], needed_by=nowdate())
	v1.promise([{"item_code": item.name, "qty": 100}])
	v1.board(item.name)
	frappe.db.commit()
	assert before == [frappe.db.sql(f"checksum table `tab{table}`")[0][1] for table in tables]
