"""Which policy an order follows, and what it decides on live pegs."""

import frappe
import pytest
from builders import (
	add_stock,
	make_bundle,
	make_customer,
	make_item,
	make_order_rule,
	make_purchase_order,
	make_sales_order,
	make_trade_account,
)
from dispatching import pick
from frappe.utils import add_days, getdate, nowdate
from policies import decided, make_policy

from wholesale_b2b.fulfilment.overrides import create_pick_list
from wholesale_b2b.fulfilment.policies.service import decisions, policy_of
from wholesale_b2b.fulfilment.rules import decide as d

pytestmark = pytest.mark.usefixtures("promises_hold")
MODES = ("Ship and Backorder", "Wait Until Complete", "Ship and Cancel the Rest")


def test_the_nearest_policy_counts(item):
	customer = make_customer()
	names = {where: make_policy(commit=False).name for where in ("order", "rule", "account", "default")}
	account = make_trade_account(customer.name, fulfilment_policy=names["account"])
	order = make_sales_order(item.name, 5, customer=customer.name, b2b_trade_account=account.name)
	assert policy_of(order.name) == (names["account"], "account")
	rule = make_order_rule(customer=customer.name, fulfilment_policy=names["rule"], priority_order=1)
	order = make_sales_order(item.name, 5, customer=customer.name, b2b_trade_account=account.name)
	assert (order.b2b_rule_policy, policy_of(order.name)) == (names["rule"], (names["rule"], "rule"))
	order.b2b_fulfilment_policy = names["order"]
	order.save()
	assert policy_of(order.name) == (names["order"], "order")
	order.b2b_fulfilment_policy = None
	order.save()
	rule.delete()
	account.fulfilment_policy = None
	account.save()
	settings = frappe.get_single("Wholesale Settings")
	settings.fulfilment_policy = names["default"]
	settings.save()
	try:
		assert policy_of(order.name) == (names["default"], "default")
		frappe.db.set_value("Fulfilment Policy", names["default"], "enabled", 0)
		assert policy_of(order.name) == ("", "none")
	finally:
		settings.reload()
		settings.fulfilment_policy = None
		settings.save()
		frappe.db.commit()


def test_each_kind_of_policy_on_live_pegs(item):
	add_stock(item.name, 300)
	orders = {}
	for mode in MODES:
		thing = make_item()
		add_stock(thing.name, 300)
		orders[mode] = make_sales_order(thing.name, 500, b2b_fulfilment_policy=make_policy(mode).name)
		make_purchase_order(thing.name, 120, days=9)
	assert decided(orders["Ship and Backorder"]) == (300, (200, [d.EXPECTED, d.NO_STOCK]), 0)
	assert decided(orders["Wait Until Complete"]) == (0, (500, [d.INCOMPLETE, d.EXPECTED, d.NO_STOCK]), 0)
	assert decided(orders["Ship and Cancel the Rest"]) == (300, None, 200)


def test_units_on_a_pick_list_are_on_their_way(item):
	add_stock(item.name, 4)
	order = make_sales_order(item.name, 10)
	assert decided(order)[0] == 4
	draft = create_pick_list(order.name).insert()
	frappe.db.commit()
	assert decided(order) == (0, (6, [d.NO_STOCK]), 0)
	draft.delete()
	frappe.db.commit()
	assert decided(order)[0] == 4
	pick(order)
	assert decided(order) == (0, (6, [d.NO_STOCK]), 0)


def test_a_bundle_ships_in_whole_bundles():
	one, other = make_item().name, make_item().name
	kit = make_bundle({one: 1, other: 2})
	add_stock(one, 5)
	add_stock(other, 6)
	order = make_sales_order(kit.name, 10)
	assert decided(order) == (3, (7, [d.NO_STOCK]), 0)
	make_purchase_order(one, 5, days=3)
	make_purchase_order(other, 14, days=8)
	found = decisions([order.name])[order.name]
	(part,) = found.wait
	assert (part.qty, part.until) == (7, getdate(add_days(nowdate(), 8)))


def test_what_is_not_to_be_decided_has_an_empty_decision(item):
	add_stock(item.name, 5)
	closed = make_sales_order(item.name, 5)
	closed.update_status("Closed")
	draft = make_sales_order(item.name, 5, do_not_submit=True)
	service = make_sales_order(make_item(is_stock_item=0).name, 3)
	for name in (closed.name, draft.name, service.name, "no such order"):
		found = decisions([name])[name]
		assert (found.order, dict(found.ship), found.wait, found.cancel) == (name, {}, (), ())


def test_an_order_that_is_held_ships_nothing(item):
	add_stock(item.name, 5)
	order = make_sales_order(item.name, 5)
	order.update_status("On Hold")
	frappe.db.commit()
	assert decided(order) == (0, (5, [d.HELD]), 0)


def test_as_many_queries_for_many_orders_as_for_few(item, monkeypatch):
	add_stock(item.name, 30)
	policy = make_policy("Wait Until Complete", escalate_after_days=1).name
	orders = [
		make_sales_order(item.name, 2, b2b_fulfilment_policy=policy, commit=False).name for _ in range(25)
	]
	frappe.db.commit()
	counts = []
	for chosen in (orders[:2], orders):
		decisions(chosen)
		before = _statements()
		decisions(chosen)
		counts.append(_statements() - before)
	assert counts[0] == counts[1]


def _statements() -> int:
	return int(frappe.db.sql("show session status like 'Questions'")[0][1])


def test_three_policies_are_there_to_begin_with():
	found = {
		row.name: row.mode
		for row in frappe.get_all("Fulfilment Policy", {"name": ("in", MODES)}, ["name", "mode"])
	}
	assert found == {mode: mode for mode in MODES}
