"""Batches that cannot be sold any more: past their expiry date, or disabled. Their units are on the shelf, yet no supply.

A batch is good on its expiry date itself, as on ERPNext's Delivery Note. Balances are ERPNext's: the Serial and Batch
Bundles of ledger entries, and the ledger entries of before there were bundles.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe

from wholesale_b2b.setwise import as_list, chunks, listed

Key = tuple[str, str]
ZERO = Decimal(0)
ENDED = "(batch.disabled = 1 or batch.expiry_date < %(today)s)"

# Units per item, warehouse and batch of what `{where}` names.
BALANCES = """select sle.item_code, sle.warehouse, no.batch_no, sum(no.qty)
	from `tabSerial and Batch Entry` no
	join `tabStock Ledger Entry` sle on sle.serial_and_batch_bundle = no.parent and sle.is_cancelled = 0
	where no.batch_no in %(batches)s and no.parent <> %(but)s {where} group by sle.item_code, sle.warehouse, no.batch_no
	union all
	select sle.item_code, sle.warehouse, sle.batch_no, sum(sle.actual_qty) from `tabStock Ledger Entry` sle
	where sle.batch_no in %(batches)s and ifnull(sle.serial_and_batch_bundle, '') = '' and sle.is_cancelled = 0
		{where} group by sle.item_code, sle.warehouse, sle.batch_no"""


def unsellable(items: Iterable[str], warehouses: Iterable[str], today: date) -> dict[Key, Decimal]:
	"""(item, warehouse) → units on hand in batches that have expired before `today` or are disabled, where there are any."""
	warehouses, found = tuple(set(warehouses)), {}
	batches = frappe.db.sql_list(
		f"""select batch.name from `tabBatch` batch join `tabItem` item on item.name = batch.item
		where batch.item in {listed("items")} and item.has_batch_no = 1 and {ENDED}""",
		{"items": as_list(items), "today": today},
	)
	for key, qty in balances(batches, warehouses).items() if warehouses else ():
		found[key[:2]] = found.get(key[:2], ZERO) + qty
	return found


def balances(
	batches: Iterable[str], warehouses: Iterable[str] = (), but: str = ""
) -> dict[tuple[str, str, str], Decimal]:
	"""(item, warehouse, batch) → units on hand, where there are any; in all warehouses unless some are named.

	but: a Serial and Batch Bundle that does not count, because it is just being posted.
	"""
	warehouses, found = tuple(set(warehouses)), {}
	where = "and sle.warehouse in %(warehouses)s" if warehouses else ""
	for chunk in chunks(sorted(set(batches)), 5000):
		for item, warehouse, batch, qty in frappe.db.sql(
			BALANCES.format(where=where), {"batches": tuple(chunk), "warehouses": warehouses, "but": but}
		):
			key = (item, warehouse, batch)
			found[key] = found.get(key, ZERO) + Decimal(str(round(qty or 0, 6)))
	return {key: qty for key, qty in found.items() if qty > ZERO}


def over_reserved(today: date, keys: Iterable[Key] | None = None) -> dict[Key, tuple[Decimal, Decimal]]:
	"""Keys of batch items with more units reserved than can be sold: (item, warehouse) → (reserved, can be sold).

	Of `keys`, or wherever there are reservations.
	"""
	if keys is not None and not (keys := set(keys)):
		return {}
	rows = frappe.db.sql(
		f"""select s.item_code, s.warehouse, sum(s.reserved_qty - s.delivered_qty), ifnull(b.actual_qty, 0)
		from `tabStock Reservation Entry` s
		left join `tabBin` b on b.item_code = s.item_code and b.warehouse = s.warehouse
		where s.docstatus = 1 and s.status not in ('Delivered', 'Cancelled') and s.has_batch_no = 1
			{"and s.item_code in %(items)s and s.warehouse in %(warehouses)s" if keys else ""}
		group by s.item_code, s.warehouse""",
		{"items": tuple(k[0] for k in keys or ()), "warehouses": tuple(k[1] for k in keys or ())},
	)
	ended = unsellable({row[0] for row in rows}, {row[1] for row in rows}, today)
	found = {}
	for item, warehouse, reserved, actual in rows:
		key = (item, warehouse)
		if key in ended and (keys is None or key in keys):
			there = max(Decimal(str(round(actual, 6))) - ended[key], ZERO)
			if Decimal(str(round(reserved, 6))) > there:
				found[key] = (Decimal(str(round(reserved, 6))), there)
	return found


def void_entries(names: Iterable[str], today: date) -> set[str]:
	"""Of these Stock Reservation Entries, which somebody has made for batches by hand, those of a batch that has ended."""
	names = tuple(names)
	return set(
		frappe.db.sql_list(
			f"""select distinct no.parent from `tabSerial and Batch Entry` no
			join `tabBatch` batch on batch.name = no.batch_no
			where no.parent in %(names)s and no.qty > no.delivered_qty and {ENDED}""",
			{"names": names, "today": today},
		)
		if names
		else ()
	)


def leaving(bundle: str, today: date) -> Decimal:
	"""Of the units that a Serial and Batch Bundle takes from the shelf, those of batches that can be sold."""
	return Decimal(
		str(
			round(
				frappe.db.sql(
					f"""select ifnull(sum(-no.qty), 0) from `tabSerial and Batch Entry` no
					left join `tabBatch` batch on batch.name = no.batch_no
					where no.parent = %(bundle)s and not ifnull({ENDED}, 0)""",
					{"bundle": bundle, "today": today},
				)[0][0],
				6,
			)
		)
	)
