"""What deeds are made of."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import frappe
from builders import (
	COMPANY,
	make_sales_order,
	warehouse,
)

Row = tuple[str, str]
DEEDS: dict[Row, list[Callable]] = defaultdict(list)


@dataclass
class Deed:
	"""act: does it, uncommitted. keys: what must be marked; may be filled by `act`. then: asserts what became of it."""

	act: Callable[[], object]
	keys: set[tuple[str, str]]
	then: Callable[[], object]


def deed(doctype: str, event: str):
	"""Register a deed for a row of the table."""

	def register(arrange: Callable) -> Callable:
		DEEDS[doctype, event].append(arrange)
		return arrange

	return register


def here(item, place=None):
	return {(item.name, place or warehouse())}


def figures(order, row=0):
	order.reload()
	line = order.items[row]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty


def covered(order, *wanted):
	"""`then`: the order's first line is reserved, pre-allocated, backordered so."""

	def check():
		assert figures(order) == wanted

	return check


def both(*checks):
	return lambda: [check() for check in checks]


def doc(doctype, **fields):
	return frappe.get_doc({"doctype": doctype, "company": COMPANY, **fields})


def submits(draft):
	return lambda: frappe.get_doc(draft.doctype, draft.name).submit()


def cancels(submitted):
	return lambda: frappe.get_doc(submitted.doctype, submitted.name).cancel()


def saved(document):
	document.insert()
	frappe.db.commit()
	return document


def submitted(document):
	document.insert().submit()
	frappe.db.commit()
	return document


def saves(document, **fields):
	def act():
		fresh = frappe.get_doc(document.doctype, document.name)
		fresh.update(fields)
		fresh.save()

	return act


def placed(item, qty, **fields):
	return make_sales_order(item.name, qty, **fields)


def entry(item, qty, kind, source=None, target=None, **fields):
	row = {"item_code": item.name, "qty": qty, "s_warehouse": source, "t_warehouse": target}
	if not source:
		row["basic_rate"] = 5
	return doc("Stock Entry", stock_entry_type=kind, items=[row], **fields)
