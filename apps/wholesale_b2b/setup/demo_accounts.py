"""The demo's customer with two footings: Moorland Trading buys for its shops, and its staff buy for themselves.

A newcomer finds an account with a limit, a priority class, two sourcing warehouses and buyers who approve each other's
orders; an order from two shelves (MOORLAND-SHELVES), one that waits for a purchase order (MOORLAND-FORWARD), and one of the
staff shop, which pays beforehand (MOORLAND-STAFF).
"""

from __future__ import annotations

import frappe
from frappe.utils import add_days, getdate
from frappe.utils.password import update_password

from wholesale_b2b.setup.demo_steps import account, customer, ensure, item, order, submit

CUSTOMER = "Moorland Trading Co"
STAFF_SHOP = f"{CUSTOMER} – Staff Shop"
# (name, log-in, spending limit per order, who approves more)
BUYERS = (("Nora Lund", "nora", 500, "iris"), ("Iris Calder", "iris", 5000, None))
CRATE, JUG = "CRATE-PINE", "JUG-ENAMEL"


def create(company: str, leeds: str, reading: str, price_list: str, domain: str, password: str) -> None:
	"""Make what is missing. leeds, reading: warehouses. Call it once the company is switched on."""
	customer(CUSTOMER, price_list)
	item(company, CRATE, "Pine Crate, Large", 14.00, price_list, {leeds: 60, reading: 25})
	item(company, JUG, "Enamel Jug", 8.50, price_list, {leeds: 10})
	account(
		CUSTOMER,
		CUSTOMER,
		company,
		credit_limit=2000,
		priority=20,
		sales_rep=f"sales@{domain}",
		sourcing_warehouses=[{"warehouse": reading}, {"warehouse": leeds}],
		buyers=_buyers(domain, password),
		vat_number="GB980780684",
		notes="<p>Deliveries before ten, by the yard behind the shop.</p>",
	)
	account(STAFF_SHOP, CUSTOMER, company, channel="Staff Shop", pro_forma="Whole Order")
	order(company, CUSTOMER, "MOORLAND-SHELVES", [_row(CRATE, 40, 4, leeds)])
	if not frappe.db.exists("Purchase Order Item", {"item_code": JUG, "docstatus": 1}):
		due = add_days(getdate(), 12)
		submit(
			"Purchase Order",
			company=company,
			supplier=frappe.db.get_value("Supplier", {"supplier_name": "Longton Potteries"}),
			schedule_date=due,
			items=[{"item_code": JUG, "qty": 30, "rate": 4, "warehouse": leeds, "schedule_date": due}],
		)
	order(company, CUSTOMER, "MOORLAND-FORWARD", [_row(JUG, 25, 14, leeds)])
	order(company, CUSTOMER, "MOORLAND-STAFF", [_row(CRATE, 2, 7, leeds)], b2b_channel="Staff Shop")


def _row(item_code: str, qty: float, days: int, warehouse: str) -> dict:
	return {
		"item_code": item_code,
		"qty": qty,
		"delivery_date": add_days(getdate(), days),
		"warehouse": warehouse,
	}


def _buyers(domain: str, password: str) -> list[dict]:
	name = frappe.db.get_value("Customer", {"customer_name": CUSTOMER})
	rows = []
	for full_name, login, limit, approver in BUYERS:
		first, _space, last = full_name.partition(" ")
		email = f"{login}@{domain}"
		if not frappe.db.exists("User", email):
			user = frappe.get_doc(
				{
					"doctype": "User",
					"email": email,
					"first_name": first,
					"last_name": last,
					"user_type": "Website User",
					"send_welcome_email": 0,
					"roles": [{"role": "Wholesale Buyer"}],
				}
			)
			user.flags.no_welcome_mail = True
			user.insert(ignore_permissions=True)
			update_password(email, password)
		contact = ensure(
			"Contact",
			{"user": email},
			first_name=first,
			last_name=last,
			user=email,
			email_ids=[{"email_id": email, "is_primary": 1}],
			links=[{"link_doctype": "Customer", "link_name": name}],
		)
		if not frappe.db.exists("Dynamic Link", {"parent": contact, "link_name": name}):
			# ERPNext makes a contact of its own for a user
			doc = frappe.get_doc("Contact", contact)
			doc.append("links", {"link_doctype": "Customer", "link_name": name})
			doc.save()
		rows.append(
			{
				"contact": contact,
				"user": email,
				"spending_limit": limit,
				"needs_approval_from": f"{approver}@{domain}" if approver else None,
			}
		)
	return rows
