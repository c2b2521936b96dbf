"""What a person may ask of a re-sequencing: simulate, apply, undo. Large ones are done by a worker."""

from collections.abc import Callable
from time import monotonic

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from wholesale_b2b import busy
from wholesale_b2b.allocation.service.resequencing import apply as applying
from wholesale_b2b.allocation.service.resequencing import simulate as simulating
from wholesale_b2b.allocation.service.resequencing import undo as undoing
from wholesale_b2b.allocation.service.resequencing.scope import check, scope_of
from wholesale_b2b.allocation.store import locks, runbook
from wholesale_b2b.setup.switch import check_enabled, settings

JOB = "wholesale_b2b.allocation.jobs.resequence"
EVENT = "b2b_run_progress"
ATTEMPTS = 4
# action → the states from which it may start, the state while a worker is at it, and the states in which it may start
# if no worker is at it any more
ACTIONS = {
	"simulate": (("Draft", "Simulated"), "Simulating", ("Simulating",)),
	"apply": (("Simulated",), "Applying", ("Applying",)),
	"undo": (("Applied", "Partly Undone"), "Undoing", ("Undoing", "Applying")),
}
WORKING = tuple(working for _states, working, _dead in ACTIONS.values())


def start(name: str, action: str) -> str:
	"""Simulate, apply or undo a run now, or have a worker do it where it is large; the state it is in afterwards.

	Raises `frappe.ValidationError` (of it `apply.Stale` and `undo.Picked`) with what to do. The caller has checked the
	permissions.
	"""
	locks.ask_for_fresh_reads()
	_require(name, action)
	if _size(name, action) > cint(settings().keys_per_transaction or 1000):
		return _queue(name, action)
	_patiently(lambda: _now(name, action))
	return runbook.lock(name).status


def _require(name: str, action: str) -> frappe._dict:
	"""The run, locked, if this may be done with it now."""
	run = runbook.lock(name)
	if not run or run.run_type != "Re-Sequencing":
		frappe.throw(_("{0} is no re-sequencing.").format(name))
	check_enabled(run.company)
	states, _working, dead = ACTIONS[action]
	if run.status not in states and not (run.status in dead and is_dead(run)):
		frappe.throw(
			_("{0} is {1}: this cannot be done with it now. Reload it to see what can.").format(
				name, _(run.status)
			)
		)
	if action == "simulate":
		check(frappe.get_doc(runbook.RUN, name))
	return run


def is_dead(run: Document | frappe._dict) -> bool:
	"""Whether a run claims that a worker is at it and none is. Its job may still wait: starting it again is harmless."""
	return run.status in WORKING and not runbook.is_worked_on(run.name)


def _size(name: str, action: str) -> int:
	"""How many keys this is about."""
	if action == "simulate":
		return len(scope_of(frappe.get_doc(runbook.RUN, name)).keys)
	if action == "apply":
		return sum(len(keys) for keys in applying.work_of(name)[1])
	return sum(len(keys) for _at, _piece, keys in undoing.work_of(name))


def _now(name: str, action: str) -> None:
	_require(name, action)
	{"simulate": simulating.simulate, "apply": applying.apply, "undo": undoing.undo}[action](name)


def _patiently(do: Callable[[], None]) -> None:
	"""Do something that is a transaction of its own; a deadlock or a lock time-out is tried again."""
	for attempt in range(1, ATTEMPTS + 1):
		try:
			return do()
		except busy.BUSY:
			frappe.db.rollback()
			if attempt == ATTEMPTS:
				frappe.throw(
					_(
						"Somebody else is working on these items right now. Nothing was changed; try again in a minute."
					)
				)
			busy.pause(attempt)


# ---- large ones -------------------------------------------------------------------------------------------------


def _queue(name: str, action: str) -> str:
	frappe.enqueue(JOB, queue="long", timeout=4 * 3600, enqueue_after_commit=True, run=name, action=action)
	runbook.note(name, status=ACTIONS[action][1], error=None)
	return ACTIONS[action][1]


def work(name: str, action: str) -> None:
	"""Worker: do all of it, item by item in batches, each a transaction of its own. A second worker leaves at once."""
	if not runbook.take(name):
		return
	try:
		locks.ask_for_fresh_reads()
		if runbook.lock(name).status == ACTIONS[action][1]:
			{"simulate": _simulate, "apply": _apply, "undo": _undo}[action](name)
		frappe.db.commit()
	except Exception as error:
		frappe.db.rollback()
		_stop(name, action, error)
	finally:
		runbook.leave(name)
		frappe.publish_realtime(EVENT, {"run": name, "action": action}, doctype=runbook.RUN, docname=name)


def _stop(name: str, action: str, error: Exception) -> None:
	"""Note the reason. Back to the state before, unless a part is done: the rest of it can be done or all of it undone."""
	if not isinstance(error, frappe.ValidationError):
		frappe.log_error(title="Re-sequencing failed", message=frappe.get_traceback())
	status = ACTIONS[action][0][0]
	if action == "apply" and runbook.recall(name, "memory"):
		status = "Applying"
	elif action == "undo" and runbook.recall(name, "undone"):
		status = "Partly Undone"
	runbook.note(name, status=status, error=str(error)[:1000] or repr(error))
	frappe.db.commit()  # the reason must outlive this job


def _simulate(name: str) -> None:
	simulating.simulate(name, lambda done, of: _tell(name, "simulate", done, of))


def _apply(name: str) -> None:
	clock, left = monotonic(), []
	scope, batches, rows = applying.work_of(name)
	while batches:
		keys = batches.pop(0)
		try:
			_patiently(lambda keys=keys: applying.apply_batch(scope, keys, rows))
			frappe.db.commit()  # a batch is a transaction of its own: nobody waits for the others
		except applying.Stale:
			frappe.db.rollback()
			items = sorted({item for item, _warehouse in keys})
			if len(items) > 1:
				batches = [[key for key in keys if key[0] == item] for item in items] + batches
			else:
				left += items
		_tell(name, "apply", len(rows) - _waiting(batches, rows), len(rows))
	applying.finish(name, clock, _left_alone(left))


def _undo(name: str) -> None:
	log, left, work = undoing.open_log(name), [], undoing.work_of(name)
	frappe.db.commit()  # a part that is refused or tried again must not take the log with it
	for done, (at, piece, keys) in enumerate(work, 1):
		try:
			_patiently(lambda at=at, piece=piece, keys=keys: undoing.undo_piece(name, log, at, piece, keys))
		except undoing.Picked as error:
			frappe.db.rollback()
			left.append(frappe.utils.strip_html(str(error)))
		frappe.db.commit()  # as above
		_tell(name, "undo", done, len(work))
	undoing.finish(name, log, left)


def _waiting(batches: list, rows: dict[str, dict]) -> int:
	items = {item for keys in batches for item, _warehouse in keys}
	return sum(1 for row in rows.values() if row["item_code"] in items)


def _left_alone(items: list[str]) -> str | None:
	if not items:
		return None
	return _("Left alone, because they had changed since the simulation: {0}").format(", ".join(items))[:1000]


def _tell(name: str, action: str, done: int, of: int) -> None:
	frappe.publish_realtime(
		EVENT,
		{"run": name, "action": action, "done": done, "of": of},
		doctype=runbook.RUN,
		docname=name,
	)
