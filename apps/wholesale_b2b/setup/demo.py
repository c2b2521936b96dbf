"""The demo company's masters, stock, purchase orders and the two stories that the README walks through.

Every step looks before it makes, so a second call adds nothing and a broken one can be resumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe.utils import add_days, getdate
from frappe.utils.password import update_password

from wholesale_b2b.setup import (
	demo_accounts,
	demo_cash,
	demo_dispatch,
	demo_picking,
	demo_policies,
	demo_pricing,
	demo_returns,
)
from wholesale_b2b.setup.demo_steps import ensure, submit

PASSWORD = "northgate"
DOMAIN = "northgate.example"
TRADE_LIST = "Trade"
RETAIL_LIST = "Standard Selling"
MAIN_WAREHOUSE = "Leeds"
SECOND_WAREHOUSE = "Reading"


@dataclass(frozen=True)
class DemoItem:
	code: str
	name: str
	group: str
	cost: float
	trade: float
	retail: float
	leeds: float = 0
	reading: float = 0


@dataclass(frozen=True)
class DemoUser:
	login: str
	name: str
	what: str
	roles: tuple[str, ...]


@dataclass(frozen=True)
class DemoOrder:
	"""`reference` is the customer's own order number, by which a second call finds the order again."""

	reference: str
	customer: str
	item: str
	qty: float
	in_days: int


ITEMS = (
	DemoItem("MUG-COBALT", "Stoneware Mug, Cobalt", "Homeware", 2.40, 4.50, 9.00, leeds=600),
	DemoItem("LANTERN-BRASS", "Brass Storm Lantern", "Homeware", 9.50, 17.00, 34.00),
	DemoItem("MUG-OCHRE", "Stoneware Mug, Ochre", "Homeware", 2.40, 4.50, 9.00, leeds=240, reading=120),
	DemoItem("CANDLE-FIG", "Scented Candle, Fig", "Giftware", 3.10, 6.00, 14.00, leeds=400, reading=150),
	DemoItem("CANDLE-CEDAR", "Scented Candle, Cedar", "Giftware", 3.10, 6.00, 14.00, leeds=80),
	DemoItem("THROW-WOOL", "Recycled Wool Throw", "Homeware", 12.00, 22.00, 45.00, leeds=60, reading=40),
	DemoItem("TEATOWEL-3", "Tea Towels, Set of Three", "Homeware", 3.60, 7.00, 15.00, leeds=300),
	DemoItem("NOTEBOOK-A5", "Cloth Notebook, A5", "Giftware", 2.00, 4.20, 9.50, leeds=500, reading=200),
	DemoItem("TIN-TRAVEL", "Travel Tin, Botanical", "Giftware", 1.10, 2.50, 6.00, reading=350),
	DemoItem("VASE-BUD", "Glass Bud Vase", "Homeware", 2.80, 5.40, 12.00, leeds=144),
)

TRADE_CUSTOMERS = ("Harbour Gifts Ltd", "The Pantry & Home Co", "Fell & Dale Stores")
RETAIL_CUSTOMERS = ("Web Shop", "Priya Sharma")
SUPPLIERS = ("Longton Potteries", "Brightwell Metalware")

# (supplier, item, quantity, days until it is due)
PURCHASES = (
	("Brightwell Metalware", "LANTERN-BRASS", 100, 10),
	("Longton Potteries", "MUG-OCHRE", 500, 21),
)

USERS = (
	DemoUser(
		"manager", "Morgan Hale", "Wholesale Manager", ("Wholesale Manager", "Sales Manager", "Stock User")
	),
	DemoUser("desk", "Dana Frost", "Trade Desk User", ("Trade Desk User", "Sales User")),
	DemoUser(
		"sales",
		"Sam Okafor",
		"Sales User who may look up stock and purchase orders",
		("Sales User", "Stock User"),
	),
	DemoUser("stock", "Stevie Lund", "Stock User", ("Stock User",)),
	DemoUser("purchase", "Pat Moreau", "Purchase User", ("Purchase User",)),
	DemoUser("accounts", "Alex Reid", "Accounts User", ("Accounts User",)),
)
BUYER = DemoUser(
	"buyer", "Hari Patel", "Wholesale Buyer of Harbour Gifts Ltd, on the website", ("Wholesale Buyer",)
)
BUYER_CUSTOMER = "Harbour Gifts Ltd"

TUESDAY = (
	DemoOrder("TUESDAY-TRADE", "Harbour Gifts Ltd", "MUG-COBALT", 500, 7),
	DemoOrder("TUESDAY-RETAIL", "Web Shop", "MUG-COBALT", 150, 2),
)
FORWARD = (DemoOrder("FORWARD-ORDER", "The Pantry & Home Co", "LANTERN-BRASS", 40, 14),)


def create(company: str) -> list[dict[str, str]]:
	"""Make what is missing of the demo; return the log-ins: user, password, what it is for."""
	create_groups()
	create_items(company)
	create_parties()
	create_prices()
	create_stock(company)
	create_purchase_orders(company)
	logins = create_users()
	create_orders(company, (*TUESDAY, *FORWARD))
	leeds, reading = warehouse(company, MAIN_WAREHOUSE), warehouse(company, SECOND_WAREHOUSE)
	demo_dispatch.create(company, leeds, TRADE_LIST)
	demo_accounts.create(company, leeds, reading, TRADE_LIST, DOMAIN, PASSWORD)
	demo_returns.create(company, leeds, TRADE_LIST)
	demo_policies.create(company, leeds, TRADE_LIST)
	demo_picking.create(company, reading, TRADE_LIST)
	demo_pricing.create(company, TRADE_LIST)
	demo_cash.create(company, leeds, reading, TRADE_LIST)
	return logins


def create_groups() -> None:
	for name in sorted({item.group for item in ITEMS}):
		ensure("Item Group", name, item_group_name=name, parent_item_group=root("Item Group"))
	for name in ("Trade", "Retail"):
		ensure("Customer Group", name, customer_group_name=name, parent_customer_group=root("Customer Group"))
	ensure("Price List", TRADE_LIST, price_list_name=TRADE_LIST, currency="GBP", selling=1, enabled=1)


def create_items(company: str) -> None:
	for item in ITEMS:
		ensure(
			"Item",
			item.code,
			item_code=item.code,
			item_name=item.name,
			item_group=item.group,
			stock_uom="Nos",
			is_stock_item=1,
			valuation_rate=item.cost,
			item_defaults=[{"company": company, "default_warehouse": warehouse(company, MAIN_WAREHOUSE)}],
		)


def create_parties() -> None:
	for name in TRADE_CUSTOMERS:
		create_customer(name, "Trade", TRADE_LIST)
	for name in RETAIL_CUSTOMERS:
		create_customer(name, "Retail", RETAIL_LIST)
	group = frappe.db.get_value("Supplier Group", {"is_group": 0}, order_by="name")
	for name in SUPPLIERS:
		ensure("Supplier", {"supplier_name": name}, supplier_name=name, supplier_group=group)


def create_customer(name: str, group: str, price_list: str) -> None:
	ensure(
		"Customer",
		{"customer_name": name},
		customer_name=name,
		customer_type="Individual" if name == "Priya Sharma" else "Company",
		customer_group=group,
		territory=root("Territory"),
		default_price_list=price_list,
	)


def create_prices() -> None:
	for item in ITEMS:
		for price_list, rate in (
			(TRADE_LIST, item.trade),
			(RETAIL_LIST, item.retail),
			("Standard Buying", item.cost),
		):
			key = {"item_code": item.code, "price_list": price_list}
			ensure("Item Price", key, price_list_rate=rate, **key)


def create_stock(company: str) -> None:
	"""Opening stock, one receipt for each warehouse."""
	for place in (MAIN_WAREHOUSE, SECOND_WAREHOUSE):
		target = warehouse(company, place)
		rows = [
			{"item_code": item.code, "t_warehouse": target, "qty": qty, "basic_rate": item.cost}
			for item in ITEMS
			if (qty := item.leeds if place == MAIN_WAREHOUSE else item.reading)
			and not frappe.db.exists("Stock Ledger Entry", {"item_code": item.code, "warehouse": target})
		]
		if rows:
			submit("Stock Entry", company=company, stock_entry_type="Material Receipt", items=rows)


def create_purchase_orders(company: str) -> None:
	for supplier, item, qty, days in PURCHASES:
		supplier_name = frappe.db.get_value("Supplier", {"supplier_name": supplier})
		ordered = frappe.get_all(
			"Purchase Order",
			filters=[
				["supplier", "=", supplier_name],
				["docstatus", "=", 1],
				["Purchase Order Item", "item_code", "=", item],
			],
		)
		if ordered:
			continue
		due = add_days(getdate(), days)
		row = {
			"item_code": item,
			"qty": qty,
			"schedule_date": due,
			"warehouse": warehouse(company, MAIN_WAREHOUSE),
		}
		submit("Purchase Order", company=company, supplier=supplier_name, schedule_date=due, items=[row])


def create_users() -> list[dict[str, str]]:
	logins = [create_user(user, "System User") for user in USERS]
	logins.append(create_user(BUYER, "Website User"))
	customer = frappe.get_doc("Customer", {"customer_name": BUYER_CUSTOMER})
	if address(BUYER) not in {row.user for row in customer.portal_users}:
		customer.append("portal_users", {"user": address(BUYER)})
		customer.save()
	return logins


def create_user(user: DemoUser, kind: str) -> dict[str, str]:
	email = address(user)
	if not frappe.db.exists("User", email):
		first, _, last = user.name.partition(" ")
		doc = frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": first,
				"last_name": last,
				"user_type": kind,
				"send_welcome_email": 0,
				"roles": [{"role": role} for role in user.roles],
			}
		)
		doc.flags.no_welcome_mail = True
		doc.insert(ignore_permissions=True)
		update_password(email, PASSWORD)
	return {"user": email, "password": PASSWORD, "what": user.what}


def create_orders(company: str, orders: Iterable[DemoOrder]) -> None:
	for order in orders:
		if frappe.db.exists("Sales Order", {"po_no": order.reference, "docstatus": 1}):
			continue
		customer = frappe.db.get_value(
			"Customer", {"customer_name": order.customer}, ["name", "default_price_list"], as_dict=True
		)
		date = add_days(getdate(), order.in_days)
		row = {
			"item_code": order.item,
			"qty": order.qty,
			"delivery_date": date,
			"warehouse": warehouse(company, MAIN_WAREHOUSE),
		}
		submit(
			"Sales Order",
			company=company,
			customer=customer.name,
			selling_price_list=customer.default_price_list,
			po_no=order.reference,
			delivery_date=date,
			items=[row],
		)


def root(doctype: str) -> str:
	"""The top of a tree of groups."""
	return frappe.db.get_value(doctype, {"is_group": 1}, order_by="lft")


def warehouse(company: str, name: str) -> str:
	return frappe.db.get_value("Warehouse", {"company": company, "warehouse_name": name})


def address(user: DemoUser) -> str:
	return f"{user.login}@{DOMAIN}"
