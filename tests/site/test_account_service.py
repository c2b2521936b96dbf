"""Priority class and sourcing warehouses of a Trade Account, as stock is dealt out: rule, then account, then settings."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_customer,
	make_item,
	make_order_rule,
	make_sales_order,
	make_trade_account,
	unique,
	warehouse,
)

from wholesale_b2b.allocation.service import audit

pytestmark = pytest.mark.usefixtures("promises_hold", "no_rules")


@pytest.fixture
def no_rules():
	"""Each test begins and ends without Order Rules, which would come before the accounts."""
	frappe.db.delete("Order Rule")
	frappe.db.delete("Order Rule Warehouse")
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.delete("Order Rule")
	frappe.db.delete("Order Rule Warehouse")
	frappe.db.delete("Trade Account Warehouse")
	frappe.db.commit()


def served(customer=None, sources=(), **fields):
	"""A Trade Account with sourcing warehouses."""
	return make_trade_account(
		customer or make_customer().name,
		sourcing_warehouses=[{"warehouse": name} for name in sources],
		**fields,
	)


def figures(order, row=0):
	order.reload()
	line = order.items[row]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty


def places(order):
	"""Warehouse → units reserved there."""
	rows = frappe.get_all(
		"Stock Reservation Entry",
		{"voucher_no": order.name, "docstatus": 1, "status": ("not in", ("Delivered", "Cancelled"))},
		["warehouse", "reserved_qty", "delivered_qty"],
	)
	return {
		row.warehouse: row.reserved_qty - row.delivered_qty
		for row in rows
		if row.reserved_qty > row.delivered_qty
	}


def place():
	return warehouse(unique("Depot"))


# ---- priority ---------------------------------------------------------------------------------------------------


def test_an_account_of_a_better_class_goes_first(item):
	account = served(priority=2)
	early = make_sales_order(item.name, 5)
	late = make_sales_order(item.name, 5, customer=account.customer)
	assert late.b2b_trade_account == account.name
	add_stock(item.name, 5)
	assert (figures(late), figures(early)) == ((5, 0, 0), (0, 0, 5))


@pytest.mark.parametrize(
	("own", "by_rule", "by_account", "first"),
	[
		(0, 0, 0, "early"),
		(0, 0, 10, "late"),
		(0, 90, 10, "early"),
		(0, 10, 90, "late"),
		(90, 10, 10, "early"),
		(10, 90, 90, "late"),
	],
)
def test_the_order_comes_before_the_rule_before_the_account(item, own, by_rule, by_account, first):
	account = served(priority=by_account)
	if by_rule:
		make_order_rule(customer=account.customer, priority=by_rule)
	early = make_sales_order(item.name, 5)
	late = make_sales_order(item.name, 5, customer=account.customer, b2b_priority=own)
	add_stock(item.name, 5)
	found = {"early": figures(early)[0], "late": figures(late)[0]}
	assert found == {"early": 5 * (first == "early"), "late": 5 * (first == "late")}


def test_another_class_counts_for_what_comes_next(item):
	account = served(priority=90)
	late = make_sales_order(item.name, 5)
	ours = make_sales_order(item.name, 5, customer=account.customer)
	add_stock(item.name, 2)
	assert (figures(ours)[0], figures(late)[0]) == (0, 2)
	account.priority = 1
	account.save()
	frappe.db.commit()
	# what was promised is kept
	assert (figures(ours)[0], figures(late)[0]) == (0, 2)
	add_stock(item.name, 3)
	assert (figures(ours)[0], figures(late)[0]) == (3, 2)


def test_orders_that_name_no_account_follow_their_customers_default(item):
	customer = make_customer().name
	early = make_sales_order(item.name, 5)
	ours = make_sales_order(item.name, 5, customer=customer)
	served(customer, priority=1)
	assert ours.b2b_trade_account is None
	add_stock(item.name, 5)
	assert (figures(ours)[0], figures(early)[0]) == (5, 0)


# ---- warehouses -------------------------------------------------------------------------------------------------


def test_orders_are_covered_from_the_accounts_warehouses_best_first(item):
	first, second = place(), place()
	account = served(sources=[first, second])
	add_stock(item.name, 3, into=second)
	add_stock(item.name, 4, into=first)
	add_stock(item.name, 9)
	order = make_sales_order(item.name, 6, customer=account.customer, into=first)
	assert places(order) == {first: 4, second: 2}
	# another customer's order there has its own warehouse alone
	assert figures(make_sales_order(item.name, 1, into=first)) == (0, 0, 1)


@pytest.mark.parametrize("make", ["account", "rule"])
def test_what_arrives_at_one_of_them_reaches_an_order_that_is_at_home_elsewhere(item, make):
	home, depot = place(), place()
	account = served(sources=[depot] if make == "account" else ())
	if make == "rule":
		make_order_rule(company=COMPANY, customer=account.customer, sources=[depot])
	order = make_sales_order(item.name, 5, customer=account.customer, into=home)
	assert figures(order) == (0, 0, 5)
	add_stock(item.name, 3, into=depot)
	assert places(order) == {depot: 3}
	add_stock(item.name, 2, into=home)
	assert places(order) == {depot: 3, home: 2}
	assert audit.run() == []


def test_the_rules_warehouses_come_before_the_accounts(item):
	of_rule, of_account = place(), place()
	account = served(sources=[of_account])
	rule = make_order_rule(company=COMPANY, customer=account.customer, sources=[of_rule])
	for name in (of_rule, of_account):
		add_stock(item.name, 5, into=name)
	order = make_sales_order(item.name, 5, customer=account.customer)
	assert places(order) == {of_rule: 5}
	rule.reload()
	assert order.b2b_order_rule == rule.name
	# a rule that names none leaves it to the account
	second = make_sales_order(item.name, 5, customer=account.customer)
	assert places(second) == {}
	rule.sourcing_warehouses = []
	rule.save()
	frappe.db.commit()
	from wholesale_b2b.ordering.order_rules.service import reevaluation

	reevaluation.reevaluate("test", resourced=rule.name)
	assert places(second) == {of_account: 5}


def test_changed_warehouses_are_put_to_the_open_orders(item):
	home, depot = place(), place()
	account = served()
	add_stock(item.name, 5, into=depot)
	order = make_sales_order(item.name, 5, customer=account.customer, into=home)
	assert places(order) == {}
	account.append("sourcing_warehouses", {"warehouse": depot})
	account.save()
	frappe.db.commit()
	assert places(order) == {depot: 5}
	account.set("sourcing_warehouses", [])
	account.save()
	frappe.db.commit()
	# what was promised is kept; what comes next is its own warehouse's
	assert places(order) == {depot: 5}
	more = make_sales_order(item.name, 2, customer=account.customer, into=home)
	add_stock(item.name, 2, into=depot)
	assert places(more) == {}
	assert audit.run() == []


def test_components_of_bundles_come_from_the_accounts_warehouses_too():
	home, depot = place(), place()
	parts = [make_item(), make_item()]
	kit = make_bundle({part.name: 2 for part in parts})
	account = served(sources=[depot])
	order = make_sales_order(kit.name, 3, customer=account.customer, into=home)
	for part in parts:
		add_stock(part.name, 6, into=depot)
	assert figures(order) == (3, 0, 0)
	assert places(order)[depot] == 6


def test_a_disabled_or_rejected_warehouse_covers_nothing_new(item):
	depot = place()
	account = served(sources=[depot])
	add_stock(item.name, 5, into=depot)
	frappe.db.set_value("Warehouse", depot, "is_rejected_warehouse", 1)
	frappe.clear_document_cache("Warehouse", depot)
	order = make_sales_order(item.name, 5, customer=account.customer)
	assert places(order) == {}


def test_the_engine_asks_as_often_for_many_accounts_as_for_one(item):
	depot = place()
	accounts = [served(sources=[depot], priority=5) for _ in range(6)]
	orders = [make_sales_order(item.name, 2, customer=accounts[0].customer)]

	def asked():
		from wholesale_b2b.allocation.service import planning
		from wholesale_b2b.allocation.store import reads

		world = reads.load({(item.name, warehouse()), (item.name, depot)})
		count = 0
		sql = frappe.db.sql

		def counted(*args, **kwargs):
			nonlocal count
			count += 1
			return sql(*args, **kwargs)

		frappe.db.sql = counted
		try:
			planning.demands(world)
		finally:
			frappe.db.sql = sql
		return count, len(world.lines)

	few, lines = asked()
	assert lines == 1
	orders += [make_sales_order(item.name, 2, customer=account.customer) for account in accounts[1:]]
	many, lines = asked()
	assert lines == 6
	assert many == few
