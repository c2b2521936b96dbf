"""What a run would do is foretold to the unit and the day, and foretelling it writes nothing."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_customer,
	make_item,
	make_order_rule,
	make_purchase_order,
	make_sales_order,
	warehouse,
)

from wholesale_b2b.allocation.rules.resequence import GAIN, LOSE
from wholesale_b2b.allocation.service.planning import Steer
from wholesale_b2b.allocation.service.preview import foresee, look
from wholesale_b2b.allocation.service.run import run

pytestmark = pytest.mark.usefixtures("promises_hold")


def foretell(keys, steer=None):
	return foresee(look(keys), steer).changes


def test_a_preview_says_what_the_run_then_does(item):
	add_stock(item.name, 10)
	old = make_sales_order(item.name, 10)
	big = make_sales_order(item.name, 15)
	make_purchase_order(item.name, 8)
	keys = [(item.name, warehouse())]
	steer = Steer(modes={old.items[0].name: LOSE, big.items[0].name: GAIN}, why={old.items[0].name: "Lose"})
	foretold = foretell(keys, steer)
	assert [(row["sales_order"], row["outcome"], row["rule"]) for row in foretold] == [
		(old.name, "Lost", "Lose"),
		(big.name, "Gained", None),
	]
	assert foretold[0]["beneficiary"] == big.name
	assert run(keys, "Test", steer=steer).changes == foretold
	frappe.db.commit()
	logged = frappe.get_last_doc("Allocation Run", {"cause": "Test"})
	assert (logged.run_type, [row.rule for row in logged.changes]) == ("Re-Sequencing", ["Lose", None])


def test_a_preview_counts_what_a_line_has_elsewhere():
	item = make_item()
	add_stock(item.name, 5)
	so = make_sales_order(item.name, 10)
	add_stock(item.name, 3, into=warehouse("Leeds"))
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
	steer = Steer(modes={so.items[0].name: LOSE})
	assert foretell([(item.name, warehouse())], steer) == []


def test_a_preview_counts_what_a_component_is_promised_elsewhere(item):
	customer = make_customer().name
	rule = make_order_rule(customer=customer, company=COMPANY, sources=[warehouse(), warehouse("Leeds")])
	kit = make_bundle({item.name: 2})
	make_purchase_order(item.name, 10, into=warehouse("Leeds"))
	order = make_sales_order(kit.name, 5, customer=customer)
	assert order.reload().packed_items[0].b2b_pre_allocated_qty == 10
	assert foretell([(item.name, warehouse())]) == []
	order.cancel()
	rule.delete()
	frappe.db.commit()


def test_a_preview_makes_no_bin():
	item = make_item()
	assert foretell([(item.name, warehouse())]) == []
	assert not frappe.db.exists("Bin", {"item_code": item.name})
