"""Pick lists of ours: batches and numbers proposed, short picks cut, units of other lists refused."""

from collections import defaultdict
from decimal import Decimal

import frappe
from erpnext.stock.doctype.serial_no.serial_no import get_serial_nos
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form, getdate

from wholesale_b2b.fulfilment.binding import rules, store
from wholesale_b2b.fulfilment.binding.service.rows import (
	ZERO,
	bind_rows,
	decimal,
	make_bundles,
	refuse,
	unbound,
)


def propose(pick: Document) -> None:
	"""Split the rows of an unsaved pick list by batch, first expired first out, and name serial numbers.

	Rows that name some already stay. A row that counts in whole boxes gets whole boxes of each batch; what is left over
	stays on a row without a batch and is bound when the list is submitted.
	"""
	rows = unbound(pick.locations)
	parts = bind_rows(rows, [pick.name], pick.locations)
	table = []
	for row in pick.get("locations"):
		for part in parts.get(row, (None,)):
			table.append(row.as_dict(no_default_fields=True) if part is None else _split(row, part))
	pick.set("locations", [])
	for row in table:
		pick.append("locations", row)


def _split(row: Document, part: rules.Part) -> dict:
	named = bool(part.batch or part.serials)
	return {
		**row.as_dict(no_default_fields=True),
		"qty": flt(part.qty / (decimal(row.conversion_factor) or 1), 6),
		"stock_qty": flt(part.qty),
		"batch_no": part.batch,
		"serial_no": "\n".join(part.serials) or None,
		"use_serial_batch_fields": int(named),
	}


def refuse_wrong_numbers(pick: Document) -> None:
	"""Refuse rows of a list that is being submitted that name more or fewer serial numbers than were picked."""
	for row in pick.locations:
		if row.serial_no and len(get_serial_nos(row.serial_no)) != flt(row.stock_qty):
			frappe.throw(
				_(
					"Row {0}: {1} of {2} were picked, but {3} serial numbers are named. Name those that were picked."
				).format(row.idx, flt(row.stock_qty), row.item_code, len(get_serial_nos(row.serial_no))),
				title=_("Serial Numbers"),
			)


def complete(pick: Document) -> None:
	"""Bind what is still unbound on a list that is being submitted; one row may then have units of several batches."""
	make_bundles(pick, unbound(pick.locations), [pick.name], pick.locations)


def reserved_by_number(pick: Document) -> list[Document]:
	"""Rows with serial numbers that a reservation names for the row's own order, and none that one names for another."""
	numbers = store.numbers_by_hand({row.item_code for row in pick.locations if row.serial_no})
	return [
		row
		for row in pick.locations
		if {numbers[number] for number in get_serial_nos(row.serial_no or "") if number in numbers}
		== {row.sales_order}
	]


def refuse_ended(pick: Document) -> None:
	"""Refuse batches that cannot be sold any more. A batch is good on its last day, as on the Delivery Note."""
	if names := store.ended({row.batch_no for row in pick.locations if row.batch_no}, getdate()):
		frappe.throw(
			_("These batches have expired or are disabled: {0}. Choose others.").format(", ".join(names)),
			title=_("Expired Batches"),
		)


def refuse_doubles(pick: Document) -> None:
	"""Refuse a pick list that names units which another open list has: a draft looks at all, a submitted one at submitted ones."""
	items, drafts = (
		{row.item_code for row in pick.locations if row.batch_no or row.serial_no},
		pick.docstatus == 0,
	)
	if not items:
		return
	numbers = store.serials_on_pick_lists(items, [pick.name], drafts)
	for row in pick.locations:
		for number in get_serial_nos(row.serial_no) if row.serial_no else ():
			if number in numbers:
				refuse(
					_(
						"Row {0}: {1} is on {2} already. Choose another serial number, or cancel that list."
					).format(row.idx, number, get_link_to_form("Pick List", numbers[number]))
				)
	wanted: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
	for row in pick.locations:
		if row.batch_no:
			wanted[row.warehouse, row.batch_no] += decimal(flt(row.picked_qty) or flt(row.stock_qty))
	taken = store.on_pick_lists(items, [pick.name], drafts)
	there = {key[1:]: qty for key, qty in store.balances({batch for _, batch in wanted}).items()}
	for (warehouse, batch), qty in wanted.items():
		free = there.get((warehouse, batch), ZERO) - taken.get((warehouse, batch), ZERO)
		if qty > free and taken.get((warehouse, batch)):
			refuse(
				_(
					"Of batch {0} only {1} units in {2} are on no other pick list; {3} are wanted here. Choose another batch."
				).format(batch, flt(max(free, ZERO)), warehouse, flt(qty))
			)
