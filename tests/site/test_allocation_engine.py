"""The engine's manners: idempotent, harmless when it fails, patient with busy rows, field for field like ERPNext."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	receive,
	settle_everything,
	warehouse,
)
from frappe.utils import nowdate

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.service import audit, marking, run
from wholesale_b2b.setup import switch

SRE = "Stock Reservation Entry"


def key(item):
	return (item.name, warehouse())


def test_running_again_changes_nothing(item):
	add_stock(item.name, 10)
	make_purchase_order(item.name, 5)
	make_sales_order(item.name, 20)
	before = snapshot(item)
	outcome = run.run([key(item)], "again")
	frappe.db.commit()
	assert outcome.changes == []
	assert snapshot(item) == before


def snapshot(item):
	return [
		frappe.get_all(doctype, {"item_code": item.name}, ["*"], order_by="name")
		for doctype in (SRE, "Stock Pre Allocation", "Sales Order Item", "Bin")
	]


def test_an_engine_failure_never_costs_the_document(item, monkeypatch):
	add_stock(item.name, 10)

	def broken(*args, **kwargs):
		raise RuntimeError("the planner is out of order")

	with monkeypatch.context() as patch:
		patch.setattr(rules, "plan", broken)
		so = make_sales_order(item.name, 4)
	assert frappe.db.get_value("Sales Order", so.name, "docstatus") == 1
	assert frappe.db.get_value("Bin", {"item_code": item.name}, "reserved_qty") == 4
	assert frappe.get_all("Allocation Key", {"item_code": item.name}, pluck="cause") == [
		f"Sales Order {so.name}"
	]

	marking.settle_marked()
	so.reload()
	assert so.items[0].b2b_reserved_qty == 4
	assert not frappe.get_all("Allocation Key", {"item_code": item.name})


def test_one_bad_key_does_not_hold_up_the_rest(item, monkeypatch):
	other = make_item()
	for each in (item, other):
		add_stock(each.name, 5)
	real = rules.plan

	def picky(demands, *args, **kwargs):
		if any(demand.item == item.name for demand in demands):
			raise RuntimeError("this item is bad")
		return real(demands, *args, **kwargs)

	monkeypatch.setattr(rules, "plan", picky)
	so = make_sales_order([{"item_code": item.name, "qty": 1}, {"item_code": other.name, "qty": 1}])
	marking.settle_marked()
	so.reload()
	assert [row.b2b_reserved_qty for row in so.items] == [0, 1]
	waiting = frappe.get_all("Allocation Key", {"item_code": item.name}, ["attempts", "error"])[0]
	assert waiting.attempts == 1
	assert "this item is bad" in waiting.error
	monkeypatch.undo()
	marking.settle_marked()
	so.reload()
	assert [row.b2b_reserved_qty for row in so.items] == [1, 1]


def test_large_sets_go_to_the_worker(item, worker):
	settings = frappe.get_doc("Wholesale Settings")
	settings.keys_per_transaction = 1
	settings.save()
	try:
		other = make_item()
		for each in (item, other):
			add_stock(each.name, 5)
		so = make_sales_order([{"item_code": item.name, "qty": 1}, {"item_code": other.name, "qty": 1}])
		assert [row.b2b_reserved_qty for row in so.items] == [0, 0]
		worker()
		so.reload()
		assert [row.b2b_reserved_qty for row in so.items] == [1, 1]
	finally:
		settings.reload()
		settings.keys_per_transaction = 1000
		settings.save()
		frappe.db.commit()


def test_the_settings_date_rule_decides_within_a_class(item):
	settings = frappe.get_doc("Wholesale Settings")
	settings.date_rule = "Requested Date"
	settings.save()
	try:
		patient = make_sales_order(item.name, 5, delivery_date=frappe.utils.add_days(nowdate(), 30))
		urgent = make_sales_order(item.name, 5, delivery_date=nowdate())
		add_stock(item.name, 5)
		patient.reload()
		urgent.reload()
		assert (urgent.items[0].b2b_reserved_qty, patient.items[0].b2b_reserved_qty) == (5, 0)
	finally:
		settings.reload()
		settings.date_rule = "Order Date"
		settings.save()
		frappe.db.commit()


def test_a_user_who_reserves_or_unreserves_by_hand(item):
	from erpnext.stock.doctype.stock_reservation_entry.stock_reservation_entry import (
		cancel_stock_reservation_entries,
	)

	add_stock(item.name, 10)
	so = make_sales_order(item.name, 10)
	cancel_stock_reservation_entries("Sales Order", so.name, notify=False)
	frappe.db.commit()
	so.reload()
	assert so.items[0].b2b_reserved_qty == 10, "the engine makes it right again"
	assert audit.run() == []


def test_an_order_that_was_open_in_a_form_can_still_be_saved(item):
	add_stock(item.name, 5)
	so = make_sales_order(item.name, 10)
	opened = frappe.get_doc("Sales Order", so.name)
	add_stock(item.name, 5)
	opened.po_no = "CUSTOMER-1"
	opened.save()
	frappe.db.commit()
	so.reload()
	assert (so.items[0].b2b_reserved_qty, so.items[0].stock_reserved_qty) == (10, 10)
	assert so.po_no == "CUSTOMER-1"


def test_an_item_with_negative_stock_allowed_is_protected_all_the_same(item):
	item.allow_negative_stock = 1
	item.save()
	add_stock(item.name, 10)
	make_sales_order(item.name, 8)
	with pytest.raises(frappe.ValidationError, match="reserved for other orders"):
		make_delivery_note(item.name, 3)
	frappe.db.rollback()
	make_delivery_note(item.name, 2)
	assert audit.run() == []


def test_a_company_that_is_not_switched_on_stays_plain_erpnext(item):
	switched = frappe.get_doc("Wholesale Settings")
	row = next(row for row in switched.companies if row.company == COMPANY)
	row.enabled = 0
	switched.save()
	frappe.db.commit()
	try:
		assert not switch.is_enabled(COMPANY)
		add_stock(item.name, 10)
		so = make_sales_order(item.name, 4)
		assert so.items[0].b2b_reserved_qty == 0
		assert not frappe.get_all(SRE, {"voucher_no": so.name})
		assert not frappe.get_all("Allocation Key", {"item_code": item.name})
	finally:
		switched.reload()
		next(row for row in switched.companies if row.company == COMPANY).enabled = 1
		switched.save()
		settle_everything()
	so.reload()
	assert so.items[0].b2b_reserved_qty == 4


@pytest.mark.parametrize("kind", ["plain", "batch", "serial"])
def test_rows_equal_what_erpnext_would_have_written(kind):
	"""Two orders over 15 units: ERPNext's controller for one item, ours for another, compared field by field."""
	rows = {}
	for who in ("theirs", "ours"):
		fields = {
			"plain": {},
			"batch": {"has_batch_no": 1, "create_new_batch": 1, "batch_number_series": "B-.#####"},
			"serial": {"has_serial_no": 1, "serial_no_series": f"S{frappe.generate_hash(length=5)}-.#####"},
		}[kind]
		item = make_item(**fields)
		add_stock(item.name, 15)
		rows[who] = _reserve_by(who, item)
	assert rows["theirs"] == rows["ours"]
	assert [(row["reserved_qty"], row["status"]) for row in rows["ours"]] == [
		(10, "Reserved"),
		(5, "Partially Reserved"),
	]


def _reserve_by(who, item):
	from erpnext.stock.doctype.stock_reservation_entry.stock_reservation_entry import (
		create_stock_reservation_entries_for_so_items,
	)

	orders = [make_sales_order(item.name, 10, commit=False) for _ in range(2)]
	auto = frappe.db.get_single_value("Stock Settings", "auto_reserve_serial_and_batch")
	frappe.db.set_single_value("Stock Settings", "auto_reserve_serial_and_batch", 0)
	if who == "theirs":
		for so in orders:
			create_stock_reservation_entries_for_so_items(so, notify=False)
	else:
		marking.settle()
	frappe.db.set_single_value("Stock Settings", "auto_reserve_serial_and_batch", auto)
	names = [so.name for so in orders]
	found = frappe.get_all(SRE, {"voucher_no": ("in", names), "docstatus": 1}, ["*"], order_by="name")
	told_apart = {
		"name",
		"creation",
		"modified",
		"item_code",
		"voucher_no",
		"voucher_detail_no",
		"_user_tags",
		"_comments",
		"_assign",
		"_liked_by",
	}
	answer = []
	for row in found:
		plain = {field: value for field, value in row.items() if field not in told_apart}
		plain["order"] = names.index(row.voucher_no)
		plain["line"] = frappe.db.get_value(
			"Sales Order Item", row.voucher_detail_no, ["idx", "stock_reserved_qty"]
		)
		plain["bin"] = frappe.db.get_value("Bin", {"item_code": item.name}, "reserved_stock")
		answer.append({k: v or None for k, v in plain.items()})
	frappe.db.rollback()
	return answer


def test_a_receipt_into_another_warehouse_is_no_receipt_for_this_line(item):
	po = make_purchase_order(item.name, 10)
	so = make_sales_order(item.name, 10)
	receipt = receive(po, 4, do_not_save=True)
	receipt.items[0].warehouse = warehouse("Leeds")
	receipt.insert().submit()
	frappe.db.commit()
	so.reload()
	assert (so.items[0].b2b_reserved_qty, so.items[0].b2b_pre_allocated_qty) == (0, 6)


def test_the_log_says_what_changed_for_whom(item):
	add_stock(item.name, 4)
	so = make_sales_order(item.name, 10)
	changes = frappe.get_all("Allocation Change", {"sales_order": so.name}, ["*"])
	assert [(row.reserved_before, row.reserved_after) for row in changes] == [(0, 4)]
	logged = frappe.get_doc("Allocation Run", changes[0].parent)
	assert logged.cause == f"Sales Order {so.name}"
	assert (logged.key_count, logged.change_count, logged.user) == (1, 1, "Administrator")


def test_who_loses_is_told(item):
	from builders import make_user

	rep = make_user("Sales User")
	po = make_purchase_order(item.name, 40)
	so = make_sales_order(item.name, 40)
	frappe.db.set_value("Sales Order", so.name, "owner", rep.name)
	po.reload()
	po.update_status("Closed")
	frappe.db.commit()
	row = frappe.get_all("Allocation Change", {"sales_order": so.name, "outcome": "Lost"}, ["*"])[0]
	assert (row.pre_allocated_before, row.pre_allocated_after, row.promise_date_after) == (40, 0, None)
	told = frappe.get_all(
		"Comment", {"reference_name": so.name, "comment_type": "Info"}, pluck="content", order_by="creation"
	)
	assert any(item.name in text and po.name in text for text in told)
	assert frappe.get_all(
		"Notification Log", {"for_user": rep.name, "document_name": so.name}, pluck="type"
	) == ["Alert"]


def test_delivering_and_ending_an_order_is_no_loss(item):
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 10)
	make_delivery_note(sales_order=so.name)
	assert not frappe.get_all(
		"Allocation Change", {"sales_order": so.name, "outcome": ("in", ("Lost", "Later"))}
	)
