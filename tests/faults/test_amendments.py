"""An amendment is submitted at the moment at which somebody else wants the same units, or at which their time ends."""

import frappe
import pytest
from builders import add_stock, make_item, make_purchase_order, make_sales_order

from tests.faults.crew import Crew
from tests.site.conftest import SITE, SITES
from wholesale_b2b.allocation.service import audit, marking

TRIALS = 20


@pytest.fixture(autouse=True)
def keeping():
	frappe.db.set_single_value("Wholesale Settings", "keep_cancelled_minutes", 15)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value("Wholesale Settings", "keep_cancelled_minutes", 0)
	frappe.db.commit()


@pytest.fixture
def pair():
	with Crew(2, SITE, str(SITES)) as crew:
		yield crew


def cancelled(item):
	"""A cancelled order that had 6 on the shelf and 4 to come, and the draft that amends it."""
	add_stock(item, 6)
	make_purchase_order(item, 4)
	order = make_sales_order(item, 10)
	order.cancel()
	draft = frappe.copy_doc(order)
	draft.amended_from = order.name
	draft.insert()
	frappe.db.commit()
	return order, draft


def shown(order):
	return frappe.db.get_value(
		"Sales Order Item", {"parent": order.name}, ["b2b_reserved_qty", "b2b_pre_allocated_qty"]
	)


def settle():
	frappe.db.commit()
	marking.settle_marked()


def test_an_amendment_and_an_order_at_the_same_moment(pair):
	for _trial in range(TRIALS):
		item = make_item().name
		_order, draft = cancelled(item)
		rival = make_sales_order(item, 10, b2b_priority=1, do_not_submit=True)
		answers = pair.together(
			[("tests.faults.deeds", "submit", ("Sales Order", doc.name)) for doc in (draft, rival)]
		)
		assert [a.message for a in answers if not a.ok] == []
		settle()
		assert (shown(draft), shown(rival)) == ((6, 4), (0, 0))
	assert audit.run() == []


def test_an_amendment_as_its_units_are_released(pair):
	for _trial in range(TRIALS):
		item = make_item().name
		order, draft = cancelled(item)
		rival = make_sales_order(item, 10, b2b_priority=1)
		answers = pair.together(
			[
				("tests.faults.deeds", "submit", ("Sales Order", draft.name)),
				("wholesale_b2b.allocation.service.amendments", "release", (order.name,)),
			]
		)
		assert [a.message for a in answers if not a.ok] == []
		settle()
		# One of the two has all of it, whoever came first.
		assert (shown(draft), shown(rival)) in (((6, 4), (0, 0)), ((0, 0), (6, 4)))
	assert audit.run() == []
