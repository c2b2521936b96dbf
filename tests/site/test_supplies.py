"""Every kind of future supply: pegged, moved to the shelf when it arrives, let go when it ends."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_user,
	warehouse,
)
from frappe.utils import add_days, getdate, now_datetime, nowdate

from wholesale_b2b.allocation.store import sources
from wholesale_b2b.api import v1

pytestmark = pytest.mark.usefixtures("promises_hold")


def figures(order):
	order.reload()
	line = order.items[0]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty, line.b2b_promise_date


@pytest.fixture
def home():
	"""A warehouse with a transit warehouse of its own."""
	name, transit = warehouse("Harrogate"), warehouse("On the Road to Harrogate")
	frappe.db.set_value("Warehouse", transit, "warehouse_type", "Transit")
	frappe.db.set_value("Warehouse", name, "default_in_transit_warehouse", transit)
	frappe.db.commit()
	return name, transit


def transfer(item, qty, source, target, **fields):
	row = {"item_code": item.name, "qty": qty, "s_warehouse": source, "t_warehouse": target}
	doc = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Transfer",
			"company": COMPANY,
			"items": [row],
			**fields,
		}
	)
	doc.insert().submit()
	frappe.db.commit()
	return doc


def test_a_transfer_on_its_way(item, home):
	from erpnext.stock.doctype.stock_entry.stock_entry import make_stock_in_entry

	name, transit = home
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 8, into=name)
	assert figures(so)[:3] == (0, 0, 8)
	outward = transfer(item, 6, warehouse(), transit, add_to_transit=1)
	assert figures(so)[:3] == (0, 6, 8)

	arrived = make_stock_in_entry(outward.name)
	for row in arrived.items:
		row.t_warehouse, row.qty = name, 4
	arrived.insert().submit()
	frappe.db.commit()
	assert figures(so)[:3] == (4, 2, 4)


def work_order(item, qty, days=5):
	part = make_item()
	bom = frappe.get_doc(
		{
			"doctype": "BOM",
			"item": item.name,
			"company": COMPANY,
			"quantity": 1,
			"items": [{"item_code": part.name, "qty": 1, "rate": 1}],
		}
	)
	bom.insert().submit()
	add_stock(part.name, qty, into=warehouse("Leeds"))
	doc = frappe.get_doc(
		{
			"doctype": "Work Order",
			"company": COMPANY,
			"production_item": item.name,
			"bom_no": bom.name,
			"qty": qty,
			"fg_warehouse": warehouse(),
			"source_warehouse": warehouse("Leeds"),
			"wip_warehouse": warehouse("Leeds"),
			"skip_transfer": 1,
			"planned_start_date": now_datetime(),
		}
	)
	doc.insert()
	for row in doc.required_items:
		row.source_warehouse = warehouse("Leeds")
	doc.save()
	doc.submit()
	frappe.db.set_value("Work Order", doc.name, "planned_end_date", f"{add_days(nowdate(), days)} 12:00:00")
	frappe.db.commit()
	return doc


def test_a_work_order_is_promised_from_its_planned_end(item):
	from erpnext.manufacturing.doctype.work_order.work_order import make_stock_entry, stop_unstop

	order = work_order(item, 20)
	so = make_sales_order(item.name, 12)
	assert figures(so) == (0, 12, 12, getdate(add_days(nowdate(), 5)))

	made = frappe.get_doc(make_stock_entry(order.name, "Manufacture", 5))
	made.insert().submit()
	frappe.db.commit()
	assert figures(so)[:3] == (5, 7, 7)

	stop_unstop(order.name, "Stopped")
	frappe.db.commit()
	assert figures(so) == (5, 0, 7, None)
	stop_unstop(order.name, "Resumed")
	frappe.db.commit()
	assert figures(so)[:3] == (5, 7, 7)

	made.reload()
	made.cancel()
	frappe.db.commit()
	assert figures(so)[:3] == (0, 12, 12)


class Airlift(sources.SupplySource):
	"""What another app could bring: units noted on a ToDo."""

	supply_type = "ToDo"

	def rows(self, items, warehouses, named):
		return self.query(
			"""select reference_name as item_code, %(place)s as warehouse, name, name as row,
				0 as received, if(status = 'Open', 7, 0) as open, date as expected from `tabToDo`
			where name in %(named)s or (reference_type = 'Item' and reference_name in %(items)s and status = 'Open')""",
			items,
			warehouses,
			named,
			place=warehouse(),
		)

	def keys(self, names):
		return {
			(item, warehouse())
			for item in frappe.get_all("ToDo", {"name": ("in", names)}, pluck="reference_name")
		}


def test_another_app_brings_a_kind_of_supply(item, monkeypatch):
	real = frappe.get_hooks

	def with_theirs(hook=None, *args, **kwargs):
		found = real(hook, *args, **kwargs)
		return [*found, f"{__name__}.Airlift"] if hook == "b2b_supply_sources" else found

	installed = frappe.get_installed_apps
	monkeypatch.setattr(frappe, "get_hooks", with_theirs)
	monkeypatch.setattr(frappe, "get_installed_apps", lambda **kw: [*installed(**kw), __name__.split(".")[0]])
	frappe.local.b2b_supply_sources = None
	todo = frappe.get_doc(
		{
			"doctype": "ToDo",
			"description": "Airlift",
			"reference_type": "Item",
			"reference_name": item.name,
			"date": add_days(nowdate(), 2),
		}
	).insert()
	so = make_sales_order(item.name, 5)
	assert figures(so) == (0, 5, 5, getdate(add_days(nowdate(), 2)))
	peg = frappe.get_all("Stock Pre Allocation", {"sales_order": so.name}, ["supply_type", "supply_name"])
	assert peg == [{"supply_type": "ToDo", "supply_name": todo.name}]
	so.cancel()
	frappe.db.commit()
	frappe.local.b2b_supply_sources = None


# ---- who waits for it -------------------------------------------------------------------------------------------


def waiting(doc):
	rows = v1.supply_allocation(doc.doctype, doc.name)["lines"]
	return [
		(
			row["warehouse"],
			row["stock_qty"],
			row["open_qty"],
			row["pre_allocated_qty"],
			row["free_qty"],
			[(waiter["sales_order"], waiter["qty"]) for waiter in row["waiting"]],
		)
		for row in rows
	]


def test_who_waits_for_a_work_order(item):
	order = work_order(item, 20)
	so = make_sales_order(item.name, 12)
	assert waiting(order) == [(warehouse(), 20, 20, 12, 8, [(so.name, 12)])]
	(row,) = v1.supply_allocation("Work Order", order.name)["lines"]
	assert (row["item_code"], row["stock_uom"], row["expected_date"]) == (
		item.name,
		"Nos",
		getdate(add_days(nowdate(), 5)),
	)


def test_who_waits_for_a_transfer_on_its_way(item, home):
	name, transit = home
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 4, into=name)
	outward = transfer(item, 6, warehouse(), transit, add_to_transit=1)
	assert waiting(outward) == [(name, 6, 6, 4, 2, [(so.name, 4)])]
	nowhere = transfer(item, 2, warehouse(), warehouse("Leeds"))
	assert [row[2] for row in waiting(nowhere)] in ([], [0])


def test_who_waits_is_told_to_those_who_may_read_the_document(item):
	order = work_order(item, 20)
	maker, seller = make_user("Manufacturing User").name, make_user("Sales User").name
	frappe.db.commit()
	frappe.set_user(maker)
	assert len(waiting(order)) == 1
	for user in (seller, "Guest"):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			v1.supply_allocation("Work Order", order.name)
	frappe.set_user(maker)
	with pytest.raises(frappe.ValidationError, match="Nothing is promised from"):
		v1.supply_allocation("User", "Administrator")
	with pytest.raises(frappe.DoesNotExistError):
		v1.supply_allocation("Work Order", "there is none")


def test_a_purchase_order_that_is_set_to_delivered_promises_nothing(item):
	"""ERPNext offers *Delivered* where a part of the order goes from the supplier to the customer."""
	order = make_sales_order(item.name, 10)
	po = make_purchase_order(item.name, 10)
	order.reload()
	assert order.items[0].b2b_pre_allocated_qty == 10
	po.update_status("Delivered")
	frappe.db.commit()
	order.reload()
	assert order.items[0].b2b_pre_allocated_qty == 0
	po.reload()
	po.update_status("Submitted")
	frappe.db.commit()
	order.reload()
	assert order.items[0].b2b_pre_allocated_qty == 10


def subcontracted(item, qty):
	"""A Subcontracting Order for `qty` of an item, and its supplier's warehouse."""
	from erpnext.buying.doctype.purchase_order.purchase_order import make_subcontracting_order

	item.is_sub_contracted_item = 1
	item.save()
	part, service, away = make_item(), make_item(is_stock_item=0), warehouse("Finisher")
	frappe.get_doc(
		{
			"doctype": "BOM",
			"item": item.name,
			"company": COMPANY,
			"quantity": 1,
			"items": [{"item_code": part.name, "qty": 1, "rate": 1}],
		}
	).insert().submit()
	row = {"fg_item": item.name, "fg_item_qty": qty}
	purchase = make_purchase_order(
		service.name, qty, is_subcontracted=1, supplier_warehouse=away, do_not_save=True
	)
	purchase.items[0].update(row)
	purchase.insert().submit()
	order = frappe.get_doc(make_subcontracting_order(purchase.name))
	order.supplier_warehouse = away
	for line in order.items:
		line.warehouse, line.schedule_date = warehouse(), add_days(nowdate(), 9)
	order.insert().submit()
	frappe.db.commit()
	return order


def test_what_a_subcontractor_owes_is_promised_and_shown(item):
	order = subcontracted(item, 20)
	so = make_sales_order(item.name, 12)
	assert figures(so)[:3] == (0, 12, 12)
	assert waiting(order) == [(warehouse(), 20, 20, 12, 8, [(so.name, 12)])]
	order.reload()
	order.cancel()
	frappe.db.commit()
	assert figures(so)[:3] == (0, 0, 12)
	assert waiting(order) == [(warehouse(), 20, 0, 0, 0, [])]
