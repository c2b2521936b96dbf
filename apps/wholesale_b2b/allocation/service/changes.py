"""What a run means for the lines: their figures, the rows of Allocation Change and Allocation Move, who gained by whose loss."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from wholesale_b2b.allocation.rules.handover import Move
from wholesale_b2b.allocation.rules.outcome import GAINED, LATER, LOST, Figures, outcome
from wholesale_b2b.allocation.service import planning
from wholesale_b2b.allocation.store.demand import Key, Line
from wholesale_b2b.allocation.store.pegs import Cover
from wholesale_b2b.allocation.store.reads import World

ZERO = Decimal(0)


def figures(line: Line, cover: Cover, today: date) -> tuple:
	"""What a line shows: reserved, pre-allocated, backordered, promise date, ERPNext's stock_reserved_qty."""
	backorder = max(line.owed - cover.reserved, ZERO)
	before = line.shown[3]
	if not line.owed or backorder > cover.promised:
		when = None
	elif backorder:
		when = cover.expected
	else:
		# Ready since: keeps its day, so that a run tomorrow changes nothing.
		when = before if before and before <= today else today
	# A Packed Item has no such field of ERPNext's.
	ever = line.shown[4] if line.is_component else cover.ever
	return cover.reserved, cover.promised, backorder, when, ever


def change(line: Line, new: tuple, why: str | None = None) -> dict:
	"""The Allocation Change of a line that shows the figures `new` from now on; why: the rule that did it."""
	result = outcome(_as_figures(line.shown), _as_figures(new))
	return {
		"item_code": line.key[0],
		"warehouse": line.key[1],
		"sales_order": line.order,
		"sales_order_item": line.row,
		"packed_item": line.name if line.is_component else None,
		"outcome": result.kind,
		"beneficiary": None,
		"rule": why and why[:140],
		"reserved_before": line.shown[0],
		"reserved_after": new[0],
		"pre_allocated_before": line.shown[1],
		"pre_allocated_after": new[1],
		"promise_date_before": line.shown[3],
		"promise_date_after": new[3],
	}


def _as_figures(shown: tuple) -> Figures:
	return Figures(*shown[:4])


def handed(world: World, steer: planning.Steer) -> dict[str, str]:
	"""Line → order to which a person gives its units."""
	return {move.giver: world.lines[move.taker].order for move in steer.moves if move.giver}


def moved(world: World, moves: Iterable[Move]) -> list[dict]:
	"""Rows of Allocation Move."""
	rows = []
	for move in moves:
		taker, giver = world.lines[move.taker], world.lines.get(move.giver)
		row = world.inbound.get(move.supply)
		rows.append(
			{
				"item_code": taker.key[0],
				"warehouse": row.key[1] if row else planning.shelf_key(move.supply)[1],
				"qty": move.qty,
				"from_order": giver and giver.order,
				"from_line": move.giver,
				"to_order": taker.order,
				"to_line": move.taker,
				"supply_type": row and row.doctype,
				"supply_name": row and row.name,
				"supply_row": row and row.row,
			}
		)
	return rows


def name_beneficiaries(changes: list[dict], handed: Mapping[str, str], order: Mapping[str, int]) -> None:
	"""Who got units of the same item at the same place in the same run, on the rows of those who lost: the first in line.

	handed: line → order to which a person gave its units. order: line → its place in the queue.
	"""
	gained: dict[Key, str] = {}
	for change in sorted(changes, key=lambda change: order.get(line_of(change), len(order))):
		if change["outcome"] == GAINED:
			gained.setdefault((change["item_code"], change["warehouse"]), change["sales_order"])
	for change in changes:
		line = line_of(change)
		if line in handed and change["outcome"] in (LOST, LATER):
			change["beneficiary"] = handed[line]
		elif change["outcome"] == LOST:
			change["beneficiary"] = gained.get((change["item_code"], change["warehouse"]))


def line_of(change: dict) -> str:
	"""The demand line that a change is about."""
	return change["packed_item"] or change["sales_order_item"]
