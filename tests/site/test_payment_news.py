"""Another app is told what is paid on an order; whatever it does, the payment stands."""

import sys
import types
from decimal import Decimal

import frappe
import pytest
from books import WORLDS, opened
from builders import add_stock, make_sales_order
from frappe.utils import add_to_date, now_datetime
from paying import paper_of, pay, prepaying

from wholesale_b2b.credit.pro_forma import jobs
from wholesale_b2b.credit.pro_forma.service import news

HEARD: list = []


@pytest.fixture
def shop(monkeypatch):
	"""An app with two listeners: one that keeps what it hears, one that writes something and then fails."""
	module = types.ModuleType("shop_app")

	def broken(news):
		frappe.db.set_value("Sales Order", news.order, "po_no", "half done")
		raise RuntimeError("the shop does not answer")

	module.broken, module.paid = broken, HEARD.append
	monkeypatch.setitem(sys.modules, "shop_app", module)
	hooks, installed = frappe.get_hooks, frappe.get_installed_apps

	def with_theirs(hook=None, *args, **kwargs):
		found = hooks(hook, *args, **kwargs)
		return [*found, "shop_app.broken", "shop_app.paid"] if hook == "b2b_payment_received" else found

	monkeypatch.setattr(frappe, "get_hooks", with_theirs)
	monkeypatch.setattr(frappe, "get_installed_apps", lambda **kw: [*installed(**kw), "shop_app"])
	HEARD.clear()


@pytest.fixture
def order(item, fresh_transaction):
	add_stock(item.name, 10)
	return make_sales_order(item.name, 10, rate=10, customer=prepaying().customer)


def heard(order):
	found = [
		(news.amount, news.total, news.state, news.payment) for news in HEARD if news.order == order.name
	]
	HEARD.clear()
	return found


def test_it_is_told_of_payments_that_come_and_go_and_its_failure_undoes_nothing(shop, order, worker):
	first = pay(order, 40)
	worker()
	assert heard(order) == [(40, 100, "Partly Paid", f"Payment Entry {first.name}")]
	assert frappe.db.get_value("Payment Entry", first.name, "docstatus") == 1
	assert frappe.db.get_value("Sales Order", order.name, ["advance_paid", "po_no"]) == (40, None)
	# jobs that other tests have left behind may log errors of their own
	(logged,) = frappe.get_all("Error Log", {"reference_name": order.name}, pluck="method")
	assert logged.startswith("shop_app.broken could not be told")
	second = pay(order, 60)
	worker()
	assert heard(order) == [(100, 100, "Paid", f"Payment Entry {second.name}")]
	second.reload()
	second.cancel()
	worker()
	assert heard(order) == [(40, 100, "Partly Paid", f"Payment Entry {second.name}")]


def test_nothing_is_told_of_a_payment_that_is_rolled_back(shop, order, worker):
	pay(order, 40, commit=False)
	frappe.db.rollback()
	worker()
	assert heard(order) == []


@pytest.mark.parametrize("provider", sorted(WORLDS))
def test_it_is_told_of_payments_that_come_from_the_books(provider, shop, item, worker):
	for world in opened(WORLDS[provider]()):
		add_stock(item.name, 10)
		account = prepaying()
		order = make_sales_order(item.name, 10, rate=10, customer=account.customer)
		world.drain()
		link = {"accounting_connection": world.connection.name, "reference_name": account.customer}
		contact = frappe.db.get_value("Sync Link", link, "their_id")
		payment = world.prepay(contact, 100, f"Payment {paper_of(order).name}")
		world.look()
		worker()
		((amount, total, state, _cause),) = heard(order)
		assert (amount, total, state) == (Decimal(100), Decimal(100), "Paid")
		world.remove_payment(payment)
		world.look()
		worker()
		((amount, _total, state, _cause),) = heard(order)
		assert (amount, state) == (0, "Unpaid")


def later(order):
	"""So long after that a worker should have told it."""
	frappe.db.sql(
		"update `tabPayment News` set creation = %s where sales_order = %s",
		[add_to_date(now_datetime(), minutes=-10), order.name],
	)
	frappe.db.commit()


def test_what_a_worker_that_died_before_it_began_has_not_told_is_told_later_and_once(shop, order, worker):
	first = pay(order, 40)
	lost = [job for queue in ("short", "default", "long") if (job := _take_all(queue))]
	assert lost, "nothing was queued"
	worker()
	assert heard(order) == []
	jobs.sweep()
	assert heard(order) == [], "a worker may be about to tell it"
	later(order)
	jobs.sweep()
	assert heard(order) == [(40, 100, "Partly Paid", f"Payment Entry {first.name}")]
	later(order)
	jobs.sweep()
	assert heard(order) == []


def test_a_worker_that_dies_while_it_tells_is_made_up_for(shop, order, worker, monkeypatch):
	class Killed(BaseException):
		pass

	def dies(news):
		raise Killed

	first = pay(order, 40)
	cause = f"Payment Entry {first.name}"
	_take_all("short")
	monkeypatch.setattr(sys.modules["shop_app"], "broken", dies)
	with pytest.raises(Killed):
		news.tell([order.name], cause)
	frappe.db.rollback()
	assert heard(order) == []
	monkeypatch.setattr(sys.modules["shop_app"], "broken", lambda news: None)
	later(order)
	jobs.sweep()
	assert heard(order) == [(40, 100, "Partly Paid", cause)]
	assert not frappe.db.exists("Payment News", {"sales_order": order.name})


def test_one_that_cannot_be_told_keeps_nothing_from_the_others(shop, order, item, worker, monkeypatch):
	other = make_sales_order(item.name, 1, rate=10, customer=order.customer)
	for one in (order, other):
		pay(one, 5)
	_take_all("short")
	for one in (order, other):
		later(one)
	paid_on = news.paid_on

	def stumbles(orders, payment=""):
		if order.name in orders:
			raise RuntimeError("a gate that nobody can judge")
		return paid_on(orders, payment)

	monkeypatch.setattr(news, "paid_on", stumbles)
	jobs.sweep()
	assert [told.order for told in HEARD] == [other.name]
	assert frappe.db.exists("Payment News", {"sales_order": order.name})
	assert "could not be told" in frappe.get_last_doc("Error Log", {"reference_name": order.name}).method
	monkeypatch.setattr(news, "paid_on", paid_on)
	HEARD.clear()
	jobs.sweep()
	assert [told.order for told in HEARD] == [order.name]


def _take_all(queue):
	"""Take what is queued out of it, as if the worker that had it was killed; how much."""
	from conftest import _take
	from frappe.utils.background_jobs import get_queue

	found = 0
	while job := _take(get_queue(queue)):
		job.delete()
		found += 1
	return found
