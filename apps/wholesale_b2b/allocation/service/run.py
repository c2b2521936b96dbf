"""A run: lock, load, decide, apply. Running twice changes nothing the second time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from time import monotonic

import frappe
from frappe.utils import getdate, now_datetime

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.rules.outcome import GAINED, LOST, Figures, outcome
from wholesale_b2b.allocation.service import planning, telling
from wholesale_b2b.allocation.store import holds, reads, writes
from wholesale_b2b.allocation.store.reads import Key, Line, World

ZERO = Decimal(0)
REALTIME_LIMIT = 50


@dataclass(frozen=True)
class Outcome:
	"""What a run did. changes: rows of Allocation Change; postponed: keys with rows that were busy, which stay marked."""

	keys: int
	lines: int
	changes: list[dict]
	postponed: set[Key]


def run(
	keys: Iterable[Key],
	cause: str,
	wait: bool = True,
	taken: dict[tuple[str, Key], Decimal] | None = None,
	steer: planning.Steer | None = None,
) -> Outcome:
	"""Make the pegs of `keys` right. The caller commits.

	taken: (line, key) → units that this very transaction took from the line's reservations; they count as kept.
	steer: what a person decided: modes of a re-sequencing, or moves from one line to another.

	Raises `frappe.QueryTimeoutError` if `wait` is False and another transaction holds one of the Bins.
	"""
	started, clock = now_datetime(), monotonic()
	keys = set(keys)
	reads.lock_bins(keys, wait=wait)
	known = writes.marked(keys)
	world = reads.load(keys)
	world.taken = taken or {}
	_apply(world, *planning.decide(world, steer))
	changes, postponed = _show(world)
	_name_beneficiaries(changes)
	writes.sum_bins(keys)
	busy = {entry.key for entry in world.entries if entry.busy} | postponed
	holds.settled(world.lines, {warehouse for _, warehouse in keys})
	writes.unmark(name for name, key in known.items() if key not in busy)
	writes.mark(busy - set(known.values()), cause)
	if changes:
		run_name = writes.log_run(
			{
				"status": "Completed",
				"cause": cause[:140],
				"user": frappe.session.user,
				"started_at": started,
				"duration_ms": int((monotonic() - clock) * 1000),
				"key_count": len(keys),
				"demand_count": len(world.lines),
				"change_count": len(changes),
			},
			changes,
		)
		_tell_forms({change["sales_order"] for change in changes}, run_name)
		telling.tell_losers(changes, cause)
	return Outcome(len(keys), len(world.lines), changes, busy)


def _apply(world: World, plan: rules.Plan, order: dict[str, int]) -> None:
	shelves = {planning.shelf_name(key): key for key in world.shelves}
	on_hand: dict[tuple[str, Key], Decimal] = {}
	future: dict[tuple[str, str], Decimal] = {}
	for peg in plan.pegs:
		if peg.supply in shelves:
			on_hand[peg.demand, shelves[peg.supply]] = peg.qty
		else:
			future[peg.demand, peg.supply] = peg.qty
	gained = _apply_on_hand(world, on_hand, order)
	_apply_future(world, future, gained)


def _apply_on_hand(
	world: World, wanted: dict[tuple[str, Key], Decimal], order: dict[str, int]
) -> dict[str, Decimal]:
	"""Bring the reservation entries to the plan; returns line → units newly reserved."""
	held: dict[tuple[str, Key], list[reads.Entry]] = defaultdict(list)
	reserved: dict[Key, Decimal] = defaultdict(lambda: ZERO)
	for entry in world.entries:
		held[entry.line, entry.key].append(entry)

	resized, fresh, gained = [], [], defaultdict(lambda: ZERO)
	for place in sorted({*held, *wanted}, key=lambda p: (order.get(p[0], len(order)), p)):
		delta = wanted.get(place, ZERO) - sum((e.open for e in held[place]), ZERO)
		reserved[place[1]] += min(wanted.get(place, ZERO), sum((e.open for e in held[place]), ZERO))
		if delta < ZERO:
			resized += shrink(held[place], -delta)
		elif delta > ZERO:
			gained[place[0]] += delta
			if grown := _grow(held[place], delta, world.lines[place[0]]):
				resized.append(grown)
				reserved[place[1]] += delta
			else:
				fresh.append((place, delta))

	writes.resize(resized)
	writes.reserve([_new_entry(world, place, qty, reserved) for place, qty in fresh])
	return gained


def shrink(entries: list[reads.Entry], by: Decimal) -> list[tuple]:
	"""Take `by` units from a line's entries, the newest first."""
	rows = []
	for entry in reversed(entries):
		take = min(by, entry.open)
		if entry.busy or take <= ZERO:
			continue
		rows.append((entry.name, entry.reserved - take, entry.delivered, entry.ordered))
		by -= take
	return rows


def _grow(entries: list[reads.Entry], by: Decimal, line: Line) -> tuple | None:
	"""Extend an entry that nobody has delivered from, if there is one; as ERPNext lets a user do."""
	for entry in entries:
		if not entry.delivered and not entry.bound and not entry.busy and entry.ordered == line.ordered:
			return (entry.name, entry.reserved + by, entry.delivered, entry.ordered)
	return None


def _new_entry(world: World, place: tuple[str, Key], qty: Decimal, reserved: dict[Key, Decimal]) -> dict:
	line, key = world.lines[place[0]], place[1]
	available = world.shelves[key].actual - reserved[key]
	reserved[key] += qty
	return {
		"item_code": key[0],
		"warehouse": key[1],
		"has_serial_no": line.has_serial_no,
		"has_batch_no": line.has_batch_no,
		"voucher_no": line.order,
		"voucher_detail_no": line.name,
		"available_qty": available,
		"voucher_qty": line.ordered,
		"reserved_qty": qty,
		"company": line.company,
		"stock_uom": line.stock_uom,
		"project": line.project,
	}


def _apply_future(world: World, wanted: dict[tuple[str, str], Decimal], gained: dict[str, Decimal]) -> None:
	"""Bring the Stock Pre Allocations to the plan. Units that left a promise for the shelf are counted as converted."""
	held: dict[tuple[str, str], reads.Promise] = {}
	changed, fresh = [], []
	for promise in world.promises:
		held[promise.line, promise.supply] = promise
	for place, promise in held.items():
		row = world.inbound.get(promise.supply)
		qty = wanted.get(place, ZERO)
		moved = min(promise.qty - qty, gained.get(promise.line, ZERO)) if row else ZERO
		moved = min(max(moved, ZERO), max(row.received - promise.received_then, ZERO)) if row else ZERO
		if moved:
			gained[promise.line] -= moved
		converted = promise.converted + moved
		status = "Open" if qty else ("Converted" if converted else "Released")
		expected = row.expected if row else promise.expected
		received = row.received if row else promise.received_then
		new = (qty, converted, status, expected, received)
		if new != (promise.qty, promise.converted, "Open", promise.expected, promise.received_then):
			changed.append((promise.name, *new))
	for place in sorted(set(wanted) - set(held)):
		line, row = world.lines[place[0]], world.inbound[place[1]]
		fresh.append(
			{
				"company": line.company,
				"sales_order": line.order,
				"sales_order_item": line.name,
				"customer": line.customer,
				"item_code": row.key[0],
				"warehouse": row.key[1],
				"stock_uom": line.stock_uom,
				"supply_type": row.doctype,
				"supply_name": row.name,
				"supply_row": row.row,
				"supply_received_qty": row.received,
				"qty": wanted[place],
				"expected_date": row.expected,
			}
		)
	writes.set_promises(changed)
	writes.promise(fresh)


def _show(world: World) -> tuple[list[dict], set[Key]]:
	"""Put the new figures on the order lines; returns the changes and the keys of lines that were busy."""
	pegs = writes.pegs_of(world.lines)
	today = getdate()
	changed: dict[str, tuple] = {}
	for line in world.lines.values():
		new = _figures(line, pegs.get(line.name, {}), today)
		if new != line.shown:
			changed[line.name] = new
	free_orders, free_lines = writes.lock_orders({world.lines[n].order for n in changed}, changed)
	ready = {n: new for n, new in changed.items() if n in free_lines and world.lines[n].order in free_orders}
	writes.show_lines((name, *new) for name, new in ready.items())
	writes.show_orders({world.lines[name].order for name in ready})
	postponed = {world.lines[name].key for name in changed if name not in ready}
	changes = [
		_change(world.lines[name], new)
		for name, new in ready.items()
		if new[:4] != world.lines[name].shown[:4]
	]
	return changes, postponed & set(world.keys)


def _figures(line: Line, pegs: dict, today: date) -> tuple:
	"""What a line shows: reserved, pre-allocated, backordered, promise date, ERPNext's stock_reserved_qty."""
	reserved, promised = reads.units(pegs.get("reserved")), reads.units(pegs.get("promised"))
	backorder = max(line.owed - reserved, ZERO)
	before = line.shown[3]
	if not line.owed or backorder > promised:
		when = None
	elif backorder:
		when = getdate(pegs["expected"]) if pegs.get("expected") else None
	else:
		# Ready since: keeps its day, so that a run tomorrow changes nothing.
		when = before if before and before <= today else today
	return reserved, promised, backorder, when, reads.units(pegs.get("ever"))


def _change(line: Line, new: tuple) -> dict:
	result = outcome(_as_figures(line.shown), _as_figures(new))
	return {
		"item_code": line.key[0],
		"warehouse": line.key[1],
		"sales_order": line.order,
		"sales_order_item": line.name,
		"outcome": result.kind,
		"beneficiary": None,
		"reserved_before": line.shown[0],
		"reserved_after": new[0],
		"pre_allocated_before": line.shown[1],
		"pre_allocated_after": new[1],
		"promise_date_before": line.shown[3],
		"promise_date_after": new[3],
	}


def _as_figures(shown: tuple) -> Figures:
	return Figures(*shown[:4])


def _name_beneficiaries(changes: list[dict]) -> None:
	"""Who got units of the same item at the same place in the same run, on the rows of those who lost."""
	gained: dict[Key, str] = {}
	for change in changes:
		if change["outcome"] == GAINED:
			gained.setdefault((change["item_code"], change["warehouse"]), change["sales_order"])
	for change in changes:
		if change["outcome"] == LOST:
			change["beneficiary"] = gained.get((change["item_code"], change["warehouse"]))


def _tell_forms(orders: set[str], run_name: str) -> None:
	"""Open forms show the new figures by themselves: a run does not touch `modified`."""
	for order in sorted(orders)[:REALTIME_LIMIT]:
		frappe.publish_realtime(
			"b2b_allocation",
			{"sales_order": order, "run": run_name},
			doctype="Sales Order",
			docname=order,
			after_commit=True,
		)
