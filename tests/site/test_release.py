"""Released work becomes pick lists by itself: when, of what, in which units, each unit once."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_customer,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_user,
	receive,
	unique,
	warehouse,
)
from frappe.utils import add_days, add_to_date, get_datetime, getdate, now_datetime, nowdate
from picking_case import AT_ONCE, lists_of, on_lists, pick_rules, second_warehouse

from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.release.service import making, triggers

pytestmark = pytest.mark.usefixtures("promises_hold")


def rows(pick):
	return [(row.item_code, row.uom, row.qty, row.stock_qty) for row in pick.locations]


# ---- at once --------------------------------------------------------------------------------------------------------


def test_by_hand_nothing_is_made(item, worker):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	worker()
	assert lists_of(order) == []


def test_an_order_with_stock_has_its_list_at_once(item, worker):
	add_stock(item.name, 10)
	with pick_rules(AT_ONCE):
		order = make_sales_order(item.name, 10)
		worker()
		(pick,) = lists_of(order)
	assert rows(pick) == [(item.name, "Nos", 10, 10)]
	assert (pick.docstatus, pick.status, pick.purpose, pick.customer) == (
		0,
		"Draft",
		"Delivery",
		order.customer,
	)
	assert getdate(pick.b2b_ship_date) == getdate(order.delivery_date)
	assert pick.b2b_order_count == 1


def test_what_comes_later_is_on_a_list_of_its_own(item, worker):
	add_stock(item.name, 4)
	bought = make_purchase_order(item.name, 6)
	with pick_rules(AT_ONCE):
		order = make_sales_order(item.name, 10)
		worker()
		receive(bought)
		worker()
		picks = lists_of(order)
	assert [pick.locations[0].stock_qty for pick in picks] == [4, 6]


def test_asking_again_makes_nothing_more(item, worker):
	add_stock(item.name, 10)
	with pick_rules(AT_ONCE):
		order = make_sales_order(item.name, 10)
		worker()
		triggers.make_at_once([order.name])
		triggers.sweep()
		assert making.release([order.name]).made == []
	assert on_lists(item.name) == 10


def test_the_sweep_finds_what_a_worker_has_left(item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	with pick_rules(AT_ONCE):
		triggers.sweep()
		assert len(lists_of(order)) == 1


def test_a_held_order_has_no_list_and_gets_it_when_it_is_released(item, worker):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	holds.hold_order(order.name, "The buyer called")
	frappe.db.commit()
	with pick_rules(AT_ONCE):
		triggers.make_at_once([order.name])
		triggers.sweep()
		assert lists_of(order) == []
		name = frappe.db.get_value("Order Hold", {"sales_order": order.name, "status": "Open"})
		holds.release(name, "They called again")
		worker()
		assert len(lists_of(order)) == 1


def test_a_warehouse_may_follow_another_rule_than_its_company(item, worker):
	hall = second_warehouse()
	add_stock(item.name, 5)
	add_stock(item.name, 5, into=hall)
	with pick_rules(AT_ONCE, {"warehouse": hall, "release": "By Hand"}):
		order = make_sales_order(
			[{"item_code": item.name, "qty": 5}, {"item_code": item.name, "qty": 5, "warehouse": hall}]
		)
		worker()
		(pick,) = lists_of(order)
		assert {row.warehouse for row in pick.locations} == {warehouse()}


def test_a_group_of_warehouses_has_one_list_in_the_order_of_the_tree(worker):
	root = frappe.db.get_value("Warehouse", warehouse(), "parent_warehouse")
	group = frappe.get_doc(
		{
			"doctype": "Warehouse",
			"warehouse_name": unique("Aisles"),
			"company": COMPANY,
			"parent_warehouse": root,
			"is_group": 1,
		}
	).insert()
	bays = [
		frappe.get_doc(
			{
				"doctype": "Warehouse",
				"warehouse_name": unique(name),
				"company": COMPANY,
				"parent_warehouse": group.name,
			}
		)
		.insert()
		.name
		for name in ("Bay B", "Bay A")
	]
	frappe.flags.pop("warehouse_account_map", None)
	items = sorted(make_item().name for _ in range(2))
	for bay in bays:
		for code in items:
			add_stock(code, 3, into=bay)
	with pick_rules({**AT_ONCE, "warehouse": group.name}):
		order = make_sales_order(
			[
				{"item_code": code, "qty": 3, "warehouse": bay}
				for bay in reversed(bays)
				for code in reversed(items)
			]
		)
		worker()
		(pick,) = lists_of(order)
	walk = sorted(bays, key=lambda bay: frappe.db.get_value("Warehouse", bay, "lft"))
	assert [(row.warehouse, row.item_code) for row in pick.locations] == [
		(bay, code) for bay in walk for code in items
	]
	assert pick.parent_warehouse == group.name


def test_two_warehouses_have_a_list_each(item, worker):
	hall = second_warehouse()
	add_stock(item.name, 5)
	add_stock(item.name, 5, into=hall)
	with pick_rules(AT_ONCE):
		order = make_sales_order(
			[{"item_code": item.name, "qty": 5}, {"item_code": item.name, "qty": 5, "warehouse": hall}]
		)
		worker()
		assert sorted(pick.locations[0].warehouse for pick in lists_of(order)) == sorted([warehouse(), hall])


# ---- in the units that people pick -----------------------------------------------------------------------------------


@pytest.fixture
def crates():
	"""A unit of 12 and one of 60 that are not broken."""
	for name in ("Test Case", "Test Pallet"):
		if not frappe.db.exists("UOM", name):
			frappe.get_doc({"doctype": "UOM", "uom_name": name, "must_be_whole_number": 1}).insert()
	return [
		{"uom": "Test Case", "conversion_factor": 12},
		{"uom": "Test Pallet", "conversion_factor": 60},
		{"uom": "Meter", "conversion_factor": 7},
	]


def test_pallets_then_cases_then_pieces(crates, worker):
	item = make_item(uoms=crates).name
	add_stock(item, 100)
	with pick_rules(AT_ONCE):
		order = make_sales_order(item, 100)
		worker()
		(pick,) = lists_of(order)
	assert rows(pick) == [(item, "Test Pallet", 1, 60), (item, "Test Case", 3, 36), (item, "Nos", 4, 4)]


def test_who_orders_in_cases_is_picked_whole_cases(crates, worker):
	item = make_item(uoms=crates).name
	add_stock(item, 80)
	with pick_rules(AT_ONCE):
		order = make_sales_order([{"item_code": item, "qty": 8, "uom": "Test Case", "conversion_factor": 12}])
		worker()
		(pick,) = lists_of(order)
		# eight pieces are no case: they wait for the rest
		assert rows(pick) == [(item, "Test Pallet", 1, 60), (item, "Test Case", 1, 12)]
		pick.submit()
		frappe.db.commit()
	from wholesale_b2b.fulfilment.dispatch.service import shipping

	(note,) = shipping.dispatch(pick.name)["made"]
	shipped = frappe.get_doc("Delivery Note", note).items
	assert [(row.uom, row.qty, row.stock_qty) for row in shipped] == [
		("Test Case", 5, 60),
		("Test Case", 1, 12),
	]


def test_a_bundle_is_picked_whole(worker):
	parts = [make_item().name, make_item().name]
	kit = make_bundle({parts[0]: 2, parts[1]: 1})
	add_stock(parts[0], 7)
	add_stock(parts[1], 10)
	with pick_rules(AT_ONCE):
		order = make_sales_order(kit.name, 5)
		worker()
		(pick,) = lists_of(order)
	assert sorted((row.item_code, row.stock_qty) for row in pick.locations) == sorted(
		[(parts[0], 6), (parts[1], 3)]
	)


# ---- by the clock ----------------------------------------------------------------------------------------------------


def test_waves_put_several_orders_on_one_list_the_most_urgent_first(worker):
	item = make_item().name
	add_stock(item, 50)
	with pick_rules({"release": "In Waves", "every_minutes": 30, "most_orders": 2}):
		triggers.due()
		orders = [make_sales_order(item, 5, b2b_priority=priority) for priority in (30, 10, 20)]
		worker()
		assert lists_of(*orders) == []
		now = now_datetime()
		assert triggers.due(now) == []
		wave = get_datetime(add_to_date(now, minutes=31))
		(rule,) = triggers.due(wave)
		assert triggers.due(wave) == [], "a wave is made once"
		triggers.make_by_rule(rule)
		picks = lists_of(*orders)
	by_order = {order.name: rank for rank, order in zip((3, 1, 2), orders, strict=True)}
	assert [sorted({by_order[row.sales_order] for row in pick.locations}) for pick in picks] == [[1, 2], [3]]
	assert picks[0].b2b_order_count == 2
	assert not picks[0].customer
	assert picks[1].customer == orders[0].customer


def test_cut_off_times(item):
	add_stock(item.name, 5)
	order = make_sales_order(item.name, 5)
	with pick_rules({"release": "At Cut-Off Times", "times": "10:00, 14:30"}):
		morning = get_datetime(f"{add_days(nowdate(), 1)} 09:00")
		# the rule is new: it counts from now on
		assert triggers.due(morning) == []
		(rule,) = triggers.due(get_datetime(f"{add_days(nowdate(), 1)} 10:00"))
		triggers.make_by_rule(rule)
		assert len(lists_of(order)) == 1
		assert triggers.due(get_datetime(f"{add_days(nowdate(), 1)} 14:29")) == []
		assert triggers.due(get_datetime(f"{add_days(nowdate(), 1)} 14:30")) == [rule]


@pytest.mark.parametrize(
	"row",
	[
		{"release": "At Cut-Off Times", "times": "noon"},
		{"release": "At Cut-Off Times"},
		{"release": "In Waves", "every_minutes": 0},
		{"release": "In Waves", "every_minutes": 2000},
	],
)
def test_rules_that_say_no_time_are_refused(row):
	with pytest.raises(frappe.ValidationError), pick_rules(row):
		pass


def test_a_place_is_named_once():
	with pytest.raises(frappe.ValidationError, match="twice"), pick_rules(AT_ONCE, AT_ONCE):
		pass


# ---- a person --------------------------------------------------------------------------------------------------------


def test_make_now_says_what_stays_and_why(item):
	add_stock(item.name, 5)
	ready, empty = make_sales_order(item.name, 5), make_sales_order(item.name, 5)
	held = make_sales_order(make_item().name, 1)
	holds.hold_order(held.name, "Wrong price")
	frappe.db.commit()
	from wholesale_b2b.api.v1 import make_pick_lists

	frappe.set_user(make_user("Stock User", "Sales User").name)
	answer = make_pick_lists([ready.name, empty.name, held.name])
	assert len(answer["made"]) == 1
	assert set(answer["left"]) == {empty.name, held.name}
	assert "Wrong price" in answer["left"][held.name]
	again = make_pick_lists([ready.name])
	assert again["made"] == []


@pytest.mark.parametrize("roles", [(), ("Sales User",), ("Accounts User",)])
def test_who_may_not_make_lists_makes_none(item, roles):
	add_stock(item.name, 5)
	order = make_sales_order(item.name, 5)
	user = make_user(*roles).name
	frappe.db.commit()
	from wholesale_b2b.api.v1 import make_pick_lists

	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		make_pick_lists([order.name])
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		make_pick_lists([order.name])
	frappe.set_user("Administrator")
	assert lists_of(order) == []


def test_many_are_left_to_a_worker(worker):
	item = make_item().name
	add_stock(item, 100)
	customer = make_customer().name
	orders = [make_sales_order(item, 1, customer=customer) for _ in range(triggers.WHILE_WAITING + 1)]
	answer = triggers.make_now([order.name for order in orders], most=10)
	assert (answer["made"], answer["queued"]) == ([], len(orders))
	worker()
	picks = lists_of(*orders)
	assert sorted(len({row.sales_order for row in pick.locations}) for pick in picks) == [1, 10, 10]


def test_no_unit_on_two_lists_by_hand_either(item, worker):
	from wholesale_b2b.fulfilment.overrides import create_pick_list

	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	by_hand = create_pick_list(order.name)
	with pick_rules(AT_ONCE):
		triggers.make_at_once([order.name])
		with pytest.raises(frappe.ValidationError, match="already"):
			by_hand.insert()
	assert on_lists(item.name) == 10
