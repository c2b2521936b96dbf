"""What an Order Import document means: its policy for the rules, its file as lines, what it still lacks."""

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate

from ..rules import (
	TARGETS,
	KnownOrder,
	Masters,
	Order,
	Policy,
	RawLine,
	code_key,
	content_digest,
	group_by_order,
	guess_targets,
	judge_order,
	ledger_key,
	map_rows,
	missing_targets,
	wanted_codes,
)
from ..store import documents, files, lookups

TARGET_OF_LABEL = {label: target for target, label in TARGETS.items()}
# What a template keeps and gives, beside the tables `columns` and `codes`.
TEMPLATE_FIELDS = (
	"source",
	"date_format",
	"decimal_comma",
	"credit_note_prefix",
	"order_date",
	"delivery_days",
	"currency",
	"selling_price_list",
	"create_items",
	"item_group",
	"stock_uom",
	"create_customers",
	"customer_group",
	"territory",
	"retail_customer",
)
SERVICE = "Service Item"


@dataclass
class Job:
	"""An import ready to work: its settings, its file's rows by order, and the masters they mention.

	`masters` grows as the import creates items and customers.
	"""

	settings: dict[str, Any]
	policy: Policy
	masters: Masters
	groups: dict[str, tuple[RawLine, ...]]

	@property
	def name(self) -> str:
		return self.settings["name"]

	def key(self, rows: tuple[RawLine, ...]) -> str:
		"""The ledger key of an order. Rows without an order number are known again by what they say."""
		order_no = rows[0].order_no
		if not code_key(order_no):
			texts = ([row.item, row.customer, row.qty, row.rate, row.order_date] for row in rows)
			order_no = "#" + content_digest(texts)
		return ledger_key(self.settings["company"], self.settings["source"], order_no)

	def judge(self, rows: tuple[RawLine, ...], known: KnownOrder | None = None) -> Order:
		return judge_order(rows, self.policy, self.masters, known)


def open_job(doc: Document, rows: tuple[RawLine, ...] | None = None) -> Job:
	"""Read the file of an Order Import (or take `rows`, corrected ones) and look up all that it mentions."""
	settings = read_settings(doc)
	if rows is None:
		table, _digest = files.read_table(doc.import_file)
		rows = map_rows(table, column_targets(doc))
	job = Job(settings, read_policy(doc), Masters(), group_by_order(rows))
	load_masters(job)
	return job


def load_masters(job: Job, rows: tuple[RawLine, ...] | None = None) -> None:
	"""Look up everything anew that the job's rows, or just `rows`, mention."""
	wanted = rows or tuple(row for group in job.groups.values() for row in group)
	items, customers = wanted_codes(wanted)
	items |= {name for name in job.policy.codes.values() if name}
	if job.policy.retail_customer:
		customers.add(job.policy.retail_customer)
	keys = () if rows else [job.key(group) for group in job.groups.values()]
	fresh = lookups.load_masters(items, customers, keys)
	job.masters.items.update(fresh.items)
	job.masters.barcodes.update(fresh.barcodes)
	job.masters.part_numbers.update(fresh.part_numbers)
	job.masters.customers.update(fresh.customers)
	job.masters.customer_names.update(fresh.customer_names)
	job.masters.known.update(fresh.known)


def read_settings(doc: Document) -> dict[str, Any]:
	settings = {field: doc.get(field) for field in ("name", "company", "warehouse", *TEMPLATE_FIELDS)}
	settings["currency"] = doc.currency or documents.company_currency(doc.company)
	return settings


def read_policy(doc: Document) -> Policy:
	return Policy(
		today=getdate(),
		codes={
			code_key(row.code): (row.item or "") if row.treatment == SERVICE else None for row in doc.codes
		},
		credit_note_prefix=doc.credit_note_prefix or "",
		retail_customer=doc.retail_customer or "",
		create_items=bool(cint(doc.create_items)),
		create_customers=bool(cint(doc.create_customers)),
		new_items_whole=lookups.is_whole(doc.stock_uom),
		date_format=doc.date_format or "YYYY-MM-DD",
		decimal_comma=bool(cint(doc.decimal_comma)),
		order_date_from_file=doc.order_date != "Today",
		delivery_days=cint(doc.delivery_days),
		**lookups.policy_settings(),
	)


def column_targets(doc: Document) -> dict[str, str]:
	"""Column of the file -> field of `RawLine`, of the columns that are mapped."""
	return {row.file_column: TARGET_OF_LABEL[row.target] for row in doc.columns if row.target}


def fill_columns(doc: Document) -> None:
	"""One mapping row per column of the file: the template's choice, else a guess by the heading."""
	table, digest = files.read_table(doc.import_file)
	guessed = {column: TARGETS[target] for column, target in guess_targets(table.header).items()}
	if doc.template:
		saved = frappe.get_cached_doc("Order Import Template", doc.template)
		mapped = {row.file_column.casefold(): row.target for row in saved.columns if row.target}
		chosen = {name: mapped[name.casefold()] for name in table.header if name.casefold() in mapped}
		taken = set(chosen.values())
		guessed = {
			name: label
			for name, label in guessed.items()
			if label not in taken and name.casefold() not in mapped
		} | chosen
	doc.set("columns", [])
	for index, name in enumerate(table.header):
		if name:
			sample = next(
				(cells[index] for _row, cells in table.rows if index < len(cells) and cells[index]), ""
			)
			doc.append(
				"columns", {"file_column": name, "sample": sample[:140], "target": guessed.get(name, "")}
			)
	doc.file_digest = digest
	doc.total_rows = len(table.rows)


def apply_template(doc: Document) -> None:
	"""Take over a template's rules and codes."""
	saved = frappe.get_cached_doc("Order Import Template", doc.template)
	for field in TEMPLATE_FIELDS:
		doc.set(field, saved.get(field))
	doc.set("codes", [])
	for row in saved.codes:
		doc.append("codes", {"code": row.code, "treatment": row.treatment, "item": row.item})


def what_is_missing(doc: Document) -> list[str]:
	"""What must be filled in on the Order Import before it can be previewed or started, in words."""
	missing = []
	if not doc.import_file:
		missing.append(_("Upload a CSV or XLSX file of order lines."))
	else:
		missing += [
			_("Say in the table Columns which column is the {0}.").format(_(label))
			for label in missing_targets(column_targets(doc).values())
		]
	if not doc.warehouse:
		missing.append(_("Choose the warehouse of the orders."))
	if doc.order_date == "From File" and doc.import_file and "order_date" not in column_targets(doc).values():
		missing.append(_("Say which column is the Order Date, or set Order Date to Today."))
	return missing


def save_template(doc: Document, template_name: str) -> str:
	"""Save an import's mapping and rules as the template `template_name`, new or not; its name."""
	if frappe.db.exists("Order Import Template", template_name):
		saved = frappe.get_doc("Order Import Template", template_name)
	else:
		saved = frappe.new_doc("Order Import Template")
		saved.template_name = template_name
	for field in TEMPLATE_FIELDS:
		saved.set(field, doc.get(field))
	saved.set("columns", [])
	for row in doc.columns:
		saved.append("columns", {"file_column": row.file_column, "target": row.target})
	saved.set("codes", [])
	for row in doc.codes:
		saved.append("codes", {"code": row.code, "treatment": row.treatment, "item": row.item})
	return saved.save().name
