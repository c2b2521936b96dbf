"""Two and eight managers move the same units at the same moment; the same request sent twice at once."""

import frappe
import pytest
from builders import add_stock, make_item, make_sales_order, unique, warehouse

from tests.faults.crew import Crew
from tests.site.conftest import SITE, SITES
from wholesale_b2b.allocation.service import audit, marking

TRIALS = 5


@pytest.fixture(params=[2, 8])
def crew(request):
	with Crew(request.param, SITE, str(SITES)) as crew:
		yield crew


def reserved(order):
	return frappe.db.get_value("Sales Order Item", {"parent": order.name}, "b2b_reserved_qty")


def move(item, giver, taker, qty, key):
	values = (item, f"{item}\n{warehouse()}", taker.items[0].name, qty, "Asked for", key, giver.items[0].name)
	return ("tests.faults.deeds", "reallocate", values)


def test_the_last_units_go_to_one_of_those_who_take_them(crew):
	size = len(crew.members)
	for _trial in range(TRIALS):
		item = make_item().name
		add_stock(item, 10)
		giver = make_sales_order(item, 10)
		takers = [make_sales_order(item, 10) for _ in range(size)]

		answers = crew.together([move(item, giver, taker, 10, unique("key")) for taker in takers])

		frappe.db.commit()
		assert sorted(reserved(order) for order in takers) == [0] * (size - 1) + [10]
		assert reserved(giver) == 0
		assert sum(answer.ok for answer in answers) == 1
		assert {answer.error for answer in answers if not answer.ok} == {"ValidationError"}
	assert marking.settle_marked() == 0
	assert audit.run() == []


def test_one_request_sent_several_times_at_once_moves_once(crew):
	size = len(crew.members)
	for _trial in range(TRIALS):
		item, key = make_item().name, unique("key")
		add_stock(item, 10)
		giver, taker = make_sales_order(item, 10), make_sales_order(item, 10)

		answers = crew.together([move(item, giver, taker, 1, key)] * size)

		frappe.db.commit()
		assert [answer.message for answer in answers if not answer.ok] == []
		assert len({answer.result for answer in answers}) == 1
		assert (reserved(giver), reserved(taker)) == (9, 1)
	assert audit.run() == []


def test_one_key_for_different_units_at_once_moves_one_of_them(crew):
	size = len(crew.members)
	for _trial in range(TRIALS):
		key, moves, pairs = unique("key"), [], []
		for _ in range(size):
			item = make_item().name
			add_stock(item, 10)
			pairs.append((make_sales_order(item, 10), make_sales_order(item, 10)))
			moves.append(move(item, *pairs[-1], 1, key))

		answers = crew.together(moves)

		frappe.db.commit()
		assert sum(answer.ok for answer in answers) == 1
		assert all("used for another move" in answer.message for answer in answers if not answer.ok)
		assert sorted(reserved(taker) for _giver, taker in pairs) == [0] * (size - 1) + [1]
	assert audit.run() == []
