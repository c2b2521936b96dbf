"""An order half shipped and half paid is changed: its place in the queue, what it has on the shelf and to come, its pro forma
and its advance stay, whichever way it is done; nobody who waits gains by it."""

import frappe
import pytest
from builders import (
	add_stock,
	make_delivery_note,
	make_purchase_order,
	make_sales_order,
	receive,
	update_items,
)
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.utils import add_days, flt, getdate, nowdate
from paying import paper_of, pay, prepaying

pytestmark = pytest.mark.usefixtures("promises_hold", "kept_minutes")


class HalfWay:
	"""20 ordered at 10 with a deposit of half: 10 were there, 10 come in nine days, 100 is paid, 6 have shipped with their
	invoice. Another order of 20 waits behind it."""

	def __init__(self, item):
		self.item = item
		add_stock(item.name, 10)
		self.supply = make_purchase_order(item.name, 10, days=9)
		account = prepaying("Deposit", deposit_percent=50, invoicing="Weekly")
		self.order = make_sales_order(item.name, 20, customer=account.customer)
		self.waiting = make_sales_order(item.name, 20)
		self.paper, self.payment = paper_of(self.order), pay(self.order, 100)
		self.note = make_delivery_note(sales_order=self.order.name, qty=6)
		self.invoice = make_sales_invoice(self.note.name)
		self.invoice.insert().submit()
		frappe.db.commit()
		self.placed_at = self.order.reload().b2b_placed_at

	def amend(self, **row):
		"""By the chain: what has shipped and the order are cancelled, and the order is amended."""
		for doc in (self.invoice, self.note, self.order):
			doc.reload().cancel()
			frappe.db.commit()
		amended = frappe.copy_doc(self.order)
		amended.update({"amended_from": self.order.name, "docstatus": 0})
		amended.items[0].update(row)
		amended.insert().submit()
		frappe.db.commit()
		return amended.reload()


@pytest.fixture
def half_way(item):
	return HalfWay(item)


def figures(order):
	line = order.reload().items[0]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty


def promised_on(order):
	return getdate(order.reload().items[0].b2b_promise_date)


def owed(order):
	paper = paper_of(order)
	return paper.name, paper.amount, paper.paid_amount, paper.status


def test_how_it_stands(half_way):
	assert figures(half_way.order) == (4, 10, 10)
	assert promised_on(half_way.order) == getdate(add_days(nowdate(), 9))
	assert figures(half_way.waiting) == (0, 0, 20)
	assert owed(half_way.order) == (half_way.paper.name, 100, 100, "Paid")
	assert half_way.invoice.reload().total_advance == 60
	assert half_way.invoice.outstanding_amount == 0


def test_changed_in_place_it_keeps_all(half_way):
	order = half_way.order
	update_items(order, {0: {"qty": 18}})
	assert order.reload().b2b_placed_at == half_way.placed_at
	assert figures(order) == (4, 8, 8)
	assert promised_on(order) == getdate(add_days(nowdate(), 9))
	# what it gave up goes to who waits
	assert figures(half_way.waiting) == (0, 2, 20)
	assert owed(order) == (half_way.paper.name, 90, 100, "Paid")
	assert half_way.invoice.reload().outstanding_amount == 0
	update_items(order, {0: {"qty": 24}})
	# four more are asked for from the end of the line; 120 is the deposit now
	assert figures(order)[0] == 4
	assert owed(order) == (half_way.paper.name, 120, 100, "Partly Paid")
	assert figures(half_way.waiting)[0] == 0


@pytest.mark.parametrize(
	("qty", "has", "left", "deposit"), [(20, (10, 10, 10), (0, 0, 20), 100), (16, (10, 6, 6), (0, 4, 20), 80)]
)
def test_amended_it_keeps_all(half_way, qty, has, left, deposit):
	amended = half_way.amend(qty=qty)
	assert amended.b2b_placed_at == half_way.placed_at
	assert figures(amended) == has
	assert promised_on(amended) == getdate(add_days(nowdate(), 9))
	assert figures(half_way.waiting) == left
	assert owed(amended) == (half_way.paper.name, deposit, 100, "Paid")
	assert paper_of(half_way.order) is None
	assert amended.advance_paid == 100
	assert frappe.db.get_value("Payment Entry", half_way.payment.name, "unallocated_amount") == 0


def test_amended_it_goes_on_to_the_last_penny(half_way):
	amended = half_way.amend()
	totals = []
	for qty in (6, 4):
		note = make_delivery_note(sales_order=amended.name, qty=qty)
		invoice = make_sales_invoice(note.name)
		invoice.insert().submit()
		frappe.db.commit()
		totals.append((invoice.grand_total, flt(invoice.total_advance), invoice.outstanding_amount))
	assert totals == [(60, 60, 0), (40, 40, 0)]
	half_way.supply.reload()
	receive(half_way.supply)
	assert figures(amended) == (10, 0, 0)
	assert figures(half_way.waiting) == (0, 0, 20)
	last = make_sales_invoice(make_delivery_note(sales_order=amended.name, qty=10).name)
	last.insert().submit()
	frappe.db.commit()
	# half was paid beforehand: half is owed
	assert (last.grand_total, flt(last.total_advance), last.outstanding_amount) == (100, 0, 100)
	assert figures(amended) == (0, 0, 0)
