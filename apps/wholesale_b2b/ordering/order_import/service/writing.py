"""One order into the database: its transaction, the masters it needs, the Sales Order, the rows set aside."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import frappe
from rq.timeouts import JobTimeoutException

from wholesale_b2b import busy

from ..rules import CustomerFacts, ItemFacts, Line, Order, Problem, RawLine, Rejected, code_key
from ..store import documents, ledger
from . import messages
from .settings import Job, load_masters

TRIES = 5


@dataclass
class Made:
	"""Masters created by a transaction: known to the rest of the import once it is committed."""

	items: dict[str, ItemFacts] = field(default_factory=dict)
	customers: dict[str, CustomerFacts] = field(default_factory=dict)


def in_transaction(
	job: Job,
	rows: tuple[RawLine, ...],
	write: Callable[[], Made],
	refuse: Callable[[str, str], None],
) -> str:
	"""Commit what `write` does; '' or the message of the refusal.

	What other users hold busy is tried again. What ERPNext refuses is rolled back alone, and what
	`refuse(reason, message)` does is committed instead.
	Errors: `ledger.Claimed`, rolled back; a lost database or a time-out, which are not the order's fault.
	"""
	refusal = messages.order_busy()
	for attempt in range(TRIES):
		try:
			made = write()
			# The import owns its transactions: one per order, so that one order's failure costs no other.
			frappe.db.commit()
		except (ledger.Claimed, JobTimeoutException):
			frappe.db.rollback()
			raise
		except busy.BUSY:
			_roll_back(job, rows)
			busy.pause(attempt)
		except frappe.DuplicateEntryError as error:
			# Another process has created an item or a customer of this order meanwhile: look again.
			_roll_back(job, rows)
			load_masters(job, rows)
			refusal = messages.order_refused(error)
		except frappe.db.OperationalError:
			raise
		except Exception as error:
			_roll_back(job, rows)
			if not isinstance(error, frappe.ValidationError):
				frappe.log_error(title=f"Order Import {job.name}, order {rows[0].order_no}"[:140])
			refusal = messages.order_refused(error)
			break
		else:
			job.masters.items.update(made.items)
			job.masters.customers.update(made.customers)
			return ""
		finally:
			frappe.clear_messages()
	refuse(*refusal)
	frappe.db.commit()
	return refusal[1]


def create_masters(job: Job, order: Order) -> tuple[Order, Made]:
	"""Create the items and the customer that the order lacks; the order with the rows that can stand now.

	A master that cannot be created sets aside its own rows only.
	"""
	made = Made()
	if order.creates_customer:
		problem = _create(
			"Customer",
			order.customer,
			lambda: documents.make_customer(order.customer, order.customer_name, order.country, job.settings),
		)
		if problem:
			bad = tuple(Rejected(line.raw, (problem,)) for line in order.lines)
			return replace(order, lines=(), rejected=order.rejected + bad), made
		made.customers[code_key(order.customer)] = CustomerFacts(
			order.customer, job.settings["customer_group"] or ""
		)

	lines: list[Line] = []
	rejected = list(order.rejected)
	failed: dict[str, Problem] = {}
	for line in order.lines:
		key = code_key(line.item)
		if line.creates and key not in made.items and key not in failed:
			problem = _create_item(job, line)
			if problem:
				failed[key] = problem
			else:
				uom = job.settings["stock_uom"]
				whole = job.policy.new_items_whole
				made.items[key] = ItemFacts(line.item, uom, whole)
		if key in failed:
			rejected.append(Rejected(line.raw, (failed[key],)))
		else:
			# The spelling of the first row that named the item is the item's name.
			name = made.items[key].name if key in made.items else line.item
			lines.append(replace(line, item=name))
	return replace(order, lines=tuple(lines), rejected=tuple(rejected)), made


def make_order(job: Job, order: Order, part: int) -> dict[str, Any]:
	"""Make the Sales Order of the order's good rows, if any; the outcome for its Imported Order."""
	if not order.lines:
		return {"outcome": "Exceptions Only"}
	return {
		"outcome": "Partly Ordered" if order.rejected else "Ordered",
		"sales_order": documents.make_sales_order(order, job.settings, part),
		"customer": order.customer,
		"rows_ordered": len(order.lines),
	}


def set_aside(job: Job, order: Order, refusal: tuple[str, str] | None = None) -> None:
	"""Store the order's bad rows as exceptions; with a `refusal` (reason, message) the good ones too."""
	rows = [(bad.raw, *messages.explain(bad.problems)) for bad in order.rejected]
	if refusal:
		rows += [(line.raw, *refusal) for line in order.lines]
	ledger.add_exceptions(job.settings, rows)


def _create_item(job: Job, line: Line) -> Problem | None:
	return _create(
		"Item",
		line.item,
		lambda: documents.make_item(
			line.item, line.raw.description, job.settings, service=line.creates == "service"
		),
	)


def _create(doctype: str, code: str, make: Callable[[], str]) -> Problem | None:
	"""Run `make` under a savepoint; the problem, when ERPNext refuses it."""
	frappe.db.savepoint("order_import_master")
	try:
		make()
	except frappe.DuplicateEntryError:
		raise
	except frappe.ValidationError as error:
		frappe.db.rollback(save_point="order_import_master")
		documents.forget(doctype, code)
		return messages.not_created(doctype, code, error)
	return None


def _roll_back(job: Job, rows: tuple[RawLine, ...]) -> None:
	frappe.db.rollback()
	order = job.judge(rows)
	for line in order.lines:
		if line.creates:
			documents.forget("Item", line.item)
	if order.creates_customer:
		documents.forget("Customer", order.customer)
