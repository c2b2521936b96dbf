"""Install, migrate, uninstall. What one makes the other takes away."""

import sys

import click
import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from wholesale_b2b.setup import version
from wholesale_b2b.setup.custom_fields import all_fields

ROLES = {"Wholesale Manager": 1, "Trade Desk User": 1, "Wholesale Buyer": 0}

# ERPNext looks reservations up by item and warehouse, and by order row, on every posting, without an index.
INDEXES = {
	"Stock Reservation Entry": (
		(["item_code", "warehouse", "docstatus"], "b2b_item_warehouse"),
		(["voucher_detail_no", "warehouse"], "b2b_voucher_detail"),
		(["voucher_no"], "b2b_voucher"),
	),
	"Purchase Order Item": ((["item_code", "warehouse"], "b2b_item_warehouse"),),
	"Stock Pre Allocation": (
		(["item_code", "warehouse", "status"], "b2b_item_warehouse"),
		(["sales_order_item", "status"], "b2b_sales_order_item"),
	),
	"Allocation Key": ((["item_code", "warehouse"], "b2b_item_warehouse"),),
	"Stock Hold": ((["item_code", "warehouse", "status"], "b2b_item_warehouse"),),
}
OWN_DOCTYPES = ("Stock Pre Allocation", "Allocation Key", "Stock Hold")


def before_install() -> None:
	version.check()


def before_migrate() -> None:
	version.check()


def after_install() -> None:
	after_migrate()


def after_migrate() -> None:
	make_roles()
	create_custom_fields(all_fields(), ignore_validate=True)
	for doctype, indexes in INDEXES.items():
		for columns, name in indexes:
			frappe.db.add_index(doctype, columns, name)


def make_roles() -> None:
	"""Our roles, unless a consultant has made them already."""
	for role, desk_access in ROLES.items():
		if not frappe.db.exists("Role", role):
			frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": desk_access}).insert(
				ignore_permissions=True
			)


def before_uninstall() -> None:
	"""Take away what the removal of our DocTypes does not: fields with their columns, indexes, roles; ask about reservations."""
	_settle_reservations()
	_remove_custom_fields()
	_remove_indexes()
	frappe.db.delete("Scheduled Job Type", {"method": ("like", "wholesale_b2b.%")})
	for role in ROLES:
		frappe.db.delete("Has Role", {"role": role})
		for kind in ("Custom DocPerm", "DocPerm"):
			frappe.db.delete(kind, {"role": role})
		frappe.delete_doc("Role", role, ignore_missing=True, force=True)
	frappe.clear_cache()


def _settle_reservations() -> None:
	"""Open reservations are ERPNext's own and may stay; whether they do is asked where somebody can answer."""
	names = frappe.get_all(
		"Stock Reservation Entry",
		{"docstatus": 1, "status": ("not in", ("Delivered", "Cancelled"))},
		pluck="name",
		order_by="creation desc",
	)
	if not names or not sys.stdin.isatty():
		return
	question = f"{len(names)} Stock Reservation Entries are open. Keep them as ERPNext's own reservations?"
	if click.confirm(question, default=True):
		return
	with click.progressbar(names, label="Cancelling reservations") as bar:
		for name in bar:
			frappe.get_doc("Stock Reservation Entry", name).cancel()


def _remove_custom_fields() -> None:
	for doctype, fields in all_fields().items():
		for field in fields:
			frappe.db.delete("Custom Field", {"dt": doctype, "fieldname": field["fieldname"]})
			frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": field["fieldname"]})
		columns = set(frappe.db.get_table_columns(doctype))
		for field in fields:
			if field["fieldname"] in columns:
				frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column `{field['fieldname']}`")
		frappe.clear_cache(doctype=doctype)


def _remove_indexes() -> None:
	for doctype, indexes in INDEXES.items():
		if doctype in OWN_DOCTYPES:
			continue
		for _columns, name in indexes:
			if frappe.db.has_index(f"tab{doctype}", name):
				frappe.db.sql_ddl(f"alter table `tab{doctype}` drop index `{name}`")
