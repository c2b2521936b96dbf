"""Every kind of future supply: pegged, moved to the shelf when it arrives, let go when it ends."""

import frappe
import pytest
from builders import COMPANY, add_stock, make_item, make_sales_order, warehouse
from frappe.utils import add_days, getdate, now_datetime, nowdate

from wholesale_b2b.allocation.store import sources

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
