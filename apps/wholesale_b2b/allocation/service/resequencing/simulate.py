"""What a re-sequencing would change. Reads only; what it finds is kept on the run's own document."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import now_datetime

from wholesale_b2b.allocation.rules.differences import Difference, Moved, differences
from wholesale_b2b.allocation.rules.segments import Segment
from wholesale_b2b.allocation.service.changes import line_of
from wholesale_b2b.allocation.service.preview import Foresight, foresee, look
from wholesale_b2b.allocation.service.resequencing.scope import scope_of, segments_of
from wholesale_b2b.allocation.store import resequencing as store
from wholesale_b2b.allocation.store import runbook

ZERO = Decimal(0)
SHOWN = 500
Tell = Callable[[int, int], None]


def simulate(name: str, tell: Tell | None = None) -> None:
	"""Find out what a run would change and keep it on its document, which is *Simulated* then.

	Raises `frappe.ValidationError` where nothing is in scope or no segment takes any line.
	"""
	doc = frappe.get_doc(runbook.RUN, name)
	scope = scope_of(doc)
	if not scope.keys:
		frappe.throw(
			_(
				"Nothing to deal out again: no open order line of {0} is in scope. Check item, item group, brand and warehouse."
			).format(frappe.bold(doc.company)),
			title=_("Nothing in Scope"),
		)
	taken, lines, pieces = Counter(), 0, []
	batches = scope.batches(item for item, _warehouse in scope.keys)
	for done, keys in enumerate(batches, 1):
		world = look(keys)
		steer, found = scope.steer(world)
		taken.update(segment.position for segment in found.values())
		lines += sum(1 for line in world.lines.values() if line.key in scope.keys and line.owed)
		if rows := rows_of(foresee(world, steer), found):
			pieces.append({"rows": rows})
		if tell:
			tell(done, len(batches))
	if not taken:
		frappe.throw(
			_(
				"None of the segments takes any of the {0} open order lines in scope. Ask for less in one of them."
			).format(frappe.bold(lines)),
			title=_("No Line Matches"),
		)
	head = {"lines": lines, "keys": len(scope.keys), "taken": {str(at): n for at, n in taken.items()}}
	runbook.keep(name, "simulation", [head, *pieces])
	runbook.note(name, status="Simulated", simulated_at=now_datetime(), error=None)


def rows_of(foresight: Foresight, found: dict[str, Segment]) -> list[dict]:
	"""The changes as they are kept and compared: those of Allocation Change, with the demand line, its customer and
	segment (the position, 0 for none), and what is backordered before and after. Numbers and dates are plain."""
	rows = []
	for change in foresight.changes:
		line = foresight.world.lines[line_of(change)]
		segment = found.get(line.name)
		rows.append(
			{key: _plain(value) for key, value in change.items()}
			| {
				"line": line.name,
				"customer": line.customer,
				"segment": segment.position if segment else 0,
				"backorder_before": _plain(line.shown[2]),
				"backorder_after": _plain(max(line.owed - change["reserved_after"], ZERO)),
			}
		)
	return rows


def _plain(value: object) -> object:
	if isinstance(value, Decimal):
		return float(value)
	return value.isoformat() if isinstance(value, date) else value


def known(name: str) -> tuple[dict, list[dict]]:
	"""What the simulation of a run found: its head (lines, keys, taken) and its rows."""
	head, *pieces = runbook.recall(name, "simulation") or [{}]
	return head, [row for piece in pieces for row in piece["rows"]]


def result(name: str, limit: int = SHOWN) -> dict:
	"""The simulation as the form shows it.

	lines, keys: how much was looked at. segments: one per segment {position, label, taken, and its differences}; the
	position 0 stands for lines of no segment. customers: differences, the greatest first. total. rows: the `limit`
	changes that move most units; more: how many there are beyond them. Differences: lines, gained, lost, earlier, later.
	"""
	head, rows = known(name)
	if not head:
		return {}
	doc = frappe.get_doc(runbook.RUN, name)
	labels = {segment.position: segment.who.name for segment in segments_of(doc)}
	customers = store.customer_names({row["customer"] for row in rows})
	by_segment = {int(d.name): d for d in differences(_moved(rows, "segment"))}
	order = sorted(rows, key=lambda row: (-abs(_units(row)), row["sales_order"], row["line"]))
	return {
		"lines": head["lines"],
		"keys": head["keys"],
		"total": _figures(next(iter(differences(_moved(rows, None))), Difference(""))),
		"segments": [
			{
				"position": at,
				"label": labels.get(at) or _("Lines of no segment"),
				"taken": head["taken"].get(str(at), 0),
				**_figures(by_segment.get(at, Difference(""))),
			}
			for at in [*labels, *({0} & set(by_segment))]
		],
		"customers": [
			{"customer": d.name, "label": customers.get(d.name) or d.name, **_figures(d)}
			for d in differences(_moved(rows, "customer"))
		],
		"rows": [
			{**row, "customer_name": customers.get(row["customer"]) or row["customer"], "units": _units(row)}
			for row in order[:limit]
		],
		"more": max(len(rows) - limit, 0),
	}


def _moved(rows: Iterable[dict], by: str | None) -> list[Moved]:
	return [
		Moved(
			name=str(row[by]) if by else "",
			covered_before=Decimal(str(row["reserved_before"])) + Decimal(str(row["pre_allocated_before"])),
			covered_after=Decimal(str(row["reserved_after"])) + Decimal(str(row["pre_allocated_after"])),
			when_before=_day(row["promise_date_before"]),
			when_after=_day(row["promise_date_after"]),
		)
		for row in rows
	]


def _day(text: str | None) -> date | None:
	return date.fromisoformat(text) if text else None


def _units(row: dict) -> float:
	(moved,) = _moved([row], None)
	return float(moved.covered_after - moved.covered_before)


def _figures(d: Difference) -> dict:
	return {
		"changed": d.lines,
		"gained": float(d.gained),
		"lost": float(d.lost),
		"earlier": d.earlier,
		"later": d.later,
	}
