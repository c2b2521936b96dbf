"""Two and eight processes at the last units: never more promised than there is, no column of the Bin wrong."""

import os

import frappe
import pytest
from builders import (
	add_stock,
	make_customer,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	receive,
	warehouse,
)

from tests.faults import checks
from tests.faults.crew import Crew
from tests.site.conftest import SITE, SITES
from wholesale_b2b.allocation.service import audit, marking

TRIALS = int(os.environ.get("FAULT_TRIALS", 20))


@pytest.fixture(params=[2, 8])
def crew(request):
	with Crew(request.param, SITE, str(SITES)) as crew:
		yield crew


@pytest.fixture
def pair():
	with Crew(2, SITE, str(SITES)) as crew:
		yield crew


@pytest.fixture
def customer():
	name = make_customer().name
	frappe.db.commit()
	return name


def settle():
	frappe.db.commit()
	marking.settle_marked()


def bin_of(item):
	frappe.db.commit()
	return frappe.db.get_value(
		"Bin",
		{"item_code": item, "warehouse": warehouse()},
		["actual_qty", "reserved_qty", "reserved_stock", "ordered_qty", "projected_qty"],
		as_dict=True,
	)


def test_orders_for_the_last_units(crew, customer):
	size = len(crew.members)
	for _trial in range(TRIALS):
		item = make_item().name
		add_stock(item, 10)

		answers = crew.together([("tests.faults.deeds", "order", ([(item, 10)], customer))] * size)

		assert [a.message for a in answers if not a.ok] == []
		bin_now = bin_of(item)
		assert bin_now.reserved_stock == 10
		assert (bin_now.actual_qty, bin_now.reserved_qty, bin_now.projected_qty) == (
			10,
			10 * size,
			10 - 10 * size,
		)
		shown = frappe.get_all(
			"Sales Order Item", {"item_code": item}, ["b2b_reserved_qty as r", "b2b_backorder_qty as b"]
		)
		assert sorted((row.r, row.b) for row in shown) == [(0, 10)] * (size - 1) + [(10, 0)]
		settle()
	assert audit.run() == []


def test_receipt_of_pre_allocated_units_against_a_delivery_without_an_order(pair):
	for _trial in range(TRIALS):
		item = make_item().name
		po = make_purchase_order(item, 10)
		so = make_sales_order(item, 10)
		receipt = receive(po, do_not_submit=True)
		note = make_delivery_note(item, 1, do_not_submit=True)

		received, delivered = pair.together(
			[
				("tests.faults.deeds", "submit", ("Purchase Receipt", receipt.name)),
				("tests.faults.deeds", "submit", ("Delivery Note", note.name)),
			]
		)

		assert received.ok, received.message
		assert not delivered.ok
		assert delivered.error in ("NegativeStockError", "ValidationError"), delivered.message
		so.reload()
		assert (so.items[0].b2b_reserved_qty, so.items[0].b2b_pre_allocated_qty) == (10, 0)
		bin_now = bin_of(item)
		assert (bin_now.actual_qty, bin_now.reserved_stock, bin_now.reserved_qty, bin_now.ordered_qty) == (
			10,
			10,
			10,
			0,
		)
	assert audit.run() == []


def test_orders_on_crossing_item_sets(crew, customer):
	"""The same items in opposite order on each document: locks in sorted order, so nobody waits in a circle."""
	size = len(crew.members)
	for _trial in range(TRIALS):
		items = [make_item().name for _ in range(4)]
		for item in items:
			add_stock(item, 5, commit=False)
		frappe.db.commit()
		tasks = []
		for n in range(size):
			rows = [(item, 3) for item in (items if n % 2 else reversed(items))]
			tasks.append(("tests.faults.deeds", "order", (rows, customer)))

		answers = crew.together(tasks)

		assert [a.message for a in answers if not a.ok] == []
		for item in items:
			bin_now = bin_of(item)
			assert (bin_now.reserved_stock, bin_now.reserved_qty) == (5, 3 * size)
		settle()
	assert audit.run() == []


def test_orders_for_items_that_nobody_has_had_yet(crew, customer):
	"""All of them make the Bins: each is made once, by whoever is first, and nobody minds."""
	size = len(crew.members)
	for _trial in range(TRIALS):
		items = [make_item().name for _ in range(3)]
		frappe.db.commit()
		rows = [(item, 2) for item in items]

		answers = crew.together([("tests.faults.deeds", "order", (rows, customer))] * size)

		assert [a.message for a in answers if not a.ok] == []
		for item in items:
			assert frappe.db.count("Bin", {"item_code": item}) == 1
			assert (bin_of(item).reserved_qty, bin_of(item).reserved_stock) == (2 * size, 0)
		settle()
	assert audit.run() == []


@pytest.mark.parametrize("picked", [False, True])
def test_update_items_against_a_delivery_without_an_order(pair, customer, picked):
	"""ERPNext gives up all that an order has and reserves anew, what is picked not at all: nobody gets in between."""
	from wholesale_b2b.fulfilment.overrides import create_pick_list

	for _trial in range(TRIALS):
		item = make_item().name
		add_stock(item, 10, commit=False)
		so = make_sales_order(item, 10, customer=customer)
		note = make_delivery_note(item, 1, customer=customer, do_not_submit=True)
		if picked:
			create_pick_list(so.name).insert().submit()
			frappe.db.commit()

		updated, delivered = pair.together(
			[
				("tests.faults.deeds", "raise_quantity", ("Sales Order", so.name)),
				("tests.faults.deeds", "submit", ("Delivery Note", note.name)),
			]
		)

		assert updated.ok, updated.message
		assert not delivered.ok
		assert delivered.error in ("NegativeStockError", "ValidationError"), delivered.message
		assert "needed in" in delivered.message
		checks.everything_holds([item])
		so.reload()
		row = so.items[0]
		assert (row.qty, row.b2b_reserved_qty, row.b2b_backorder_qty) == (12, 10, 2)
