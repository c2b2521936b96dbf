"""What is held at a real till: it is not sold, the day is closed without it, and what had left before is posted."""

import frappe
import pytest
from builders import COMPANY, add_stock, make_item, make_sales_order
from dispatching import make_account
from frappe.utils import nowdate
from till import Till

from wholesale_b2b.allocation.service import audit
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.holds.service.veto import Held

pytestmark = pytest.mark.usefixtures("promises_hold")


def by_hand(account):
	holds.hold_account(account.name, "Stocktaking at their end.")
	frappe.db.commit()


def by_status(account):
	account.reload()
	account.update({"status": "On Hold", "status_reason": "Overdue."})
	account.save()
	frappe.db.commit()


def by_licence(account):
	account.reload()
	account.licence_required = 1
	account.save()
	frappe.db.commit()


HOLDS = (by_hand, by_status, by_licence)


@pytest.fixture
def till():
	return Till()


@pytest.fixture
def account(till):
	"""Of the customer who stands at the till."""
	return make_account(till.customer)


@pytest.fixture
def goods(item):
	"""Twenty units."""
	add_stock(item.name, 20)
	return item.name


def gone(item_code):
	"""Units that have left by the ledger, and how many entries say so."""
	frappe.db.rollback()
	filters = {"item_code": item_code, "actual_qty": ("<", 0), "is_cancelled": 0}
	taken = frappe.get_all("Stock Ledger Entry", filters, pluck="actual_qty")
	return -sum(taken), len(taken)


@pytest.mark.parametrize("hold", HOLDS)
def test_a_held_account_is_not_sold_to_and_the_day_is_closed_without_it(till, account, goods, hold):
	rung_up, others = till.sell(goods, 2, submit=False), make_item()
	add_stock(others.name, 5)
	hold(account)
	with pytest.raises(Held, match="is held"):
		till.sell(goods, 2)
	frappe.db.rollback()
	with pytest.raises(Held, match="is held"):
		rung_up.submit()
	frappe.db.rollback()
	till.customer = make_account().customer
	till.sell(others.name, 1)
	closing = till.close()
	assert (closing.status, closing.error_message or "") == ("Submitted", "")
	assert (gone(goods), gone(others.name)) == ((0, 0), (1, 1))


@pytest.mark.parametrize("hold", HOLDS)
def test_a_sale_that_was_refused_is_not_consolidated_by_hand(till, account, goods, hold):
	rung_up = till.sell(goods, 2, submit=False)
	hold(account)
	log = {
		"doctype": "POS Invoice Merge Log",
		"posting_date": nowdate(),
		"posting_time": "12:00:00",
		"customer": till.customer,
		"company": COMPANY,
		"pos_invoices": [{"pos_invoice": rung_up.name, "posting_date": nowdate(), "customer": till.customer}],
	}
	with pytest.raises(frappe.ValidationError, match="is not submitted yet"):
		frappe.get_doc(log).insert().submit()
	assert gone(goods) == (0, 0)


@pytest.mark.parametrize("hold", HOLDS)
def test_what_left_the_shop_before_is_posted_and_nothing_more(till, account, goods, hold):
	till.sell(goods, 2)
	hold(account)
	closing = till.close()
	assert (closing.status, closing.error_message or "") == ("Submitted", "")
	assert gone(goods) == (2, 1)
	tomorrow = Till()
	tomorrow.customer = till.customer
	with pytest.raises(Held, match="is held"):
		tomorrow.sell(goods, 1)
	assert gone(goods) == (2, 1)
	assert audit.run() == []


@pytest.mark.parametrize("held", [False, True], ids=["open", "held"])
def test_an_order_is_not_sold_at_a_till(till, account, goods, held):
	"""ERPNext's consolidation forgets of which order a row is: it would be owed, shipped and billed again."""
	order = make_sales_order(goods, 5, customer=account.customer)
	if held:
		holds.hold_order(order.name, "The customer asked us to wait.")
		frappe.db.commit()
	row = {"sales_order": order.name, "so_detail": order.items[0].name}
	for names in (row, {"so_detail": row["so_detail"]}):
		with pytest.raises(
			frappe.ValidationError,
			match="an order is not sold at a till.* would be delivered or billed again",
		):
			till.sell(goods, 2, **names)
		frappe.db.rollback()
	till.customer = make_account().customer
	till.sell(goods, 1)
	assert till.close().status == "Submitted"
	assert gone(goods) == (1, 1)
	order.reload()
	assert (order.items[0].delivered_qty, order.items[0].b2b_reserved_qty) == (0, 5)


def test_a_service_that_is_ordered_is_not_sold_at_a_till_either(till, account):
	"""Nothing of it leaves; the order would be billed again."""
	service = make_item(is_stock_item=0)
	order = make_sales_order(service.name, 1, customer=account.customer)
	with pytest.raises(frappe.ValidationError, match="would be delivered or billed again"):
		till.sell(service.name, 1, sales_order=order.name, so_detail=order.items[0].name)
	frappe.db.rollback()
	till.sell(service.name, 1)
	assert till.close().status == "Submitted"
