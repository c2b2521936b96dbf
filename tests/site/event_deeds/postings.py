"""Receipts, deliveries, tills."""

import frappe
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_delivery_note,
	make_purchase_order,
	receive,
	unique,
	warehouse,
)
from frappe.utils import now_datetime

from event_deeds.words import (
	Deed,
	cancels,
	covered,
	deed,
	doc,
	figures,
	here,
	placed,
	saved,
	submits,
	submitted,
)


@deed("Purchase Receipt", "on_submit")
def goods_arrive(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6)
	receipt = receive(po, 3, do_not_submit=True)
	return Deed(submits(receipt), here(item), covered(so, 3, 1, 1))


@deed("Purchase Receipt", "on_cancel")
def a_receipt_is_cancelled(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6)
	return Deed(cancels(receive(po, 3)), here(item), covered(so, 0, 4, 4))


def bill(item, po):
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_invoice

	invoice = make_purchase_invoice(po.name)
	invoice.update_stock = 1
	for row in invoice.items:
		row.warehouse = warehouse()
	return saved(invoice)


@deed("Purchase Invoice", "on_submit")
def goods_arrive_with_their_invoice(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6)
	return Deed(submits(bill(item, po)), here(item), covered(so, 4, 0, 0))


@deed("Purchase Invoice", "on_cancel")
def an_invoice_with_stock_is_cancelled(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6)
	invoice = bill(item, po)
	invoice.submit()
	frappe.db.commit()
	return Deed(cancels(invoice), here(item), covered(so, 0, 4, 4))


@deed("Delivery Note", "on_submit")
def goods_leave(item):
	add_stock(item.name, 5)
	so = placed(item, 5)
	note = make_delivery_note(sales_order=so.name, qty=2, do_not_submit=True)
	return Deed(submits(note), here(item), covered(so, 3, 0, 0))


@deed("Delivery Note", "on_submit")
def free_goods_leave_without_an_order(item):
	add_stock(item.name, 5)
	so = placed(item, 3)
	note = make_delivery_note(item.name, 2, do_not_submit=True)
	return Deed(submits(note), here(item), covered(so, 3, 0, 0))


@deed("Delivery Note", "on_submit")
def goods_come_back(item):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	add_stock(item.name, 5)
	so = placed(item, 5)
	note = make_delivery_note(sales_order=so.name, qty=5)
	waiting = placed(item, 2)
	back = make_sales_return(note.name)
	back.items[0].qty = -3
	return Deed(submits(saved(back)), here(item), covered(waiting, 2, 0, 0))


@deed("Delivery Note", "on_cancel")
def a_delivery_is_cancelled(item):
	add_stock(item.name, 5)
	so = placed(item, 5)
	note = make_delivery_note(sales_order=so.name, qty=2)
	return Deed(cancels(note), here(item), covered(so, 5, 0, 0))


def sell(so, qty):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	invoice = make_sales_invoice(so.name)
	invoice.update_stock = 1
	invoice.items[0].qty = qty
	return saved(invoice)


@deed("Sales Invoice", "on_submit")
def goods_leave_with_their_invoice(item):
	add_stock(item.name, 5)
	so = placed(item, 5)
	return Deed(submits(sell(so, 2)), here(item), covered(so, 3, 0, 0))


@deed("Sales Invoice", "on_cancel")
def a_sale_with_stock_is_cancelled(item):
	add_stock(item.name, 5)
	so = placed(item, 5)
	invoice = sell(so, 2)
	invoice.submit()
	frappe.db.commit()
	return Deed(cancels(invoice), here(item), covered(so, 5, 0, 0))


def till_sale(item, qty):
	"""A draft POS Invoice of an open till."""
	profile = frappe.db.get_value("POS Profile", {"company": COMPANY, "disabled": 0}) or till()
	if not frappe.db.exists("POS Opening Entry", {"pos_profile": profile, "status": "Open", "docstatus": 1}):
		submitted(
			doc(
				"POS Opening Entry",
				pos_profile=profile,
				user="Administrator",
				period_start_date=now_datetime(),
				balance_details=[{"mode_of_payment": "Cash", "opening_amount": 0}],
			)
		)
	sale = doc(
		"POS Invoice",
		customer=make_customer().name,
		is_pos=1,
		update_stock=1,
		pos_profile=profile,
		items=[{"item_code": item.name, "qty": qty, "rate": 10, "warehouse": warehouse()}],
		payments=[{"mode_of_payment": "Cash", "amount": 10 * qty}],
	)
	sale.set_missing_values()
	sale.payments = []
	sale.append("payments", {"mode_of_payment": "Cash", "amount": 10 * qty})
	return saved(sale)


def till():
	"""A POS Profile of the company; Cash is paid into its cash account."""
	cash = frappe.get_doc("Mode of Payment", "Cash")
	if not any(row.company == COMPANY for row in cash.accounts):
		account = frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0})
		cash.append("accounts", {"company": COMPANY, "default_account": account})
		cash.save()
	company = frappe.get_doc("Company", COMPANY)
	return (
		doc(
			"POS Profile",
			name=unique("Till"),
			warehouse=warehouse(),
			currency=company.default_currency,
			selling_price_list=frappe.db.get_value("Price List", {"selling": 1}),
			write_off_account=company.write_off_account or company.default_expense_account,
			write_off_cost_center=company.cost_center,
			payments=[{"mode_of_payment": "Cash", "default": 1}],
		)
		.insert()
		.name
	)


@deed("POS Invoice", "on_submit")
def a_till_sells(item):
	add_stock(item.name, 5)
	sale = till_sale(item, 3)

	def then():
		assert figures(placed(item, 4)) == (2, 0, 2)

	return Deed(submits(sale), here(item), then)


@deed("POS Invoice", "on_cancel")
def a_till_sale_is_cancelled(item):
	add_stock(item.name, 5)
	sale = till_sale(item, 3)
	sale.submit()
	frappe.db.commit()
	so = placed(item, 4)
	assert figures(so) == (2, 0, 2)
	return Deed(cancels(sale), here(item), covered(so, 4, 0, 0))
