"""Reads for binding: what of which batch is on the shelf and on no pick list, and which serial numbers."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe
from erpnext.stock.doctype.serial_no.serial_no import get_serial_nos

from wholesale_b2b.allocation.store.batches import ENDED, balances
from wholesale_b2b.allocation.store.picking import LEFT
from wholesale_b2b.fulfilment.binding.rules import Lot

Key = tuple[str, str]
OrderKey = tuple[str, str, str]
ZERO = Decimal(0)

# Open pick list rows, and what of them has not been delivered yet. `{drafts}` lets those that are not submitted in.
OPEN_ROWS = """`tabPick List Item` row join `tabPick List` pl on pl.name = row.parent
	and pl.docstatus {drafts} and pl.status not in ('Completed', 'Cancelled') and pl.name not in %(but)s"""


def kinds(items: Iterable[str]) -> dict[str, tuple[bool, bool]]:
	"""Item → (has batches, has serial numbers), for those that have either."""
	found = frappe.db.sql(
		"""select name, has_batch_no, has_serial_no from `tabItem`
		where name in %s and (has_batch_no = 1 or has_serial_no = 1)""",
		[tuple(items) or ("",)],
	)
	return {name: (bool(batch), bool(serial)) for name, batch, serial in found}


def lots(
	keys: Iterable[Key], but: Iterable[str], today: date
) -> tuple[dict[Key, list[Lot]], dict[OrderKey, list[Lot]]]:
	"""What may be bound: not expired, not named by a till sale or a pick list, not in question; of that

	(item, warehouse) → what no reservation names, and (order, item, warehouse) → what a reservation names for that order.
	but: pick lists whose own rows do not count.
	"""
	keys, but = set(keys), tuple(filter(None, but)) or ("",)
	what = kinds({item for item, _ in keys})
	where = {
		"items": tuple({item for item, _ in keys if item in what}) or ("",),
		"warehouses": tuple({warehouse for _, warehouse in keys}) or ("",),
		"today": today,
		"but": but,
	}
	batches = _batches(where)
	numbers = _numbers(where)
	by_hand, their_numbers = _by_hand(where)
	spoken_for = on_pick_lists(where["items"], but)
	for taken in (_at_tills(where), _to_count(where)):
		for place, qty in taken.items():
			spoken_for[place] = spoken_for.get(place, ZERO) + qty
	found: dict[Key, list[Lot]] = {key: [] for key in keys if key[0] in what}
	own: dict[OrderKey, list[Lot]] = defaultdict(list)
	for (item, warehouse, batch), qty in balances(batches, where["warehouses"]).items():
		if (item, warehouse) not in found:
			continue
		free = qty - spoken_for.get((warehouse, batch), ZERO)
		serials = numbers.get((item, warehouse, batch), ())
		for order, named in by_hand.get((warehouse, batch), {}).items():
			theirs = tuple(number for number in serials if their_numbers.get(number) == order)
			if lot := _lot(batch, min(named, free), batches[batch], theirs, what[item][1]):
				own[order, item, warehouse].append(lot)
			free -= named
		serials = tuple(number for number in serials if number not in their_numbers)
		if lot := _lot(batch, free, batches[batch], serials, what[item][1]):
			found[item, warehouse].append(lot)
	for item, warehouse in found:
		if what[item][0]:
			continue
		groups: dict[str | None, list[str]] = defaultdict(list)
		for number in numbers.get((item, warehouse, ""), ()):
			groups[their_numbers.get(number)].append(number)
		for order, names in groups.items():
			lot = Lot(None, Decimal(len(names)), serials=tuple(names))
			(own[order, item, warehouse] if order else found[item, warehouse]).append(lot)
	return found, dict(own)


def _lot(
	batch: str, free: Decimal, since: tuple[date | None, str], serials: tuple[str, ...], numbered: bool
) -> Lot | None:
	"""`free` units of a batch, as far as there are serial numbers for them; none if there are none."""
	if numbered:
		free = min(free, Decimal(len(serials)))
	return Lot(batch, free, *since, serials[: int(free)] if numbered else ()) if free > ZERO else None


def _batches(where: dict) -> dict[str, tuple[date | None, str]]:
	"""Batches of these items that can be sold: name → (expiry date, when it was made or came in)."""
	rows = frappe.db.sql(
		f"""select batch.name, batch.expiry_date, ifnull(batch.manufacturing_date, date(batch.creation)), batch.creation
		from `tabBatch` batch where batch.item in %(items)s and not ifnull({ENDED}, 0)""",
		where,
	)
	return {name: (expires, f"{since} {creation}") for name, expires, since, creation in rows}


def _numbers(where: dict) -> dict[tuple[str, str, str], list[str]]:
	"""(item, warehouse, batch or empty) → serial numbers that may be bound, the oldest first."""
	rows = frappe.db.sql(
		"""select sn.item_code, sn.warehouse, ifnull(sn.batch_no, ''), sn.name from `tabSerial No` sn
		where sn.item_code in %(items)s and sn.warehouse in %(warehouses)s order by sn.creation, sn.name""",
		where,
	)
	taken = set(serials_on_pick_lists(where["items"], where["but"])) | set(
		frappe.db.sql_list(f"select no.serial_no from {AT_TILLS} and ifnull(no.serial_no, '') <> ''", where)
	)
	for (text,) in frappe.db.sql(f"select serial_no from {TO_COUNT} and ifnull(serial_no, '') <> ''", where):
		taken.update(get_serial_nos(text))
	found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
	for item, warehouse, batch, name in rows:
		if name not in taken:
			found[item, warehouse, batch].append(name)
	return found


# ---- what is spoken for -----------------------------------------------------------------------------------------


def on_pick_lists(
	items: Iterable[str], but: Iterable[str], drafts: bool = True
) -> dict[tuple[str, str], Decimal]:
	"""(warehouse, batch) → units on open pick lists other than `but`; without `drafts` on submitted ones alone."""
	found: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
	for (_list, _order, warehouse, batch), qty in _picked_batches(items, but, drafts).items():
		found[warehouse, batch] += qty
	return dict(found)


def pick_lists_with(items: Iterable[str], but: Iterable[str], place: tuple[str, str]) -> list[str]:
	"""Submitted open pick lists, other than `but`, that have units of a (warehouse, batch)."""
	return sorted(
		{key[0] for key, qty in _picked_batches(items, but, False).items() if key[2:] == place and qty}
	)


def _picked_batches(
	items: Iterable[str], but: Iterable[str], drafts: bool
) -> dict[tuple[str, str, str, str], Decimal]:
	"""(pick list, order, warehouse, batch) → units on open pick lists other than `but`."""
	where = {"items": tuple(items) or ("",), "but": tuple(filter(None, but)) or ("",)}
	rows = OPEN_ROWS.format(drafts="< 2" if drafts else "= 1")
	found: dict[tuple[str, str, str, str], Decimal] = defaultdict(lambda: ZERO)
	for name, order, warehouse, batch, qty in frappe.db.sql(
		f"""select pl.name, ifnull(row.sales_order, ''), row.warehouse, row.batch_no, sum(greatest({LEFT}, 0)) from {rows}
		where row.item_code in %(items)s and ifnull(row.batch_no, '') <> ''
		group by pl.name, row.sales_order, row.warehouse, row.batch_no
		union all
		select pl.name, ifnull(row.sales_order, ''), row.warehouse, no.batch_no,
			sum(-no.qty * greatest({LEFT}, 0) / if(pl.docstatus = 1, row.picked_qty, row.stock_qty)) from {rows}
		join `tabSerial and Batch Entry` no on no.parent = row.serial_and_batch_bundle
		where row.item_code in %(items)s and ifnull(row.batch_no, '') = '' and ifnull(no.batch_no, '') <> ''
		group by pl.name, row.sales_order, row.warehouse, no.batch_no""",
		where,
	):
		found[name, order, warehouse, batch] += _units(qty)
	return dict(found)


def serials_on_pick_lists(items: Iterable[str], but: Iterable[str], drafts: bool = True) -> dict[str, str]:
	"""Serial number → the open pick list, other than `but`, on which it stands."""
	where = {"items": tuple(items) or ("",), "but": tuple(filter(None, but)) or ("",)}
	rows = OPEN_ROWS.format(drafts="< 2" if drafts else "= 1")
	found: dict[str, str] = {}
	for name, text in frappe.db.sql(
		f"""select pl.name, row.serial_no from {rows}
		where row.item_code in %(items)s and ifnull(row.serial_no, '') <> '' and {LEFT} > 0""",
		where,
	):
		found.update(dict.fromkeys(get_serial_nos(text), name))
	found.update(
		frappe.db.sql(
			f"""select no.serial_no, pl.name from {rows}
			join `tabSerial and Batch Entry` no on no.parent = row.serial_and_batch_bundle
			where row.item_code in %(items)s and ifnull(no.serial_no, '') <> '' and {LEFT} > 0""",
			where,
		)
	)
	return found


# Sold at tills and not posted yet; ERPNext binds them when the till sale is submitted.
AT_TILLS = """`tabPOS Invoice` sale
	join `tabSerial and Batch Bundle` bundle on bundle.voucher_type = 'POS Invoice' and bundle.voucher_no = sale.name
		and bundle.docstatus = 1 and bundle.is_cancelled = 0
	join `tabSerial and Batch Entry` no on no.parent = bundle.name
	where sale.docstatus = 1 and ifnull(sale.consolidated_invoice, '') = '' and bundle.item_code in %(items)s"""
# Reservations that somebody made for batches or numbers by hand.
BY_HAND = """`tabStock Reservation Entry` sre join `tabSerial and Batch Entry` no on no.parent = sre.name
	where sre.docstatus = 1 and sre.status not in ('Delivered', 'Cancelled')
		and sre.reservation_based_on = 'Serial and Batch' and sre.item_code in %(items)s and no.qty > no.delivered_qty"""


def _at_tills(where: dict) -> dict[tuple[str, str], Decimal]:
	"""(warehouse, batch) → units sold at tills and not posted yet."""
	rows = frappe.db.sql(
		f"""select bundle.warehouse, no.batch_no, sum(-no.qty) from {AT_TILLS} and ifnull(no.batch_no, '') <> ''
		group by bundle.warehouse, no.batch_no""",
		where,
	)
	return {(warehouse, batch): _units(qty) for warehouse, batch, qty in rows}


# Units that a picker did not find or found unfit, and that nobody has counted since.
TO_COUNT = "`tabShort Pick` where status = 'To Count' and item_code in %(items)s"


def _to_count(where: dict) -> dict[tuple[str, str], Decimal]:
	"""(warehouse, batch) → units of it that are kept back."""
	rows = frappe.db.sql(
		f"""select warehouse, batch_no, sum(kept_qty) from {TO_COUNT} and ifnull(batch_no, '') <> ''
		group by warehouse, batch_no""",
		where,
	)
	return {(warehouse, batch): _units(qty) for warehouse, batch, qty in rows}


def _by_hand(where: dict) -> tuple[dict[tuple[str, str], dict[str, Decimal]], dict[str, str]]:
	"""(warehouse, batch) → order → units that reservations name for it and that are on no pick list of it yet; and
	serial number → the order for which one names it.
	"""
	found: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
	numbers: dict[str, str] = {}
	for order, warehouse, batch, number, qty in frappe.db.sql(
		f"""select sre.voucher_no, sre.warehouse, ifnull(no.batch_no, ''), ifnull(no.serial_no, ''),
			no.qty - no.delivered_qty from {BY_HAND}""",
		where,
	):
		if batch:
			found[warehouse, batch][order] += _units(qty)
		if number:
			numbers[number] = order
	for (_list, order, warehouse, batch), qty in _picked_batches(where["items"], where["but"], True).items():
		named = found.get((warehouse, batch), {})
		if order in named:
			named[order] = max(named[order] - qty, ZERO)
	return found, numbers


def numbers_by_hand(items: Iterable[str]) -> dict[str, str]:
	"""Serial number → the order for which a reservation names it."""
	return dict(
		frappe.db.sql(
			f"select no.serial_no, sre.voucher_no from {BY_HAND} and ifnull(no.serial_no, '') <> ''",
			{"items": tuple(items) or ("",)},
		)
	)


def ended(batches: Iterable[str], today: date) -> list[str]:
	"""Of these batches, those that cannot be sold any more."""
	return frappe.db.sql_list(
		f"select batch.name from `tabBatch` batch where batch.name in %(names)s and {ENDED} order by batch.name",
		{"names": tuple(batches) or ("",), "today": today},
	)


def pick_lists_of(doctype: str, name: str) -> set[str]:
	"""Pick lists that a Delivery Note ships from."""
	if doctype != "Delivery Note":
		return set()
	return set(
		frappe.db.sql_list(
			"select distinct against_pick_list from `tabDelivery Note Item` where parent = %s and against_pick_list <> ''",
			[name],
		)
	)


def picked(pick: str, line: str, item: str, warehouse: str) -> list[Lot]:
	"""What of a component of an order line stands on a pick list, by batch, with its serial numbers, and is to be delivered;
	in the order of the list. Numbers that have left are not in it.
	"""
	rows = frappe.db.sql(
		"""select batch_no, serial_no, picked_qty - ifnull(delivered_qty, 0), idx from `tabPick List Item`
		where parent = %s and sales_order_item = %s and item_code = %s and warehouse = %s
			and (ifnull(batch_no, '') <> '' or ifnull(serial_no, '') <> '')
			and picked_qty > ifnull(delivered_qty, 0) order by idx""",
		[pick, line, item, warehouse],
	)
	named = {number for _batch, text, _qty, _idx in rows for number in get_serial_nos(text or "")}
	there = set(
		frappe.db.sql_list(
			"select name from `tabSerial No` where name in %s and warehouse = %s",
			[tuple(named) or ("",), warehouse],
		)
	)
	return [
		Lot(
			batch or None,
			_units(qty),
			since=f"{place:06}",
			serials=tuple(number for number in get_serial_nos(text or "") if number in there),
		)
		for batch, text, qty, place in rows
	]


def bundle_rows(bundle: str) -> list[tuple[str, str, Decimal]]:
	"""(batch, serial number, units that leave) of a Serial and Batch Bundle."""
	return [
		(batch or "", serial or "", _units(qty))
		for batch, serial, qty in frappe.db.sql(
			"select batch_no, serial_no, -qty from `tabSerial and Batch Entry` where parent = %s order by idx",
			[bundle],
		)
	]


def _units(value: float | None) -> Decimal:
	return Decimal(str(round(value or 0, 6)))
