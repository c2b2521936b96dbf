"""Workers and people who make lists of the same orders at the same moment: no unit on two lists."""

import os

import frappe
import pytest
from builders import add_stock, make_customer, make_item, make_sales_order

from tests.faults import checks
from tests.faults.crew import Crew
from tests.site.conftest import SITE, SITES
from wholesale_b2b.fulfilment.release.service import making, recount

TRIALS = int(os.environ.get("FAULT_TRIALS", 20))
DEEDS = "tests.faults.deeds"


@pytest.fixture(params=[2, 8])
def crew(request):
	with Crew(request.param, SITE, str(SITES)) as crew:
		yield crew


@pytest.fixture
def customer():
	name = make_customer().name
	frappe.db.commit()
	return name


def on_lists(orders):
	"""Order → units on its open pick lists, and on how many."""
	frappe.db.rollback()
	return {
		order: (qty, count)
		for order, qty, count in frappe.db.sql(
			"""select row.sales_order, sum(row.stock_qty), count(distinct pl.name) from `tabPick List Item` row
			join `tabPick List` pl on pl.name = row.parent
			where row.sales_order in %s and pl.docstatus < 2 and pl.status not in ('Completed', 'Cancelled')
			group by row.sales_order""",
			[tuple(orders)],
		)
	}


def orders_with_stock(customer, count):
	items = [make_item().name for _ in range(3)]
	for item in items:
		add_stock(item, 5 * count, commit=False)
	rows = [{"item_code": item, "qty": 5} for item in items]
	return items, [make_sales_order(rows, customer=customer).name for _ in range(count)]


@pytest.mark.parametrize("most", [1, 2])
def test_workers_release_the_same_orders(crew, customer, most):
	for _trial in range(TRIALS):
		items, orders = orders_with_stock(customer, 4)
		# each in an order of its own
		tasks = [
			(DEEDS, "release", (orders[n % 4 :] + orders[: n % 4], most)) for n in range(len(crew.members))
		]

		answers = crew.together(tasks)

		assert [answer.message for answer in answers if not answer.ok] == []
		assert on_lists(orders) == dict.fromkeys(orders, (15, 1))
		made = [name for answer in answers for name in answer.result]
		assert len(made) == len(set(made)) == 4 // most
		checks.everything_holds(items)


def test_a_worker_and_a_person(customer):
	with Crew(2, SITE, str(SITES)) as crew:
		for _trial in range(TRIALS):
			items, (order,) = orders_with_stock(customer, 1)

			worker, person = crew.together([(DEEDS, "release", ([order],)), (DEEDS, "save_list", (order,))])

			assert worker.ok, worker.message
			assert person.ok or (person.error == "ValidationError" and "already" in person.message), person
			assert on_lists([order]) == {order: (15, 1)}
			checks.everything_holds(items)


def test_all_that_touches_lists_in_one_moment(customer):
	"""Lists are made, scanned and submitted, while orders are held, cancelled, reduced and delivered past their lists."""
	with Crew(8, SITE, str(SITES)) as crew:
		for _trial in range(TRIALS):
			items, orders = orders_with_stock(customer, 6)
			fresh, picked, held, gone, less, past = orders
			for order in (picked, held, gone, less, past):
				making.release([order])
			(scanned,) = frappe.get_all(
				"Pick List Item", {"sales_order": picked}, pluck="parent", distinct=True
			)
			note = _note(past)

			answers = crew.together(
				[
					(DEEDS, "release", (orders,)),
					(DEEDS, "release", (orders[::-1], 0)),
					(DEEDS, "save_list", (fresh,)),
					(DEEDS, "scan_and_submit", (scanned,)),
					(DEEDS, "hold_by_hand", (held,)),
					(DEEDS, "cancel", ("Sales Order", gone)),
					(DEEDS, "raise_quantity", ("Sales Order", less)),
					(DEEDS, "submit", ("Delivery Note", note)),
				]
			)

			faults = [answer for answer in answers if not answer.ok]
			assert not [answer for answer in faults if answer.error in checks.NEVER], faults
			# a person's list comes second, and a pick list waits for nobody
			for answer in faults:
				assert answer.error in ("ValidationError", "DocumentLockedError"), answer
			frappe.db.rollback()
			listed = on_lists(orders)
			owed = dict(
				frappe.db.sql(
					"""select parent, sum(stock_qty - delivered_qty) from `tabSales Order Item`
					where parent in %s and docstatus = 1 group by parent""",
					[tuple(orders)],
				)
			)
			for order in (fresh, picked, held, less):
				assert listed.get(order, (0, 0))[0] <= owed[order], (order, listed, owed)
			assert checks.over_reserved(items) == []
			# what one did not find may lie idle until it is counted
			recount.found(frappe.get_all("Short Pick", {"item_code": ("in", items)}, pluck="name"))
			frappe.db.commit()
			checks.everything_holds(items)


def _note(order):
	from builders import make_delivery_note

	return make_delivery_note(sales_order=order, do_not_submit=True).name
