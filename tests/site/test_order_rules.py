"""Order Rules on a site: evaluated on save, put to open orders when they change, explained on their form."""

import json
from time import monotonic, sleep

import frappe
import pytest
from builders import (
	COMPANY,
	make_customer,
	make_item,
	make_order_rule,
	make_sales_order,
	make_user,
	unique,
	update_items,
	warehouse,
)

from wholesale_b2b.ordering.order_rules import service
from wholesale_b2b.ordering.order_rules.service import reevaluation
from wholesale_b2b.wholesale_b2b.doctype.order_rule import order_rule

FIELDS = ["b2b_order_rule", "b2b_rule_priority", "b2b_strategy", "b2b_horizon_days"]


@pytest.fixture(autouse=True)
def no_rules(site):
	"""Rules are site-wide: each test has its own alone."""
	remove_rules()
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	remove_rules()


def remove_rules():
	for name in frappe.get_all("Order Rule", pluck="name"):
		frappe.delete_doc("Order Rule", name)
	frappe.db.commit()


@pytest.fixture
def item():
	item = make_item()
	frappe.db.commit()
	return item


def group(doctype, parent=None, **fields):
	name = unique(doctype)
	field = frappe.scrub(doctype)
	return (
		frappe.get_doc(
			{
				"doctype": doctype,
				f"{field}_name": name,
				f"parent_{field}": parent
				or frappe.db.get_value(doctype, {f"parent_{field}": ("is", "not set"), "is_group": 1}),
				**fields,
			}
		)
		.insert()
		.name
	)


def decided(order):
	return list(frappe.db.get_value("Sales Order", order.name, FIELDS))


def eventually(look, wanted, seconds=20):
	"""What `look()` answers once it is as wanted: a worker of ./start may have taken the job from this process."""
	end = monotonic() + seconds
	while look() != wanted and monotonic() < end:
		sleep(0.2)
		frappe.db.rollback()
	return look()


# ---- saving an order --------------------------------------------------------------------------------------------


def test_the_first_matching_rule_decides(item):
	customer = make_customer().name
	make_order_rule(rule_name=unique("all"), priority_order=30, priority=60)
	rule = make_order_rule(
		priority_order=20, customer=customer, priority=5, strategy="Fair Share", horizon_days=14
	)
	make_order_rule(priority_order=10, customer=make_customer().name, priority=1)
	assert decided(make_sales_order(item.name, customer=customer)) == [rule.name, 5, "Fair Share", 14]


def test_no_rule_leaves_the_fields_empty(item):
	make_order_rule(customer=make_customer().name, priority=1)
	assert decided(make_sales_order(item.name)) == [None, 0, "", 0]


def test_groups_include_what_is_below_them(item):
	trade = group("Customer Group", is_group=1)
	key = group("Customer Group", parent=trade)
	wide = group("Item Group", is_group=1)
	narrow = group("Item Group", parent=wide)
	country = group("Territory", is_group=1)
	town = group("Territory", parent=country)
	goods = make_item(item_group=narrow).name
	customer = make_customer(customer_group=key, territory=town).name
	rule = make_order_rule(customer_group=trade, item_group=wide, territory=country)
	assert decided(make_sales_order(goods, customer=customer))[0] == rule.name
	assert decided(make_sales_order(item.name, customer=customer))[0] is None

	mixed = [{"item_code": goods, "qty": 1}, {"item_code": item.name, "qty": 1}]
	assert decided(make_sales_order(mixed, customer=customer))[0] == rule.name
	rule.reload()
	rule.item_group_match = "Every Line"
	rule.save()
	frappe.db.commit()
	assert decided(make_sales_order(mixed, customer=customer))[0] is None


def test_channel_and_value(item):
	rule = make_order_rule(channel="Web Shop", min_value=100, max_value=200)
	assert decided(make_sales_order(item.name, 15, b2b_channel="web shop"))[0] == rule.name
	assert decided(make_sales_order(item.name, 9, b2b_channel="web shop"))[0] is None
	assert decided(make_sales_order(item.name, 21, b2b_channel="web shop"))[0] is None
	assert decided(make_sales_order(item.name, 15))[0] is None


def test_the_value_is_compared_in_the_companys_currency(item):
	rule = make_order_rule(min_value=100)
	order = make_sales_order(item.name, 15, currency="EUR", conversion_rate=0.5, plc_conversion_rate=1)
	assert (order.net_total, order.base_net_total) == (150, 75)
	assert decided(order)[0] is None
	order = make_sales_order(item.name, 20, currency="EUR", conversion_rate=0.5, plc_conversion_rate=1)
	assert decided(order)[0] == rule.name


def test_a_python_condition_sees_the_order(item):
	code = "doc.po_no == 'RUSH' and any(row.qty >= 3 for row in doc.items) and doc.delivery_date > frappe.utils.getdate()"
	rule = make_order_rule(condition=code)
	assert decided(make_sales_order(item.name, 3, po_no="RUSH"))[0] == rule.name
	assert decided(make_sales_order(item.name, 2, po_no="RUSH"))[0] is None
	assert decided(make_sales_order(item.name, 3))[0] is None


def test_a_condition_that_fails_on_an_order_costs_nobody_the_order(item):
	rule = make_order_rule(condition="True")
	rule.db_set("condition", "1 / 0")
	frappe.db.commit()
	order = make_sales_order(item.name)
	assert decided(order)[0] is None
	assert any("ZeroDivisionError" in str(message) for message in frappe.message_log)


@pytest.mark.parametrize(
	("code", "word"),
	[
		("doc.customer ==", "SyntaxError"),
		("customre == 1", "customre"),
		("doc.custmer == 1", "custmer"),
		("doc.__class__", "__class__"),
		("(x := 1)", "not allowed"),
		("doc.items[0].qty > 'a'", "TypeError"),
		("doc.delete()", "delete"),
	],
)
def test_a_condition_is_checked_when_it_is_saved(item, code, word):
	make_sales_order(item.name)
	with pytest.raises(frappe.ValidationError, match=word):
		make_order_rule(condition=code, commit=False)


def test_a_company_that_is_not_switched_on_is_left_alone(item, monkeypatch):
	make_order_rule()
	monkeypatch.setattr(
		"wholesale_b2b.ordering.order_rules.service.evaluation.is_enabled", lambda company: False
	)
	assert decided(make_sales_order(item.name))[0] is None


def test_a_change_of_a_submitted_order_is_judged_anew(item):
	rule = make_order_rule(min_value=100)
	order = make_sales_order(item.name, 5)
	assert decided(order)[0] is None
	update_items(order, {0: {"qty": 50}})
	assert decided(order)[0] == rule.name
	order.b2b_channel = "EDI"
	order.save()
	frappe.db.commit()
	assert decided(order)[0] == rule.name


# ---- changing rules ---------------------------------------------------------------------------------------------


def test_a_changed_rule_is_put_to_open_orders(item, worker):
	customer = make_customer().name
	orders = [make_sales_order(item.name, customer=customer) for _ in range(3)]
	other = make_sales_order(item.name)
	modified = frappe.db.get_value("Sales Order", orders[0].name, "modified")

	rule = make_order_rule(customer=customer, priority=3)
	assert any("open orders" in str(message) for message in frappe.message_log)
	worker()

	def all_decided():
		return {tuple(decided(order)) for order in orders}

	wanted = {(rule.name, 3, "", 0)}
	assert eventually(all_decided, wanted) == wanted
	assert decided(other)[0] is None
	assert frappe.db.get_value("Sales Order", orders[0].name, "modified") == modified

	rule.reload()
	rule.enabled = 0
	rule.save()
	worker()
	wanted = {(None, 0, "", 0)}
	assert eventually(all_decided, wanted) == wanted


def test_only_orders_with_another_outcome_are_marked(item, monkeypatch):
	customer, goods = make_customer().name, make_item().name
	order = make_sales_order(goods, customer=customer)
	make_sales_order(item.name)
	make_order_rule(customer=customer, priority=3)
	marked = []
	monkeypatch.setattr(
		"wholesale_b2b.allocation.service.marking.mark", lambda keys, cause: marked.extend(keys)
	)
	assert reevaluation.reevaluate("test") == 1
	assert marked == [(goods, warehouse())]
	assert reevaluation.reevaluate("test") == 0
	assert decided(order)[1] == 3


def test_python_conditions_hold_set_wise_as_they_do_on_save(item, worker):
	orders = [make_sales_order(item.name, qty, po_no=f"PO-{qty}") for qty in (1, 2, 3)]
	rule = make_order_rule(
		condition="doc.items[0].qty >= 2 and doc.po_no == 'PO-' + str(int(doc.items[0].qty))"
	)
	worker()
	wanted = [None, rule.name, rule.name]
	assert eventually(lambda: [decided(order)[0] for order in orders], wanted) == wanted


def test_new_sourcing_warehouses_plan_the_rules_orders_anew(item, monkeypatch):
	rule = make_order_rule(company=COMPANY, sources=[warehouse()])
	make_sales_order(item.name)
	second = warehouse("Second Stores")
	rule.reload()
	rule.append("sourcing_warehouses", {"warehouse": second})
	rule.save()
	marked = []
	monkeypatch.setattr(
		"wholesale_b2b.allocation.service.marking.mark", lambda keys, cause: marked.extend(keys)
	)
	reevaluation.reevaluate("test", resourced=rule.name)
	assert {(item.name, warehouse()), (item.name, second)} <= set(marked)


def test_a_deleted_rule_leaves_its_orders(item, worker):
	rule = make_order_rule(priority=3)
	order = make_sales_order(item.name)
	next_one = make_order_rule(priority=4)
	frappe.delete_doc("Order Rule", rule.name)
	worker()
	wanted = [next_one.name, 4, "", 0]
	assert eventually(lambda: decided(order), wanted) == wanted


def test_a_renamed_rule_takes_its_orders_along(item):
	rule = make_order_rule(priority=3)
	order = make_sales_order(item.name)
	new = unique("Renamed")
	frappe.rename_doc("Order Rule", rule.name, new)
	frappe.db.commit()
	assert decided(order)[0] == new


def test_the_settings_defaults_mark_all(item, monkeypatch):
	called = []
	monkeypatch.setattr(
		"wholesale_b2b.allocation.service.marking.mark_all", lambda companies, cause: called.append(cause)
	)
	settings = frappe.get_doc("Wholesale Settings")
	settings.horizon_days = 45
	settings.save()
	assert len(called) == 1
	settings.keep_runs_for_days = 91
	settings.save()
	assert len(called) == 1


# ---- the rule itself --------------------------------------------------------------------------------------------


def test_sourcing_warehouses_in_order(item):
	second = warehouse("Second Stores")
	rule = make_order_rule(company=COMPANY, sources=[second, warehouse()])
	make_order_rule()
	assert service.sourcing([COMPANY]) == {rule.name: (second, warehouse())}
	rule.reload()
	rule.enabled = 0
	rule.save()
	assert service.sourcing([COMPANY]) == {}


def test_sourcing_warehouses_are_checked():
	group_name = frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 1})
	with pytest.raises(frappe.ValidationError, match="group"):
		make_order_rule(company=COMPANY, sources=[group_name], commit=False)
	with pytest.raises(frappe.ValidationError, match="company"):
		make_order_rule(sources=[warehouse()], commit=False)
	with pytest.raises(frappe.ValidationError, match="twice"):
		make_order_rule(company=COMPANY, sources=[warehouse(), warehouse()], commit=False)


def test_a_rule_without_a_position_comes_last():
	first = make_order_rule()
	second = make_order_rule()
	assert second.priority_order > first.priority_order > 0


def test_bounds_that_no_order_meets_are_refused():
	with pytest.raises(frappe.ValidationError, match="no order can match"):
		make_order_rule(min_value=10, max_value=5, commit=False)


# ---- testing a rule ---------------------------------------------------------------------------------------------


def test_the_test_says_which_rule_and_why(item):
	customer = make_customer().name
	first = make_order_rule(channel="EDI", min_value=1000)
	second = make_order_rule(customer=customer, priority=2)
	third = make_order_rule()
	order = make_sales_order(item.name, customer=customer)
	answer = order_rule.test(third.name, order.name)
	assert answer["matched"] == second.name
	assert [(step["rule"], step["matched"]) for step in answer["steps"]] == [
		(first.name, False),
		(second.name, True),
	]
	assert len(answer["steps"][0]["sentences"]) == 2
	assert customer in answer["steps"][1]["sentences"][0]
	assert (answer["rule"]["matches"], answer["rule"]["wins"]) == (True, False)
	assert json.loads(frappe.as_json(answer))


def test_the_test_of_a_disabled_rule(item):
	rule = make_order_rule(enabled=0, channel="EDI")
	answer = order_rule.test(rule.name, make_sales_order(item.name).name)
	assert answer["matched"] is None
	assert not answer["rule"]["enabled"]
	assert len(answer["rule"]["sentences"]) == 2


def test_the_test_escapes_what_people_typed(item):
	rule = make_order_rule(channel="<img src=x>")
	answer = order_rule.test(rule.name, make_sales_order(item.name, b2b_channel="<b>web</b>").name)
	assert "<img" not in json.dumps(answer)


def test_who_may_test_and_who_may_write(item):
	rule = make_order_rule()
	order = make_sales_order(item.name)
	seller, buyer = make_user("Sales User").name, make_user("Purchase User").name
	frappe.db.commit()
	frappe.set_user(seller)
	assert order_rule.test(rule.name, order.name)["matched"] == rule.name
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Order Rule", rule.name).save()
	frappe.set_user(buyer)
	with pytest.raises(frappe.PermissionError):
		order_rule.test(rule.name, order.name)
