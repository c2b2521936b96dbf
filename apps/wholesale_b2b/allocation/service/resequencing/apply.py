"""Doing what was simulated, as one run; nothing of it where the facts have changed since."""

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic

import frappe
from frappe import _
from frappe.utils import format_datetime, now_datetime

from wholesale_b2b.allocation.service.preview import foresee, look
from wholesale_b2b.allocation.service.resequencing import simulate
from wholesale_b2b.allocation.service.resequencing.memory import memory_of
from wholesale_b2b.allocation.service.resequencing.scope import Scope, scope_of
from wholesale_b2b.allocation.service.run import run
from wholesale_b2b.allocation.store import locks, runbook
from wholesale_b2b.allocation.store.demand import Key

NAMED = 5
WORDS = ("rule",)


class Stale(frappe.ValidationError):
	"""What was simulated is not what would happen now."""


def work_of(name: str) -> tuple[Scope, list[list[Key]], dict[str, dict]]:
	"""What is still to be applied: the scope, the keys batch by batch, and the simulated rows by line.

	Items for which the simulation found no change are left alone, and so are those that were applied already.
	"""
	doc = frappe.get_doc(runbook.RUN, name)
	_head, rows = simulate.known(name)
	done = {item for piece in runbook.recall(name, "memory") for item, _warehouse in piece["keys"]}
	rows = [row for row in rows if row["item_code"] not in done]
	scope = scope_of(doc)
	return (
		scope,
		scope.batches(row["item_code"] for row in rows),
		{row["line"]: row for row in rows},
	)


def apply(name: str) -> None:
	"""Apply a simulated run in this transaction. Raises `Stale` if any line would change otherwise than simulated."""
	clock, scope, batches, rows = monotonic(), *work_of(name)
	locks.lock_bins(key for keys in batches for key in keys)
	_refuse_vanished(scope, batches, rows)
	for keys in batches:
		apply_batch(scope, keys, rows)
	finish(name, clock)


def apply_batch(scope: Scope, keys: Iterable[Key], rows: dict[str, dict]) -> None:
	"""Apply the part of a run that lies at these keys, whole items, in this transaction."""
	keys = list(keys)
	items = {item for item, _warehouse in keys}
	locks.lock_bins(keys)
	world = look(keys, lock=True)
	steer, found = scope.steer(world)
	foreseen = foresee(world, steer)
	now = {row["line"]: row for row in simulate.rows_of(foreseen, found)}
	then = {line: row for line, row in rows.items() if row["item_code"] in items}
	if differing := sorted(n for n in {*now, *then} if _facts(now.get(n)) != _facts(then.get(n))):
		orders = sorted({(now.get(line) or then[line])["sales_order"] for line in differing})
		_refuse_stale(scope.run, len(differing), orders)
	runbook.add(scope.run, "memory", memory_of(foreseen, keys))
	run(keys, f"{runbook.RUN} {scope.run}", steer=replace(steer, into=scope.run))


def _facts(row: dict | None) -> dict | None:
	"""What must be as it was simulated: all but words, which are in the language of whoever asked or of the worker."""
	return row and {field: value for field, value in row.items() if field not in WORDS}


def finish(name: str, clock: float, error: str | None = None) -> None:
	"""Say on the run what has become of it."""
	head, _rows = simulate.known(name)
	runbook.note(
		name,
		status="Applied",
		error=error,
		applied_at=now_datetime(),
		started_at=now_datetime(),
		duration_ms=int((monotonic() - clock) * 1000),
		user=frappe.session.user,
		key_count=head["keys"],
		demand_count=head["lines"],
		change_count=runbook.change_count(name),
	)


def _refuse_vanished(scope: Scope, batches: list[list[Key]], rows: dict[str, dict]) -> None:
	"""An item that has left the scope since cannot be compared any more."""
	here = {item for keys in batches for item, _warehouse in keys}
	if gone := [row for row in rows.values() if row["item_code"] not in here]:
		_refuse_stale(scope.run, len(gone), sorted({row["sales_order"] for row in gone}))


def _refuse_stale(name: str, lines: int, orders: list[str]) -> None:
	at = frappe.db.get_value(runbook.RUN, name, "simulated_at")
	named = ", ".join(orders[:NAMED]) + (" …" if len(orders) > NAMED else "")
	frappe.throw(
		_(
			"Since the simulation at {0} things have changed for {1} lines ({2}). Nothing was applied. Simulate again."
		).format(format_datetime(at, "HH:mm"), frappe.bold(lines), named),
		Stale,
		title=_("The Simulation Is Out of Date"),
	)
