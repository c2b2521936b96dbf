"""A run: lock, load, decide, apply. Running twice changes nothing the second time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from time import monotonic

import frappe
from frappe.utils import cint, getdate, now_datetime

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.rules.outcome import GAINED, LOST, Figures, outcome
from wholesale_b2b.allocation.service import telling
from wholesale_b2b.allocation.store import reads, writes
from wholesale_b2b.allocation.store.reads import Key, Line, World
from wholesale_b2b.setup.switch import settings

ZERO = Decimal(0)
DEFAULT_PRIORITY = 50
REALTIME_LIMIT = 50


@dataclass(frozen=True)
class Outcome:
	"""What a run did. changes: rows of Allocation Change; postponed: keys with rows that were busy, which stay marked."""

	keys: int
	lines: int
	changes: list[dict]
	postponed: set[Key]


def run(
	keys: Iterable[Key], cause: str, wait: bool = True, taken: dict[tuple[str, Key], Decimal] | None = None
) -> Outcome:
	"""Make the pegs of `keys` right. The caller commits.

	taken: (line, key) → units that this very transaction took from the line's reservations; they count as kept.

	Raises `frappe.QueryTimeoutError` if `wait` is False and another transaction holds one of the Bins.
	"""
	started, clock = now_datetime(), monotonic()
	keys = set(keys)
	reads.lock_bins(keys, wait=wait)
	known = writes.marked(keys)
	world = reads.load(keys)
	world.taken = taken or {}
	_apply(world, *_decide(world))
	changes, postponed = _show(world)
	_name_beneficiaries(changes)
	writes.sum_bins(keys)
	busy = {entry.key for entry in world.entries if entry.busy} | postponed
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


def _decide(world: World) -> tuple[rules.Plan, dict[str, int]]:
	"""The plan, and the place of each line in the queue."""
	lines, stock = demands(world), supplies(world)
	moved = rules.arrive(kept(world), _arrivals(world), lines, stock, policy())
	return rules.plan(lines, stock, moved, policy()), rules.ranks(lines, policy())


def policy() -> rules.Policy:
	return rules.Policy((settings().date_rule or "Order Date").lower())


def demands(world: World) -> list[rules.Demand]:
	places: dict[str, set[str]] = defaultdict(set)
	for entry in world.entries:
		places[entry.line].add(entry.key[1])
	for line, key in world.taken:
		places[line].add(key[1])
	default = cint(settings().default_priority) or DEFAULT_PRIORITY
	return [
		rules.Demand(
			line=line.name,
			item=line.key[0],
			# A user may have reserved it from another warehouse by hand: that reservation counts and stays.
			warehouses=(line.key[1], *sorted(places[line.name] - {line.key[1]})),
			qty=max(line.owed - world.elsewhere.get(line.name, ZERO), ZERO),
			priority=line.priority or default,
			needed_by=line.needed_by,
			placed_at=line.placed_at,
		)
		for line in world.lines.values()
	]


def supplies(world: World) -> list[rules.Supply]:
	reserved: dict[Key, Decimal] = defaultdict(lambda: ZERO)
	for entry in world.entries:
		reserved[entry.key] += entry.open
	shelves = [
		rules.Supply(
			key=shelf_name(key),
			kind=rules.ON_HAND,
			item=key[0],
			warehouse=key[1],
			# What is promised stays promised while it is there; new promises only from what nobody has claimed.
			qty=max(min(reserved[key], shelf.actual), shelf.actual - shelf.claimed, ZERO),
		)
		for key, shelf in world.shelves.items()
	]
	inbound = [
		rules.Supply(row.id, rules.INBOUND, row.key[0], row.key[1], row.open, row.expected or date.max)
		for row in world.inbound.values()
		if row.key in world.shelves
	]
	return shelves + inbound


def kept(world: World) -> list[rules.Peg]:
	picking = dict(world.picking)
	pegs = []
	for entry in world.entries:
		place = (entry.line, entry.key[1])
		frozen = min(entry.open, picking.get(place, ZERO))
		picking[place] = picking.get(place, ZERO) - frozen
		fixed = entry.busy or (entry.bound and entry.line in world.lines and world.lines[entry.line].owed)
		pegs.append(rules.Peg(entry.line, shelf_name(entry.key), entry.open, entry.open if fixed else frozen))
	held: dict[tuple[str, Key], Decimal] = defaultdict(lambda: ZERO)
	for entry in world.entries:
		held[entry.line, entry.key] += entry.open
	for (line, key), qty in world.taken.items():
		again = qty - held[line, key]
		if again > ZERO and key in world.shelves:
			frozen = min(again, picking.get((line, key[1]), ZERO))
			pegs.append(rules.Peg(line, shelf_name(key), again, frozen))
	pegs += [rules.Peg(promise.line, promise.supply, promise.qty) for promise in world.promises]
	return pegs


def _arrivals(world: World) -> list[rules.Arrival]:
	"""Units received on supplies since their pegs were last planned."""
	then = {promise.supply: promise.received_then for promise in world.promises}
	return [
		rules.Arrival(name, shelf_name(row.key), row.received - then[name])
		for name, row in world.inbound.items()
		if name in then and row.received > then[name]
	]


def shelf_name(key: Key) -> str:
	return "\n".join(key)


# ---- applying ---------------------------------------------------------------------------------------------------


def _apply(world: World, plan: rules.Plan, order: dict[str, int]) -> None:
	shelves = {shelf_name(key): key for key in world.shelves}
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
