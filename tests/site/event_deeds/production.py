"""Work Orders and subcontractors."""

import frappe
from builders import (
	add_stock,
	make_item,
	make_supplier,
	warehouse,
)
from frappe.utils import add_days, getdate, now_datetime, nowdate

from event_deeds.words import (
	Deed,
	cancels,
	covered,
	deed,
	doc,
	here,
	placed,
	saved,
	saves,
	submits,
	submitted,
)


def bill_of_materials(item):
	part = make_item()
	bom = doc("BOM", item=item.name, quantity=1, items=[{"item_code": part.name, "qty": 1, "rate": 1}])
	submitted(bom)
	return bom, part


def work_order(item, qty, do_not_submit=False):
	"""A Work Order with its materials at hand, and the material."""
	bom, part = bill_of_materials(item)
	add_stock(part.name, qty, into=warehouse("Leeds"))
	order = doc(
		"Work Order",
		production_item=item.name,
		bom_no=bom.name,
		qty=qty,
		fg_warehouse=warehouse(),
		source_warehouse=warehouse("Leeds"),
		wip_warehouse=warehouse("Leeds"),
		skip_transfer=1,
		planned_start_date=now_datetime(),
	).insert()
	for row in order.required_items:
		row.source_warehouse = warehouse("Leeds")
	order.save()
	if not do_not_submit:
		order.submit()
	frappe.db.commit()
	return order, part


@deed("Work Order", "on_submit")
def production_is_ordered(item):
	so = placed(item, 4)
	order, _part = work_order(item, 6, do_not_submit=True)
	return Deed(submits(order), here(item), covered(so, 0, 4, 4))


@deed("Work Order", "on_cancel")
def production_is_cancelled(item):
	so = placed(item, 4)
	order, _part = work_order(item, 6)
	return Deed(cancels(order), here(item), covered(so, 0, 0, 4))


@deed("Work Order", "on_update_after_submit")
def production_is_put_off(item):
	so = placed(item, 4)
	order, _part = work_order(item, 6)
	later = add_days(nowdate(), 25)

	def then():
		so.reload()
		assert so.items[0].b2b_promise_date == getdate(later)

	return Deed(saves(order, planned_end_date=f"{later} 12:00:00"), here(item), then)


@deed("Work Order", "on_change")
def production_is_stopped(item):
	from erpnext.manufacturing.doctype.work_order.work_order import stop_unstop

	so = placed(item, 4)
	order, _part = work_order(item, 6)
	return Deed(lambda: stop_unstop(order.name, "Stopped"), here(item), covered(so, 0, 0, 4))


@deed("Work Order", "on_change")
def production_is_closed(item):
	from erpnext.manufacturing.doctype.work_order.work_order import close_work_order

	so = placed(item, 4)
	order, _part = work_order(item, 6)
	return Deed(lambda: close_work_order(order.name, "Closed"), here(item), covered(so, 0, 0, 4))


def subcontracted(item, qty, do_not_submit=False):
	"""A Subcontracting Order for `item`, its material, and the warehouse at the subcontractor."""
	from erpnext.buying.doctype.purchase_order.purchase_order import make_subcontracting_order

	outside = warehouse("At the Subcontractor")
	frappe.db.set_value("Item", item.name, "is_sub_contracted_item", 1)
	_bom, part = bill_of_materials(item)
	service = make_item(is_stock_item=0)
	po = doc(
		"Purchase Order",
		supplier=make_supplier().name,
		is_subcontracted=1,
		supplier_warehouse=outside,
		schedule_date=add_days(nowdate(), 10),
		items=[
			{
				"item_code": service.name,
				"qty": qty,
				"rate": 2,
				"fg_item": item.name,
				"fg_item_qty": qty,
				"warehouse": warehouse(),
				"schedule_date": add_days(nowdate(), 10),
			}
		],
	)
	submitted(po)
	order = make_subcontracting_order(po.name)
	order.supplier_warehouse = outside
	for row in order.items:
		row.warehouse = warehouse()
	order.insert()
	if not do_not_submit:
		order.submit()
	frappe.db.commit()
	return order, part, outside


@deed("Subcontracting Order", "on_submit")
def a_subcontractor_is_asked(item):
	so = placed(item, 4)
	order, _part, _outside = subcontracted(item, 6, do_not_submit=True)
	return Deed(submits(order), here(item), covered(so, 0, 4, 4))


@deed("Subcontracting Order", "on_cancel")
def a_subcontractor_is_told_not_to(item):
	so = placed(item, 4)
	order, _part, _outside = subcontracted(item, 6)
	return Deed(cancels(order), here(item), covered(so, 0, 0, 4))


@deed("Subcontracting Order", "on_update_after_submit")
def a_subcontractor_will_be_late(item):
	so = placed(item, 4)
	order, _part, _outside = subcontracted(item, 6)
	later = add_days(nowdate(), 25)

	def put_off():
		fresh = frappe.get_doc("Subcontracting Order", order.name)
		fresh.items[0].expected_delivery_date = later
		fresh.save()

	def then():
		so.reload()
		assert so.items[0].b2b_promise_date == getdate(later)

	return Deed(put_off, here(item), then)


@deed("Subcontracting Order", "on_change")
def a_subcontracting_order_is_closed(item):
	from erpnext.subcontracting.doctype.subcontracting_order.subcontracting_order import (
		update_subcontracting_order_status,
	)

	so = placed(item, 4)
	order, _part, _outside = subcontracted(item, 6)
	return Deed(
		lambda: update_subcontracting_order_status(order.name, "Closed"), here(item), covered(so, 0, 0, 4)
	)


def subcontracting_receipt(item, qty):
	from erpnext.subcontracting.doctype.subcontracting_order.subcontracting_order import (
		make_subcontracting_receipt,
	)

	order, part, outside = subcontracted(item, 6)
	add_stock(part.name, 6, into=outside)
	receipt = make_subcontracting_receipt(order.name)
	receipt.items[0].qty = qty
	return saved(receipt)


@deed("Subcontracting Receipt", "on_submit")
def a_subcontractor_delivers(item):
	so = placed(item, 4)
	receipt = subcontracting_receipt(item, 3)
	return Deed(submits(receipt), here(item), covered(so, 3, 1, 1))


@deed("Subcontracting Receipt", "on_cancel")
def a_subcontractors_delivery_is_cancelled(item):
	so = placed(item, 4)
	receipt = subcontracting_receipt(item, 3)
	receipt.submit()
	frappe.db.commit()
	return Deed(cancels(receipt), here(item), covered(so, 0, 4, 4))
