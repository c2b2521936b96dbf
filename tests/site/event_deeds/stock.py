"""Stock Entries and counts."""

import frappe
from builders import (
	add_stock,
	make_count,
	make_item,
	make_loss_type,
	make_sales_order,
	warehouse,
)

from event_deeds.production import subcontracted, work_order
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
	submits,
	submitted,
)


@deed("Stock Entry", "on_submit")
def goods_are_found(item):
	so = placed(item, 4)
	draft = saved(entry(item, 3, "Material Receipt", target=warehouse()))
	return Deed(submits(draft), here(item), covered(so, 3, 0, 1))


@deed("Stock Entry", "on_submit")
def goods_move_to_where_they_are_owed(item):
	add_stock(item.name, 5, into=warehouse("Leeds"))
	so = placed(item, 4)
	draft = saved(entry(item, 3, "Material Transfer", source=warehouse("Leeds"), target=warehouse()))
	return Deed(submits(draft), here(item) | here(item, warehouse("Leeds")), covered(so, 3, 0, 1))


@deed("Stock Entry", "on_submit")
def goods_are_put_on_the_road(item):
	home, transit = warehouse("Harrogate"), warehouse("On the Road to Harrogate")
	frappe.db.set_value("Warehouse", transit, "warehouse_type", "Transit")
	frappe.db.set_value("Warehouse", home, "default_in_transit_warehouse", transit)
	add_stock(item.name, 5)
	so = placed(item, 4, into=home)
	draft = saved(entry(item, 3, "Material Transfer", source=warehouse(), target=transit, add_to_transit=1))
	return Deed(submits(draft), here(item) | here(item, home), covered(so, 0, 3, 4))


@deed("Stock Entry", "on_submit")
def goods_are_repacked(item):
	boxed = make_item()
	add_stock(boxed.name, 1)
	so = placed(item, 4)
	repack = doc(
		"Stock Entry",
		stock_entry_type="Repack",
		items=[
			{"item_code": boxed.name, "qty": 1, "s_warehouse": warehouse()},
			{"item_code": item.name, "qty": 6, "t_warehouse": warehouse()},
		],
	)
	return Deed(submits(saved(repack)), here(item) | here(boxed), covered(so, 4, 0, 0))


@deed("Stock Entry", "on_submit")
def goods_are_taken_apart(item):
	from erpnext.manufacturing.doctype.work_order.work_order import make_stock_entry

	order, part = work_order(item, 6)
	submitted(frappe.get_doc(make_stock_entry(order.name, "Manufacture", 6)))
	so = placed(item, 2)
	waiting = make_sales_order(part.name, 3, into=warehouse("Leeds"))
	apart = frappe.get_doc(
		make_stock_entry(order.name, "Disassemble", 4, target_warehouse=warehouse("Leeds"))
	)
	return Deed(
		submits(saved(apart)),
		here(item) | here(part, warehouse("Leeds")),
		both(covered(so, 2, 0, 0), covered(waiting, 3, 0, 0)),
	)


@deed("Stock Entry", "on_submit")
def materials_go_to_the_subcontractor(item):
	from erpnext.controllers.subcontracting_controller import make_rm_stock_entry

	order, part, outside = subcontracted(item, 5)
	add_stock(part.name, 7)
	so = make_sales_order(part.name, 2)
	rows = [
		{
			"item_code": item.name,
			"rm_item_code": part.name,
			"qty": 5,
			"warehouse": warehouse(),
			"stock_uom": "Nos",
			"main_item_code": item.name,
			"name": order.supplied_items[0].name,
		}
	]
	sent = frappe.get_doc(make_rm_stock_entry(order.name, rows))
	for row in sent.items:
		row.s_warehouse = warehouse()
	return Deed(submits(saved(sent)), here(part) | here(part, outside), covered(so, 2, 0, 0))


@deed("Stock Entry", "on_submit")
def goods_are_broken(item):
	kind = make_loss_type()
	add_stock(item.name, 5)
	first, last = placed(item, 3), placed(item, 2)
	draft = saved(entry(item, 3, kind.name, source=warehouse()))
	return Deed(submits(draft), here(item), both(covered(first, 2, 0, 1), covered(last, 0, 0, 2)))


@deed("Stock Entry", "on_cancel")
def an_issue_is_cancelled(item):
	add_stock(item.name, 5)
	issued = submitted(entry(item, 3, "Material Issue", source=warehouse()))
	so = placed(item, 4)
	return Deed(cancels(issued), here(item), covered(so, 4, 0, 0))


@deed("Stock Entry", "on_cancel")
def a_manufacture_is_cancelled(item):
	from erpnext.manufacturing.doctype.work_order.work_order import make_stock_entry

	order, _part = work_order(item, 6)
	so = placed(item, 4)
	made = submitted(frappe.get_doc(make_stock_entry(order.name, "Manufacture", 3)))
	assert figures(so) == (3, 1, 1)
	return Deed(cancels(made), here(item), covered(so, 0, 4, 4))


@deed("Stock Reconciliation", "on_submit")
def more_is_counted(item):
	add_stock(item.name, 2)
	so = placed(item, 4)
	return Deed(submits(make_count(item.name, 3, do_not_submit=True)), here(item), covered(so, 3, 0, 1))


@deed("Stock Reconciliation", "on_submit")
def less_is_counted(item):
	add_stock(item.name, 5)
	first, last = placed(item, 3), placed(item, 2)
	draft = make_count(item.name, 2, do_not_submit=True)
	return Deed(submits(draft), here(item), both(covered(first, 2, 0, 1), covered(last, 0, 0, 2)))


@deed("Stock Reconciliation", "on_cancel")
def a_count_is_cancelled(item):
	add_stock(item.name, 5)
	count = make_count(item.name, 1)
	so = placed(item, 4)
	return Deed(cancels(count), here(item), covered(so, 4, 0, 0))
