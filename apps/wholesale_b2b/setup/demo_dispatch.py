"""The demo's stories of dispatch: a chain's twelve stores on one order, an order that ships in parts, one that goes abroad.

A newcomer finds a picked list to dispatch (TWELVE-STORES), a half-shipped order with its invoice and an advance
(THREE-PARTS), and customs papers (FRENCH-SHOP). Every step looks before it makes.
"""

from __future__ import annotations

import frappe
from frappe.utils import add_days, getdate

from wholesale_b2b.setup.demo_steps import ensure, is_ordered, pay, pick, ship, submit

EORI = "GB123456789000"
TARIFF = "44191900"
CARRIER = "Pennine Parcels"
# (code, name, price, on hand in Leeds, weight in kg)
ITEMS = (
	("TRAY-OAK", "Serving Tray, Oak", 18.00, 150, 0.9),
	("BOARD-BEECH", "Bread Board, Beech", 11.50, 40, 1.2),
)
CHAIN = "Twelve Bells Gift Shops"
PARTS = "Cairn & Co"
FRENCH = "Maison Lefort"
TOWNS = "York Harrogate Whitby Ripon Skipton Ilkley Hexham Durham Kendal Keswick Buxton Bakewell".split()


def create(company: str, warehouse: str, price_list: str) -> None:
	"""Make what is missing of the stories. warehouse: where their stock is. Call it once the company is switched on."""
	_masters(company, warehouse, price_list)
	_twelve_stores(company, warehouse)
	_three_parts(company, warehouse)
	_french_shop(company, warehouse)


def _masters(company: str, warehouse: str, price_list: str) -> None:
	if not frappe.db.get_value("Company", company, "b2b_eori"):
		frappe.db.set_value("Company", company, "b2b_eori", EORI)
	ensure(
		"Address",
		{"address_title": company},
		address_title=company,
		address_type="Office",
		address_line1="Unit 7, Canal Wharf",
		city="Leeds",
		pincode="LS11 5PS",
		country="United Kingdom",
		is_your_company_address=1,
		links=[{"link_doctype": "Company", "link_name": company}],
	)
	ensure("Customs Tariff Number", TARIFF, tariff_number=TARIFF, description="Tableware of wood")
	group = frappe.db.get_value("Supplier Group", {"is_group": 0}, order_by="name")
	ensure(
		"Supplier", {"supplier_name": CARRIER}, supplier_name=CARRIER, supplier_group=group, is_transporter=1
	)
	ensure("Incoterm", "DAP", code="DAP", title="Delivered at Place")
	for code, name, price, qty, weight in ITEMS:
		if frappe.db.exists("Item", code):
			continue
		ensure(
			"Item",
			code,
			item_code=code,
			item_name=name,
			item_group="Homeware",
			stock_uom="Nos",
			is_stock_item=1,
			valuation_rate=price / 2,
			customs_tariff_number=TARIFF,
			country_of_origin="United Kingdom",
			weight_per_unit=weight,
			weight_uom="Kg",
			item_defaults=[{"company": company, "default_warehouse": warehouse}],
		)
		ensure(
			"Item Price",
			{"item_code": code, "price_list": price_list},
			price_list=price_list,
			item_code=code,
			price_list_rate=price,
		)
		submit(
			"Stock Entry",
			company=company,
			stock_entry_type="Material Receipt",
			items=[{"item_code": code, "t_warehouse": warehouse, "qty": qty, "basic_rate": price / 2}],
		)
	for name in (CHAIN, PARTS, FRENCH):
		ensure(
			"Customer",
			{"customer_name": name},
			customer_name=name,
			customer_type="Company",
			customer_group="Trade",
			territory=frappe.db.get_value("Territory", {"is_group": 1}, order_by="lft"),
			default_price_list=price_list,
		)


def _account(customer: str, company: str, **fields: object) -> str:
	found = frappe.db.get_value("Trade Account", {"customer": customer})
	if found:
		return found
	doc = {
		"doctype": "Trade Account",
		"account_name": customer,
		"customer": customer,
		"company": company,
		"status": "Active",
		**fields,
	}
	return frappe.get_doc(doc).insert().name


def _address(customer: str, town: str, country: str = "United Kingdom") -> str:
	title = f"{customer} {town}"
	found = frappe.db.get_value("Address", {"address_title": title})
	if found:
		return found
	doc = {
		"doctype": "Address",
		"address_title": title,
		"address_type": "Shipping",
		"address_line1": "14 Market Place",
		"city": town,
		"country": country,
		"links": [{"link_doctype": "Customer", "link_name": customer}],
	}
	return frappe.get_doc(doc).insert().name


def _twelve_stores(company: str, warehouse: str) -> None:
	"""One order, twelve addresses, three dates; picked, and waiting for somebody to press *Dispatch*."""
	if is_ordered("TWELVE-STORES"):
		return
	account = _account(CHAIN, company, invoicing="Monthly", statement_day=31)
	rows = [
		{
			"item_code": "TRAY-OAK",
			"qty": 6,
			"delivery_date": add_days(getdate(), (7, 14, 28)[number % 3]),
			"b2b_delivery_address": _address(CHAIN, town),
			"warehouse": warehouse,
		}
		for number, town in enumerate(TOWNS)
	]
	order = _order(company, CHAIN, account, "TWELVE-STORES", rows)
	pick(order)


def _three_parts(company: str, warehouse: str) -> None:
	"""100 boards ordered and 500.00 paid; 40 were there and have shipped with their invoice; the rest comes later."""
	if is_ordered("THREE-PARTS"):
		return
	account = _account(PARTS, company, invoicing="At Dispatch")
	address = _address(PARTS, "Leeds")
	rows = [
		{
			"item_code": "BOARD-BEECH",
			"qty": 100,
			"delivery_date": add_days(getdate(), 5),
			"warehouse": warehouse,
		}
	]
	order = _order(company, PARTS, account, "THREE-PARTS", rows, shipping_address_name=address)
	pay(order, 500, "BACS 0412")
	_ship(pick(order), "PP 7741 2209")
	supplier = frappe.db.get_value("Supplier", {"is_transporter": 0}, order_by="name desc")
	for days, qty in ((6, 35), (20, 25)):
		row = {"item_code": "BOARD-BEECH", "qty": qty, "rate": 5, "warehouse": warehouse}
		due = add_days(getdate(), days)
		submit(
			"Purchase Order",
			company=company,
			supplier=supplier,
			schedule_date=due,
			items=[{**row, "schedule_date": due}],
		)


def _french_shop(company: str, warehouse: str) -> None:
	"""An order to France whose papers are complete: shipped, with commercial invoice and packing list to print."""
	if is_ordered("FRENCH-SHOP"):
		return
	account = _account(FRENCH, company, eori="FR12345678900012", incoterm="DAP")
	address = _address(FRENCH, "Lyon", "France")
	rows = [
		{"item_code": "TRAY-OAK", "qty": 24, "delivery_date": add_days(getdate(), 3), "warehouse": warehouse}
	]
	order = _order(company, FRENCH, account, "FRENCH-SHOP", rows, shipping_address_name=address)
	_ship(pick(order), "PP 7741 3310")


def _order(
	company: str, customer: str, account: str, reference: str, rows: list[dict], **fields: object
) -> str:
	price_list = frappe.db.get_value("Customer", customer, "default_price_list")
	return submit(
		"Sales Order",
		company=company,
		customer=customer,
		b2b_trade_account=account,
		selling_price_list=price_list,
		po_no=reference,
		delivery_date=rows[0]["delivery_date"],
		items=rows,
		**fields,
	)


def _ship(pick_list: str, tracking_number: str) -> None:
	ship(pick_list, frappe.db.get_value("Supplier", {"supplier_name": CARRIER}), tracking_number)
