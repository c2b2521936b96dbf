"""Batches, the ledger, reservations by hand, reposts, master records."""

import frappe
from builders import (
	add_stock,
	make_customer,
	make_item,
	make_supplier,
	make_trade_account,
	unique,
	warehouse,
)
from frappe.utils import add_days, nowdate

from event_deeds.words import (
	Deed,
	both,
	cancels,
	covered,
	deed,
	doc,
	entry,
	figures,
	here,
	placed,
	saved,
	saves,
	submits,
	submitted,
)


@deed("Batch", "on_update")
def a_batch_has_gone_off(_item):
	item = make_item(has_batch_no=1, create_new_batch=1, batch_number_series="W-.#####.", has_expiry_date=1)
	frappe.db.set_value("Item", item.name, "shelf_life_in_days", 300)
	frappe.clear_document_cache("Item", item.name)
	add_stock(item.name, 5)
	so = placed(item, 4)
	batch = frappe.get_doc("Batch", {"item": item.name})
	return Deed(saves(batch, expiry_date=add_days(nowdate(), -1)), here(item), covered(so, 0, 0, 4))


@deed("Stock Ledger Entry", "on_submit")
def something_is_posted(item):
	so = placed(item, 4)
	draft = saved(
		doc(
			"Purchase Receipt",
			supplier=make_supplier().name,
			items=[{"item_code": item.name, "qty": 3, "rate": 5, "warehouse": warehouse()}],
		)
	)
	return Deed(submits(draft), here(item), covered(so, 3, 0, 1))


@deed("Stock Reservation Entry", "on_submit")
def somebody_reserves_by_hand(item):
	add_stock(item.name, 3, into=warehouse("Leeds"))
	so = placed(item, 10)
	row = {
		"sales_order_item": so.items[0].name,
		"warehouse": warehouse("Leeds"),
		"qty_to_reserve": 3,
		"conversion_factor": 1,
	}
	return Deed(
		lambda: frappe.get_doc("Sales Order", so.name).create_stock_reservation_entries(
			items_details=[row], notify=False
		),
		here(item, warehouse("Leeds")),
		covered(so, 3, 0, 7),
	)


def reservation(order):
	return frappe.get_doc("Stock Reservation Entry", {"voucher_no": order.name, "docstatus": 1})


@deed("Stock Reservation Entry", "on_cancel")
def somebody_unreserves_by_hand(item):
	add_stock(item.name, 5)
	so = placed(item, 5)
	placed(item, 5, b2b_priority=1)
	return Deed(cancels(reservation(so)), here(item), covered(so, 5, 0, 0))


@deed("Stock Reservation Entry", "on_update_after_submit")
def somebody_cuts_a_reservation_by_hand(item):
	add_stock(item.name, 5)
	so, urgent = placed(item, 5), placed(item, 2, b2b_priority=1)
	return Deed(
		saves(reservation(so), reserved_qty=2),
		here(item),
		both(covered(so, 3, 0, 2), covered(urgent, 2, 0, 0)),
	)


@deed("Repost Item Valuation", "on_change")
def a_repost_has_run(item):
	from erpnext.stock.doctype.repost_item_valuation.repost_item_valuation import repost

	add_stock(item.name, 5)
	so = placed(item, 9)
	submitted(
		entry(
			item,
			2,
			"Material Receipt",
			target=warehouse(),
			set_posting_time=1,
			posting_date=add_days(nowdate(), -3),
		)
	)
	waiting = frappe.db.get_value("Repost Item Valuation", {"item_code": item.name, "status": "Queued"})

	def act():
		# so that it leaves the transaction open
		frappe.flags.in_test = True
		try:
			repost(frappe.get_doc("Repost Item Valuation", waiting))
		finally:
			frappe.flags.in_test = False

	return Deed(act, here(item), covered(so, 7, 0, 2))


@deed("Item", "on_update")
def an_item_is_enabled_again(item):
	add_stock(item.name, 4)
	so, waiting = placed(item, 4), placed(item, 3)
	saves(item, disabled=1)()
	frappe.db.commit()
	frappe.get_doc("Sales Order", so.name).cancel()
	frappe.db.commit()
	assert figures(waiting) == (0, 0, 3)
	return Deed(saves(item, disabled=0), here(item), covered(waiting, 3, 0, 0))


@deed("Item", "after_rename")
def an_item_gets_another_name(item):
	add_stock(item.name, 4)
	so = placed(item, 3)
	name = unique("RENAMED")

	def then():
		assert figures(so) == (3, 0, 0)
		assert reservation(so).item_code == name

	return Deed(
		lambda: frappe.rename_doc("Item", item.name, name, show_alert=False, rebuild_search=False),
		{(name, warehouse())},
		then,
	)


@deed("Warehouse", "on_update")
def a_warehouse_is_opened_again(item):
	shed = warehouse(unique("Shed"))
	add_stock(item.name, 4, into=shed)
	so, waiting = placed(item, 4, into=shed), placed(item, 3, into=shed)
	place = frappe.get_doc("Warehouse", shed)
	saves(place, disabled=1)()
	frappe.db.commit()
	frappe.get_doc("Sales Order", so.name).cancel()
	frappe.db.commit()
	assert figures(waiting) == (0, 0, 3)
	return Deed(saves(place, disabled=0), here(item, shed), covered(waiting, 3, 0, 0))


@deed("Warehouse", "after_rename")
def a_warehouse_gets_another_name(item):
	shed, name = warehouse(unique("Shed")), f"{unique('Barn')} - NW"
	add_stock(item.name, 4, into=shed)
	so = placed(item, 3, into=shed)

	def then():
		assert figures(so) == (3, 0, 0)
		assert reservation(so).warehouse == name

	return Deed(
		lambda: frappe.rename_doc(
			"Warehouse", shed, name, force=True, show_alert=False, rebuild_search=False
		),
		{(item.name, name)},
		then,
	)


@deed("Customer", "on_update")
def a_customer_changes_its_group(item):
	buyer = make_customer()
	add_stock(item.name, 4)
	so = placed(item, 4, customer=buyer.name)
	other = frappe.db.get_value("Customer Group", {"is_group": 0, "name": ("!=", buyer.customer_group)})
	return Deed(saves(buyer, customer_group=other), here(item), covered(so, 4, 0, 0))


@deed("Trade Account", "on_update")
def an_account_gets_another_class(item):
	account = make_trade_account(make_customer().name, commit=False)
	so = placed(item, 4, customer=account.customer)
	return Deed(saves(account, priority=3), here(item), covered(so, 0, 0, 4))


@deed("Trade Account", "on_trash")
def an_account_that_no_order_names_is_deleted(item):
	buyer = make_customer()
	so = placed(item, 4, customer=buyer.name)
	account = make_trade_account(buyer.name, commit=False, priority=3)
	return Deed(account.delete, here(item), covered(so, 0, 0, 4))
