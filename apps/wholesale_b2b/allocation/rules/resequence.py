"""Dealing out again on purpose: who keeps, who may gain, who gives up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from wholesale_b2b.allocation.rules.model import ZERO, Demand, Peg, Plan, Policy, Supply
from wholesale_b2b.allocation.rules.pegs import by_place, totals
from wholesale_b2b.allocation.rules.planner import plan

WIN = "win"
GAIN = "gain"
IMPROVE = "improve"
REDISTRIBUTE = "redistribute"
FILL = "fill"
LOSE = "lose"
# Who is served first. A line without a mode keeps what it has, as in any run, and comes between those that may gain
# and those that may lose.
MODES = (WIN, GAIN, IMPROVE, REDISTRIBUTE, FILL, LOSE)
KEEP = "keep"
TURN = {WIN: 0, GAIN: 1, KEEP: 2, IMPROVE: 3, REDISTRIBUTE: 4, FILL: 5, LOSE: 6}


def resequence(
	demands: Iterable[Demand],
	supplies: Iterable[Supply],
	kept: Iterable[Peg],
	modes: Mapping[str, str],
	policy: Policy | None = None,
) -> Plan:
	"""A plan in which the lines named in `modes` are treated as their mode says, the others keep what they have.

	win: keeps every unit and is served before all others. gain: keeps every unit and is served next. improve: keeps at
	least as many units, which may move to a nearer supply. redistribute: gives its units up and is dealt with anew.
	fill: gives its units up and gets back at most as many, after those. lose: gives its units up and gets what nobody
	else wants. Frozen units stay in every mode. Raises ValueError for an unknown mode.
	"""
	lines = {demand.line: demand for demand in demands}
	if unknown := sorted(set(modes.values()) - set(MODES)):
		raise ValueError(f"unknown mode: {', '.join(unknown)}")
	supplies, policy = list(supplies), policy or Policy()
	# What still fits is what there is to keep: planned without new promises.
	fitted = plan(_asking_for_nothing_more(lines, kept), supplies, kept, policy).pegs
	turns = _in_turn(lines, modes, fitted)

	pegs = [peg for peg in (_held(peg, modes.get(peg.demand, KEEP)) for peg in fitted) if peg]
	result = plan(turns, supplies, pegs, policy).pegs
	if any(mode == IMPROVE for mode in modes.values()):
		result = _improve(turns, supplies, result, modes, policy)
	dealt = totals(result)
	shortages = {line: lines[line].qty - dealt.get(line, ZERO) for line in sorted(lines)}
	return Plan(result, {line: qty for line, qty in shortages.items() if qty > ZERO})


def _asking_for_nothing_more(lines: Mapping[str, Demand], kept: Iterable[Peg]) -> list[Demand]:
	held = totals(kept)
	return [replace(demand, qty=min(demand.qty, held.get(line, ZERO))) for line, demand in lines.items()]


def _in_turn(lines: Mapping[str, Demand], modes: Mapping[str, str], fitted: Iterable[Peg]) -> list[Demand]:
	"""The demands with priorities that put the modes one after the other; a *fill* line asks for what it had."""
	held = totals(fitted)
	step = max((abs(demand.priority) for demand in lines.values()), default=0) * 2 + 1
	turned = []
	for line, demand in lines.items():
		mode = modes.get(line, KEEP)
		qty = min(demand.qty, held.get(line, ZERO)) if mode == FILL else demand.qty
		turned.append(replace(demand, qty=qty, priority=TURN[mode] * step + demand.priority))
	return turned


def _held(peg: Peg, mode: str) -> Peg | None:
	"""What of a peg stays before the dealing: all of it, or its frozen units."""
	if mode in (WIN, GAIN, KEEP, IMPROVE):
		return peg
	return replace(peg, qty=min(peg.frozen, peg.qty)) if peg.frozen else None


def _improve(
	turns: list[Demand], supplies: list[Supply], pegs: Iterable[Peg], modes: Mapping[str, str], policy: Policy
) -> tuple[Peg, ...]:
	"""Let each *improve* line in its turn give its units back and take the nearest: never fewer than it had."""
	items = {demand.line: demand.item for demand in turns}
	lines, stock = _by_item(turns, lambda d: d.item), _by_item(supplies, lambda s: s.item)
	held, found = _by_item(pegs, lambda peg: items[peg.demand]), []
	for item, queue in lines.items():
		# Items share nothing: planning the others again for each line of this one would be work for nothing.
		found += _improve_item(queue, stock.get(item, []), held.get(item, []), modes, policy)
	return by_place(found)


def _improve_item(
	queue: list[Demand], supplies: list[Supply], pegs: Iterable[Peg], modes: Mapping[str, str], policy: Policy
) -> Iterable[Peg]:
	for demand in sorted(queue, key=lambda d: (d.priority, d.line)):
		if modes.get(demand.line) != IMPROVE:
			continue
		others = [peg for peg in pegs if peg.demand != demand.line]
		mine = [_held(p, LOSE) for p in pegs if p.demand == demand.line and p.frozen]
		# Everybody else asks for what they have: the line chooses among its own units and the free ones.
		had = totals(others)
		still = [
			d if d.line == demand.line else replace(d, qty=min(d.qty, had.get(d.line, ZERO))) for d in queue
		]
		again = plan(still, supplies, [*others, *mine], policy).pegs
		if totals(again).get(demand.line, ZERO) >= totals(pegs).get(demand.line, ZERO):
			pegs = again
	return pegs


def _by_item(rows: Iterable, item_of: Callable) -> dict[str, list]:
	groups: dict[str, list] = {}
	for row in rows:
		groups.setdefault(item_of(row), []).append(row)
	return groups
