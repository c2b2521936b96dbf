"""Picked short: a list is cut to what was picked, and what becomes of the rest.

The units go back to their order and onto a later list. What is missing, damaged or expired is taken from the order, which
is given others where there are any, and kept from everybody until somebody has counted.
"""

from collections import defaultdict
from decimal import Decimal

import frappe
from erpnext.stock.doctype.serial_no.serial_no import get_serial_nos
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.allocation.service import marking, missing
from wholesale_b2b.allocation.store.demand import units
from wholesale_b2b.figures import plain
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.policies.service import waiting
from wholesale_b2b.fulfilment.release.rules import short
from wholesale_b2b.fulfilment.release.store import lists as lists_store
from wholesale_b2b.fulfilment.release.store import orders as order_store
from wholesale_b2b.fulfilment.release.store import shorts as store

ZERO = Decimal(0)


# ---- before ERPNext looks --------------------------------------------------------------------------------------------


def leave_out_held(pick: Document) -> None:
	"""Of a list with several orders, those that may not go any more are left out; the rest need not wait for them.

	Of a list on which none may go the veto says why.
	"""
	orders = {row.sales_order for row in pick.locations if row.sales_order}
	stopped = {
		**lists_store.ended(orders),
		**{o: [h.reason for h in found] for o, found in holds.judge(orders, lock=True).items()},
	}
	if not stopped:
		return
	if orders <= set(stopped):
		if ended := lists_store.ended(orders):
			frappe.throw(
				_("{0}: {1} Put the goods back and delete this list.").format(
					", ".join(sorted(ended)), " ".join(text for found in ended.values() for text in found)
				),
				title=_("Nothing to pick"),
			)
		return
	left = [row for row in pick.locations if row.sales_order in stopped]
	pick.set("locations", [row for row in pick.locations if row.sales_order not in stopped])
	for order in sorted(stopped):
		back = [
			_("{0} {1} of {2}").format(plain(flt(row.picked_qty)), row.stock_uom, row.item_code)
			for row in left
			if row.sales_order == order and flt(row.picked_qty)
		]
		text = _("{0} was left out: {1}.").format(
			get_link_to_form("Sales Order", order), "; ".join(stopped[order])
		)
		if back:
			text += " " + _("Put back {0}.").format(", ".join(back))
		frappe.msgprint(text, title=_("Not picked"), indicator="orange")
		pick.add_comment("Info", text)


def cut(pick: Document) -> None:
	"""Cut the rows of a list that is being submitted to what was picked, and remember what was not, and why.

	Raises frappe.ValidationError where nothing was picked and nobody says why.
	"""
	wanted = {row: units(row.stock_qty) for row in pick.locations}
	found = {
		row: short.picked(
			wanted[row], units(row.picked_qty), bool(pick.scan_mode), row.get("b2b_short_reason") or ""
		)
		for row in pick.locations
	}
	if wanted and not any(found.values()) and any(not row.get("b2b_short_reason") for row in pick.locations):
		frappe.throw(
			_(
				"Nothing was picked on this list: scan what was picked, or say on each row why not. Delete the list if it is not to be picked."
			),
			title=_("Nothing was picked"),
		)
	for row in pick.locations:
		_take_scanned_numbers(row, found[row])
	back = _to_put_back(pick, found)
	_leave_out_incomplete(pick, wanted, found, back)
	pick.flags.b2b_short = [
		_note(row, wanted[row] - found[row], back.get(row, ZERO))
		for row in pick.locations
		if found[row] < wanted[row]
	]
	for row in pick.locations:
		if found[row] < wanted[row]:
			row.stock_qty = row.picked_qty = flt(found[row])
			row.qty = flt(flt(found[row]) / (flt(row.conversion_factor) or 1), row.precision("qty"))
	pick.set("locations", [row for row in pick.locations if found[row]])


def _take_scanned_numbers(row: Document, qty: Decimal) -> None:
	"""Others may have been taken than were proposed; those that were proposed and not scanned are what is short."""
	scanned = get_serial_nos(row.get("b2b_scanned_serials") or "")
	if scanned and len(scanned) == qty:
		row.flags.b2b_left = [
			number for number in get_serial_nos(row.serial_no or "") if number not in scanned
		]
		row.serial_no = "\n".join(scanned)


def _leave_out_incomplete(
	pick: Document,
	wanted: dict[Document, Decimal],
	found: dict[Document, Decimal],
	back: dict[Document, Decimal],
) -> None:
	"""An order that goes out complete, or not so little of it, does not go at all for what is short of it now."""
	orders = {row.sales_order for row in pick.locations if row.sales_order and found[row] < wanted[row]}
	if not orders:
		return
	takes, asked = _by_line(pick, found), _by_line(pick, wanted)
	short_of = {line: asked[line] - takes.get(line, ZERO) for line in asked}
	for order, hold in sorted(waiting.without(pick.name, takes, short_of, orders).items()):
		rows = [row for row in pick.locations if row.sales_order == order]
		for row in rows:
			back[row] = back.get(row, ZERO) + found[row]
			found[row] = ZERO
		frappe.msgprint(
			_("{0} does not go: {1}. Put back what was picked of it.").format(
				get_link_to_form("Sales Order", order), hold.reason
			),
			title=_("Put Back"),
			indicator="orange",
		)


def _by_line(pick: Document, found: dict[Document, Decimal]) -> dict[str, Decimal]:
	"""Sales Order Item → units of it, of a bundle whole bundles."""
	sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
	parts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
	for row in pick.locations:
		if row.product_bundle_item:
			parts[row.sales_order_item][row.product_bundle_item] += found[row]
		elif row.sales_order_item:
			sums[row.sales_order_item] += found[row]
	per_kit = order_store.per_kit(part for line in parts.values() for part in line)
	for line, units_of in parts.items():
		sums[line] = min(qty / (per_kit.get(part) or Decimal(1)) for part, qty in units_of.items())
	return dict(sums)


def _to_put_back(pick: Document, found: dict[Document, Decimal]) -> dict[Document, Decimal]:
	"""Components beyond whole bundles are cut too; row → units to put back. The picker is told."""
	parts: dict[str, dict[str, list[Document]]] = defaultdict(lambda: defaultdict(list))
	for row in pick.locations:
		if row.product_bundle_item:
			parts[row.sales_order_item][row.product_bundle_item].append(row)
	per_kit = order_store.per_kit(part for line in parts.values() for part in line)
	back: dict[Document, Decimal] = {}
	for line in parts.values():
		sums = {
			part: (sum((found[row] for row in rows), ZERO), per_kit.get(part) or Decimal(1))
			for part, rows in line.items()
		}
		for part, most in short.in_whole_bundles(sums).items():
			rows = {row.name or str(row.idx): row for row in line[part]}
			for name, kept in short.fit([(name, found[row]) for name, row in rows.items()], most).items():
				back[rows[name]] = found[rows[name]] - kept
				found[rows[name]] = kept
	if back:
		frappe.msgprint(
			[
				_("Put back {0} {1} of {2}: without the rest they make no whole bundle.").format(
					plain(flt(qty)), row.stock_uom, row.item_code
				)
				for row, qty in back.items()
			],
			as_list=True,
			title=_("Put Back"),
		)
	return back


def _note(row: Document, qty: Decimal, back: Decimal) -> dict:
	"""back: of `qty`, units that were picked and go back; nothing is wrong with those."""
	return {
		"item_code": row.item_code,
		"warehouse": row.warehouse,
		"batch_no": row.batch_no,
		"serial_no": "\n".join(row.flags.b2b_left or ()),
		"reason": row.get("b2b_short_reason") or (short.LATER if back == qty else ""),
		"note": row.get("b2b_short_note"),
		"qty": qty,
		"back": back,
		"stock_uom": row.stock_uom,
		"picked_qty": units(row.stock_qty) - qty,
		"sales_order": row.sales_order,
		"line": row.product_bundle_item or row.sales_order_item,
	}


# ---- afterwards ------------------------------------------------------------------------------------------------------


def settle(pick: Document) -> None:
	"""The list is submitted: write down what is short, keep back what is no good, have the engine look again."""
	notes = pick.flags.pop("b2b_short", None) or []
	if not notes:
		return
	keys = {(note["item_code"], note["warehouse"]) for note in notes}
	unfit = {}
	for note in notes:
		note["name"] = frappe.generate_hash(length=10)
		gone = note["qty"] - note["back"]
		if note["reason"] in short.UNFIT and note["line"] and gone > ZERO:
			unfit[note["name"]] = missing.Unfit(
				note["name"], note["line"], (note["item_code"], note["warehouse"]), gone, _(note["reason"])
			)
	kept = missing.keep_back(pick.company, list(unfit.values()), f"Pick List {pick.name}")
	store.write(
		[
			{
				**note,
				"company": pick.company,
				"pick_list": pick.name,
				"status": store.TO_COUNT if note["name"] in unfit else store.SETTLED,
				"stock_hold": kept.get(note["name"], (None, ZERO))[0],
				"kept_qty": flt(kept.get(note["name"], (None, ZERO))[1]),
			}
			for note in notes
		]
	)
	marking.mark(keys, f"Pick List {pick.name}")
	if not pick.locations:
		# nothing of it leaves: it is done
		pick.db_set("status", "Completed")
	pick.add_comment("Info", "<br>".join(_sentence(note) for note in notes))


def _sentence(note: dict) -> str:
	return _("{0}: {1} of {2} {3} were not picked. {4}").format(
		frappe.utils.escape_html(note["item_code"]),
		plain(flt(note["qty"])),
		plain(flt(note["qty"] + note["picked_qty"])),
		note["stock_uom"],
		frappe.utils.escape_html(
			". ".join(filter(None, (_(note["reason"] or "No reason was given"), note["note"])))
		),
	)


def free(pick: Document) -> None:
	"""A list was cancelled or deleted: its units are not frozen any more, so the engine looks at their shelves again."""
	marking.mark(
		{(row.item_code, row.warehouse) for row in pick.locations if row.sales_order_item},
		f"Pick List {pick.name}",
	)
