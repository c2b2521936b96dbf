"""Test documents, real ones. `do_not_save` and `do_not_submit` stop on the way; names are unique per call."""

import frappe
from frappe.utils import add_days, add_to_date, nowdate, random_string

COMPANY = "Northgate Wholesale Ltd"


def settle_everything() -> None:
	"""The minute's job, and what it leaves of a large set to background workers: there are none here."""
	from wholesale_b2b.allocation.service import marking, shares

	frappe.db.commit()
	marking.settle_marked()
	for share in range(shares.COUNT):
		marking.settle_share(share)
	frappe.db.commit()


def unique(prefix: str) -> str:
	return f"{prefix}-{random_string(8)}"


def warehouse(name: str = "Stores", company: str = COMPANY) -> str:
	"""Name of a warehouse of the company, made if it is not there."""
	found = frappe.db.get_value("Warehouse", {"warehouse_name": name, "company": company})
	if found:
		return found
	root = frappe.db.get_value(
		"Warehouse", {"company": company, "is_group": 1, "parent_warehouse": ("is", "not set")}
	)
	doc = {"doctype": "Warehouse", "warehouse_name": name, "company": company, "parent_warehouse": root}
	made = frappe.get_doc(doc).insert().name
	# ERPNext keeps the accounts of warehouses for the life of a process.
	frappe.flags.pop("warehouse_account_map", None)
	return made


def make_item(do_not_save: bool = False, **fields):
	"""A stock item of its own, without stock."""
	code = fields.pop("item_code", None) or unique("ITEM")
	doc = frappe.get_doc(
		{
			"doctype": "Item",
			"item_code": code,
			"item_name": code,
			"item_group": frappe.db.get_value("Item Group", {"is_group": 0}),
			"stock_uom": "Nos",
			"is_stock_item": 1,
			"valuation_rate": 5,
			**fields,
		}
	)
	return doc if do_not_save else doc.insert()


def make_bundle(parts):
	"""A Product Bundle of these items: item code → units in one. Its `components` are their codes, in order."""
	kit = make_item(is_stock_item=0)
	doc = frappe.get_doc(
		{
			"doctype": "Product Bundle",
			"new_item_code": kit.name,
			"items": [{"item_code": item, "qty": qty, "rate": 1} for item, qty in parts.items()],
		}
	).insert()
	frappe.db.commit()
	kit.components = list(parts)
	kit.bundle = doc.name
	return kit


def make_customer(**fields):
	name = unique("Customer")
	return frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": name,
			"customer_group": frappe.db.get_value("Customer Group", {"is_group": 0}),
			"territory": frappe.db.get_value("Territory", {"is_group": 0}),
			**fields,
		}
	).insert()


def make_supplier(**fields):
	return frappe.get_doc(
		{
			"doctype": "Supplier",
			"supplier_name": unique("Supplier"),
			"supplier_group": frappe.db.get_value("Supplier Group", {"is_group": 0}),
			**fields,
		}
	).insert()


def order_rows(item_code, qty, rate, warehouse_name, **row):
	if isinstance(item_code, (list, tuple)):
		return [{"rate": rate, "warehouse": warehouse_name, **row, **r} for r in item_code]
	return [{"item_code": item_code, "qty": qty, "rate": rate, "warehouse": warehouse_name, **row}]


def finish(doc, do_not_save, do_not_submit, commit):
	if do_not_save:
		return doc
	doc.insert()
	if not do_not_submit:
		doc.submit()
	if commit:
		frappe.db.commit()
		doc.reload()
	return doc


def make_sales_order(
	item_code,
	qty=1,
	rate=10,
	customer=None,
	into=None,
	do_not_save=False,
	do_not_submit=False,
	commit=True,
	**fields,
):
	"""A Sales Order, submitted and committed: committing is what makes the engine run. `item_code` may be a list of row dicts."""
	doc = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"company": COMPANY,
			"customer": customer or make_customer().name,
			"transaction_date": nowdate(),
			"delivery_date": add_days(nowdate(), 7),
			"items": order_rows(item_code, qty, rate, into or warehouse()),
			**fields,
		}
	)
	return finish(doc, do_not_save, do_not_submit, commit)


def make_purchase_order(
	item_code,
	qty=1,
	rate=5,
	supplier=None,
	days=10,
	into=None,
	do_not_save=False,
	do_not_submit=False,
	commit=True,
	**fields,
):
	doc = frappe.get_doc(
		{
			"doctype": "Purchase Order",
			"company": COMPANY,
			"supplier": supplier or make_supplier().name,
			"transaction_date": nowdate(),
			"schedule_date": add_days(nowdate(), days),
			"items": order_rows(
				item_code, qty, rate, into or warehouse(), schedule_date=add_days(nowdate(), days)
			),
			**fields,
		}
	)
	return finish(doc, do_not_save, do_not_submit, commit)


def receive(purchase_order, qty=None, do_not_save=False, do_not_submit=False, commit=True):
	"""A Purchase Receipt of `qty` of the order's first row (all that is open of every row without it)."""
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt

	doc = make_purchase_receipt(purchase_order.name)
	if qty is not None:
		doc.items = doc.items[:1]
		doc.items[0].qty = doc.items[0].received_qty = qty
	return finish(doc, do_not_save, do_not_submit, commit)


def add_stock(item_code, qty, into=None, rate=5, commit=True):
	"""A Material Receipt."""
	doc = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": COMPANY,
			"items": [
				{"item_code": item_code, "qty": qty, "t_warehouse": into or warehouse(), "basic_rate": rate}
			],
		}
	)
	return finish(doc, False, False, commit)


def make_count(item_code, qty, into=None, rate=5, items=None, do_not_submit=False, commit=True):
	"""A Stock Reconciliation: so many are there. `items` instead: rows."""
	rows = [{"item_code": item_code, "warehouse": into or warehouse(), "qty": qty, "valuation_rate": rate}]
	doc = frappe.get_doc(
		{
			"doctype": "Stock Reconciliation",
			"purpose": "Stock Reconciliation",
			"company": COMPANY,
			"expense_account": frappe.db.get_value("Company", COMPANY, "stock_adjustment_account"),
			"items": items or rows,
		}
	)
	return finish(doc, False, do_not_submit, commit)


def make_loss_type(purpose="Material Issue"):
	"""A Stock Entry Type whose entries may take reserved units."""
	return frappe.get_doc(
		{"doctype": "Stock Entry Type", "name": unique("Loss"), "purpose": purpose, "b2b_is_loss": 1}
	).insert()


def make_issue(item_code, qty, kind="Material Issue", into=None, do_not_submit=False, commit=True, **row):
	"""A Stock Entry that takes units away."""
	doc = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": kind,
			"company": COMPANY,
			"items": [{"item_code": item_code, "qty": qty, "s_warehouse": into or warehouse(), **row}],
		}
	)
	return finish(doc, False, do_not_submit, commit)


def make_delivery_note(
	item_code=None,
	qty=1,
	sales_order=None,
	into=None,
	customer=None,
	do_not_save=False,
	do_not_submit=False,
	commit=True,
):
	"""A Delivery Note from an order (all of it), or without one."""
	if sales_order:
		from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note as from_order

		doc = from_order(sales_order)
		if qty != 1:
			doc.items[0].qty = qty
	else:
		doc = frappe.get_doc(
			{
				"doctype": "Delivery Note",
				"company": COMPANY,
				"customer": customer or make_customer().name,
				"items": order_rows(item_code, qty, 10, into or warehouse()),
			}
		)
	return finish(doc, do_not_save, do_not_submit, commit)


def update_items(doc, changes, removed=()):
	"""ERPNext's *Update Items* dialog: `changes` maps row index to fields; committed."""
	update_items_request(doc, changes, removed)
	frappe.db.commit()
	doc.reload()
	return doc


def update_items_request(doc, changes, removed=()):
	"""The same without the commit, by the door that the dialog uses."""
	date_field = "schedule_date" if doc.doctype == "Purchase Order" else "delivery_date"
	rows = []
	for index, row in enumerate(doc.items):
		if index in removed:
			continue
		rows.append(
			{
				"docname": row.name,
				"name": row.name,
				"item_code": row.item_code,
				"qty": row.qty,
				"rate": row.rate,
				"uom": row.uom,
				"conversion_factor": row.conversion_factor,
				date_field: str(row.get(date_field)),
				"idx": row.idx,
				**changes.get(index, {}),
			}
		)
	method = "erpnext.controllers.accounts_controller.update_child_qty_rate"
	frappe.call(
		frappe.get_attr(frappe.override_whitelisted_method(method)),
		parent_doctype=doc.doctype,
		trans_items=frappe.as_json(rows),
		parent_doctype_name=doc.name,
	)


def make_user(*roles, user_type="System User"):
	"""A user with just these roles."""
	email = f"{random_string(8)}@example.com".lower()
	return frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": "Test",
			"user_type": user_type,
			"send_welcome_email": 0,
			"roles": [{"role": role} for role in roles],
		}
	).insert(ignore_permissions=True)


def make_quotation(
	item_code,
	qty=1,
	rate=10,
	customer=None,
	into=None,
	do_not_save=False,
	do_not_submit=False,
	commit=True,
	**fields,
):
	"""A Quotation to a customer."""
	doc = frappe.get_doc(
		{
			"doctype": "Quotation",
			"company": COMPANY,
			"quotation_to": "Customer",
			"party_name": customer or make_customer().name,
			"transaction_date": nowdate(),
			"valid_till": add_days(nowdate(), 30),
			"items": order_rows(item_code, qty, rate, into or warehouse()),
			**fields,
		}
	)
	return finish(doc, do_not_save, do_not_submit, commit)


def order_quotation(quotation, do_not_save=False, do_not_submit=False, commit=True, **fields):
	"""The Sales Order of a Quotation."""
	from erpnext.selling.doctype.quotation.quotation import make_sales_order as from_quotation

	doc = from_quotation(quotation.name)
	doc.update({"delivery_date": add_days(nowdate(), 7), **fields})
	for row in doc.items:
		row.delivery_date = doc.delivery_date
	return finish(doc, do_not_save, do_not_submit, commit)


def make_order_rule(commit=True, sources=(), **fields):
	"""An Order Rule, last in line unless `priority_order` says otherwise. sources: warehouses."""
	doc = frappe.get_doc(
		{
			"doctype": "Order Rule",
			"rule_name": unique("Rule"),
			"enabled": 1,
			# without it Frappe fills in the user's default company
			"company": "",
			"sourcing_warehouses": [{"warehouse": name} for name in sources],
			**fields,
		}
	).insert()
	if commit:
		frappe.db.commit()
	return doc


def make_stock_hold(item_code, qty=1, into=None, hours=24, commit=True, **fields):
	"""A Stock Hold for a basket of its own unless `for_name` names a Quotation."""
	doc = frappe.get_doc(
		{
			"doctype": "Stock Hold",
			"company": COMPANY,
			"item_code": item_code,
			"warehouse": into or warehouse(),
			"qty": qty,
			"until": add_to_date(None, hours=hours, as_datetime=True),
			"basket": None if fields.get("for_name") else unique("basket"),
			**fields,
		}
	).insert()
	if commit:
		frappe.db.commit()
	return doc


def make_protection(commit=True, into=None, **fields):
	"""A Stock Protection: `item_code`, `item_group` or `brand`, for `channel`, `customer_group` or `customer`."""
	targets = {"item_code": "Item Code", "item_group": "Item Group", "brand": "Brand"}
	segments = {"channel": "Channel", "customer_group": "Customer Group", "customer": "Customer"}
	doc = frappe.get_doc(
		{
			"doctype": "Stock Protection",
			"enabled": 1,
			"warehouse": into or warehouse(),
			"apply_on": next((kind for field, kind in targets.items() if fields.get(field)), "Item Code"),
			"protect_for": next((kind for field, kind in segments.items() if fields.get(field)), "Channel"),
			**fields,
		}
	).insert()
	if commit:
		frappe.db.commit()
	return doc


def make_trade_account(customer, do_not_save=False, commit=True, **fields):
	"""A Trade Account of this customer; the first is its default."""
	doc = frappe.get_doc(
		{
			"doctype": "Trade Account",
			"account_name": unique("Account"),
			"customer": customer,
			"company": COMPANY,
			**fields,
		}
	)
	return finish(doc, do_not_save, True, commit)
