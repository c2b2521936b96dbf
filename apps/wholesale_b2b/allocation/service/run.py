"""A run: lock, load, decide, apply. Running twice changes nothing the second time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic

import frappe
from frappe.utils import getdate, now_datetime

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.service import hold_arrivals, planning, telling
from wholesale_b2b.allocation.service.changes import change, figures, handed, moved, name_beneficiaries
from wholesale_b2b.allocation.store import holds, locks, logbook, pegs, reads, writes
from wholesale_b2b.allocation.store.demand import Key, Line
from wholesale_b2b.allocation.store.pegs import Cover
from wholesale_b2b.allocation.store.reads import World

ZERO = Decimal(0)


@dataclass(frozen=True)
class Outcome:
	"""What a run did. changes: rows of Allocation Change; postponed: keys with rows that were busy, which stay marked;
	name: its Allocation Run, if it changed anything or a person asked for it."""

	keys: int
	lines: int
	changes: list[dict]
	postponed: set[Key]
	name: str | None = None


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

	Raises `rules.handover.Refused` for a move that cannot be made, `frappe.QueryTimeoutError` if `wait` is False and
	another transaction holds one of the Bins.
	"""
	started, clock = now_datetime(), monotonic()
	keys, steer = set(keys), steer or planning.Steer(run_type="Automatic")
	locks.lock_bins(keys, wait=wait)
	known = writes.marked(keys)
	world = reads.load(keys)
	world.taken = taken or {}
	hold_arrivals.arrive(world)
	plan, order = planning.decide(world, steer)
	covers = _apply(world, plan, order)
	changes, postponed = _show(world, covers, steer.why)
	name_beneficiaries(changes, handed(world, steer), order)
	writes.sum_bins(keys)
	busy = {entry.key for entry in world.entries if entry.busy} | postponed
	holds.settled(hold.name for hold in planning.handed_over(world))
	writes.unmark(name for name, key in known.items() if key not in busy)
	# A line that is sourced from here may be at home elsewhere: it is looked at there.
	writes.mark(busy - set(writes.marked(busy).values()), cause)
	run_name = None
	if changes or steer.moves:
		run_name = logbook.log_run(
			{
				"run_type": steer.run_type,
				"reason": steer.reason,
				"idempotency_key": steer.idempotency_key,
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
			moved(world, steer.moves),
			into=steer.into,
		)
		telling.tell_forms({change["sales_order"] for change in changes}, run_name)
		telling.tell_boards({change["item_code"] for change in changes})
		telling.tell_losers(changes, cause, steer.reason)
		telling.tell_apps({change["sales_order"] for change in changes})
	return Outcome(len(keys), len(world.lines), changes, busy, run_name)


def _apply(world: World, plan: rules.Plan, order: dict[str, int]) -> dict[str, Cover]:
	"""Write the difference between the pegs there are and the plan; returns what covers each line now."""
	shelves = {planning.shelf_name(key): key for key in world.shelves}
	on_hand: dict[tuple[str, Key], Decimal] = {}
	future: dict[tuple[str, str], Decimal] = {}
	for peg in plan.pegs:
		if peg.supply in shelves:
			on_hand[peg.demand, shelves[peg.supply]] = peg.qty
		else:
			future[peg.demand, peg.supply] = peg.qty
	# What is elsewhere is in nobody's hands here: it is read again, for the few lines that have any.
	again = {line for line in world.elsewhere if world.pegged_elsewhere(line)}
	covers = defaultdict(
		Cover, {line: copy(cover) for line, cover in world.elsewhere.items() if line not in again}
	)
	covers.update(pegs.elsewhere(again, world.keys))
	gained = _apply_on_hand(world, on_hand, order, covers)
	_apply_future(world, future, gained, covers)
	return covers


def _apply_on_hand(
	world: World, wanted: dict[tuple[str, Key], Decimal], order: dict[str, int], covers: dict[str, Cover]
) -> dict[str, Decimal]:
	"""Bring the reservation entries to the plan; returns line → units newly reserved."""
	held: dict[tuple[str, Key], list[reads.Entry]] = defaultdict(list)
	reserved: dict[Key, Decimal] = defaultdict(lambda: ZERO)
	resized, grew, fresh, gained = [], [], [], defaultdict(lambda: ZERO)
	for entry in world.entries:
		if entry.void:
			resized += shrink([entry], entry.open)
		else:
			held[entry.line, entry.key].append(entry)

	for place in sorted({*held, *wanted}, key=lambda p: (order.get(p[0], len(order)), p)):
		have, entries = ZERO, held.get(place, ())
		for entry in entries:
			have += entry.open
		want = wanted.get(place, ZERO)
		reserved[place[1]] += min(want, have)
		if want < have:
			resized += shrink(entries, have - want)
		elif want > have:
			gained[place[0]] += want - have
			if grown := _grow(entries, want - have, world.lines[place[0]]):
				grew.append(grown)
				reserved[place[1]] += want - have
			else:
				fresh.append((place, want - have))

	writes.resize(resized)
	writes.grow(grew)
	writes.reserve([_new_entry(world, place, qty, reserved) for place, qty in fresh])

	now = {row[0]: row[1] for row in (*resized, *grew)}
	for entry in world.entries:
		left = now.get(entry.name, entry.reserved)
		covers[entry.line].reserve(left - entry.delivered, left)
	for (line, _key), qty in fresh:
		covers[line].reserve(qty, qty)
	return gained


def shrink(entries: Sequence[reads.Entry], by: Decimal) -> list[tuple]:
	"""Take `by` units from a line's entries, the newest first."""
	rows = []
	for entry in reversed(entries):
		take = min(by, entry.open)
		if entry.busy or take <= ZERO:
			continue
		rows.append((entry.name, entry.reserved - take, entry.delivered, entry.ordered))
		by -= take
	return rows


def _grow(entries: Sequence[reads.Entry], by: Decimal, line: Line) -> tuple | None:
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


def _apply_future(
	world: World,
	wanted: dict[tuple[str, str], Decimal],
	gained: dict[str, Decimal],
	covers: dict[str, Cover],
) -> None:
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
		if qty:
			covers[promise.line].promise(qty, expected)
		received = row.received if row else promise.received_then
		new = (qty, converted, status, expected, received)
		if new != (promise.qty, promise.converted, "Open", promise.expected, promise.received_then):
			changed.append((promise.name, *new))
	for place in sorted(set(wanted) - set(held)):
		line, row = world.lines[place[0]], world.inbound[place[1]]
		covers[line.name].promise(wanted[place], row.expected)
		fresh.append(
			{
				"company": line.company,
				"sales_order": line.order,
				"sales_order_item": line.row,
				"packed_item": line.name if line.is_component else None,
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


def _show(world: World, covers: dict[str, Cover], why: Mapping[str, str]) -> tuple[list[dict], set[Key]]:
	"""Put the new figures on the order lines; returns the changes and the keys of lines that were busy."""
	today = getdate()
	changed: dict[str, tuple] = {}
	for line in world.lines.values():
		new = figures(line, covers[line.name], today)
		if new != line.shown:
			changed[line.name] = new
	components = {name for name in changed if world.lines[name].is_component}
	rows = {world.lines[name].row for name in changed}
	free_orders, free = writes.lock_orders({world.lines[n].order for n in changed}, rows, components)
	ready = {
		name: new
		for name, new in changed.items()
		if name in free and world.lines[name].row in free and world.lines[name].order in free_orders
	}
	writes.show_lines((name, *new) for name, new in ready.items() if name not in components)
	writes.show_components((name, *ready[name][:4]) for name in sorted(components & set(ready)))
	writes.show_bundles(world.lines[name].row for name in components & set(ready))
	writes.show_orders({world.lines[name].order for name in ready})
	postponed = {world.lines[name].key for name in changed if name not in ready}
	changes = [
		change(world.lines[name], new, why.get(name))
		for name, new in ready.items()
		if new[:4] != world.lines[name].shown[:4]
	]
	return changes, {key for key in postponed if all(key)}
