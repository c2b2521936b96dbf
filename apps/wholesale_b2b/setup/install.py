"""Install, migrate, uninstall. What one makes the other takes away."""

import sys

import click
import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields
from frappe.custom.doctype.property_setter.property_setter import make_property_setter

from wholesale_b2b.allocation.service import strategies
from wholesale_b2b.fulfilment.mail import store as mail
from wholesale_b2b.fulfilment.policies.store import ready_made
from wholesale_b2b.fulfilment.returns import store as returns
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
	"Batch": ((["item", "expiry_date"], "b2b_item_expiry"),),
	"Purchase Order Item": ((["item_code", "warehouse"], "b2b_item_warehouse"),),
	"Stock Pre Allocation": (
		(["item_code", "warehouse", "status"], "b2b_item_warehouse"),
		(["sales_order_item", "status"], "b2b_sales_order_item"),
		(["packed_item", "status"], "b2b_packed_item"),
	),
	"Allocation Key": ((["item_code", "warehouse"], "b2b_item_warehouse"),),
	"Stock Hold": (
		(["item_code", "warehouse", "status"], "b2b_item_warehouse"),
		(["awaiting_run", "item_code"], "b2b_awaiting_run"),
		(["status"], "b2b_status"),
	),
	# who asks what is in transit looks for the few transfers that are open
	"Stock Entry": ((["add_to_transit", "per_transferred"], "b2b_in_transit"),),
	"Sync Message": (
		(["accounting_connection", "status", "position"], "b2b_line"),
		(["subject", "status"], "b2b_subject"),
		(["reference_name"], "b2b_reference"),
		(["waits_for"], "b2b_waits"),
	),
	"Sync Conflict": ((["subject", "status"], "b2b_subject"), (["sync_message"], "b2b_message")),
	# whoever picks asks by order and by order row
	"Pick List Item": (
		(["sales_order"], "b2b_sales_order"),
		(["sales_order_item"], "b2b_sales_order_item"),
		(["product_bundle_item"], "b2b_product_bundle_item"),
	),
	"Short Pick": ((["item_code", "warehouse", "status"], "b2b_item_warehouse"),),
	"Order Hold": ((["sales_order", "status"], "b2b_order"), (["trade_account", "status"], "b2b_account")),
}
# Where a strategy is chosen or shown, and what may stand there instead of one.
STRATEGY_FIELDS = (
	("Order Rule", "strategy", ("",)),
	("Wholesale Settings", "default_strategy", ()),
	("Sales Order", "b2b_strategy", ("",)),
)
# One link for each document of either side (and one for what an invoice wrote off), one row for each day.
UNIQUE = {
	"Sync Link": (
		(["accounting_connection", "reference_doctype", "reference_name", "kind"], "b2b_ours_kind"),
		(["accounting_connection", "kind", "their_id"], "b2b_theirs"),
	),
	"Sync Day": ((["accounting_connection", "day"], "b2b_day"),),
}
OWN_DOCTYPES = (
	"Stock Pre Allocation",
	"Allocation Key",
	"Stock Hold",
	"Short Pick",
	"Order Hold",
	"Sync Message",
	"Sync Conflict",
)


def before_install() -> None:
	version.check()


def before_migrate() -> None:
	version.check()


def after_install() -> None:
	after_migrate()
	# An admin may delete them for good.
	ready_made.make()


def after_migrate() -> None:
	make_roles()
	create_custom_fields(all_fields(), ignore_validate=True)
	for doctype, indexes in INDEXES.items():
		for columns, name in indexes:
			frappe.db.add_index(doctype, columns, name)
	for doctype, keys in UNIQUE.items():
		for columns, name in keys:
			if not frappe.db.has_index(f"tab{doctype}", name):
				listed = ", ".join(f"`{column}`" for column in columns)
				frappe.db.sql_ddl(f"alter table `tab{doctype}` add unique index `{name}` ({listed})")
	mail.make_templates()
	returns.make_conditions()
	offer_strategies()


def offer_strategies(*_app: str) -> None:
	"""Let the strategies that the installed apps bring be chosen; with none but ours the forms stay as they are."""
	frappe.local.b2b_strategies = None
	names = strategies.names()
	for doctype, field, empty in STRATEGY_FIELDS:
		frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": field, "property": "options"})
		if len(names) > len(strategies.OWN):
			options = "\n".join([*empty, *names])
			make_property_setter(
				doctype, field, "options", options, "Text", validate_fields_for_doctype=False
			)
		frappe.clear_cache(doctype=doctype)


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
	mail.remove_templates()
	_remove_custom_fields()
	for doctype, field, _empty in STRATEGY_FIELDS:
		frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": field})
	_remove_indexes()
	frappe.db.delete("Scheduled Job Type", {"method": ("like", "wholesale_b2b.%")})
	frappe.db.delete("Patch Log", {"patch": ("like", "wholesale_b2b.%")})
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
