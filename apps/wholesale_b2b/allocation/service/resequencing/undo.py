"""Taking a run back: the lines that it touched have again what they had, as far as stock and orders still carry it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import get_link_to_form, now_datetime

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.service.planning import Steer
from wholesale_b2b.allocation.service.preview import look
from wholesale_b2b.allocation.service.resequencing.memory import arrivals_of, as_it_is_now, pegs_of
from wholesale_b2b.allocation.service.run import run
from wholesale_b2b.allocation.store import locks, logbook, runbook
from wholesale_b2b.allocation.store import resequencing as store
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.reads import World

ZERO = Decimal(0)


class Picked(frappe.ValidationError):
	"""Units that the run moved are on a pick list or have left."""


def work_of(name: str) -> list[tuple[int, dict, set[Key]]]:
	"""What is still to be undone: the number of each piece, the piece, and the keys that must be looked at for it."""
	done = {piece["piece"] for piece in runbook.recall(name, "undone")}
	return [
		(at, piece, marking.allocated(tuple(key) for key in piece["keys"]))
		for at, piece in enumerate(runbook.recall(name, "memory"))
		if at not in done
	]


def undo(name: str) -> None:
	"""Undo a run in this transaction, all of it or nothing. Raises `Picked` with the documents that stand in the way."""
	work, log = work_of(name), open_log(name)
	locks.lock_bins(key for _at, _piece, keys in work for key in keys)
	for at, piece, keys in work:
		undo_piece(name, log, at, piece, keys)
	finish(name, log)


def undo_piece(name: str, log: str, at: int, piece: dict, keys: set[Key]) -> None:
	"""Undo a part of a run, in this transaction."""
	locks.lock_bins(keys)
	piece, gone = as_it_is_now(piece)
	delivered = store.delivered(piece["lines"])
	refuse_picked(name, piece, look(keys, lock=True), delivered)
	steer = Steer(
		had=pegs_of(piece, delivered),
		arrived=arrivals_of(piece),
		run_type="Undo",
		why=dict.fromkeys(piece["lines"], _("Undo of {0}").format(name)),
		into=log,
		reason=_("Re-sequencing {0} was undone").format(name),
	)
	run(keys, f"{runbook.RUN} {name}", steer=steer)
	runbook.add(name, "undone", {"piece": at, "gone": [[about["order"], about["item"]] for about in gone]})


def open_log(name: str) -> str:
	"""The Allocation Run that tells of the undoing; one for all its parts."""
	log = frappe.db.get_value(runbook.RUN, name, "undo_run")
	# The one of an undo that was begun long ago may have been forgotten meanwhile.
	if not log or not frappe.db.exists(runbook.RUN, log):
		log = logbook.log_run(
			{
				"run_type": "Undo",
				"status": "Completed",
				"cause": f"{runbook.RUN} {name}"[:140],
				"reason": _("Re-sequencing {0} was undone").format(name),
				"user": frappe.session.user,
				"started_at": now_datetime(),
				"company": frappe.db.get_value(runbook.RUN, name, "company"),
			},
			[],
		)
		runbook.note(name, undo_run=log)
	return log


def finish(name: str, log: str, errors: Iterable[str] = ()) -> None:
	"""Say on both runs what has become of them. errors: why parts were left alone."""
	count, pieces = runbook.change_count(log), runbook.recall(name, "memory")
	runbook.note(
		log,
		change_count=count,
		key_count=sum(len(piece["keys"]) for piece in pieces),
		demand_count=sum(len(piece["lines"]) for piece in pieces),
	)
	undone = runbook.recall(name, "undone")
	runbook.note(
		name,
		status=("Partly Undone" if undone else "Applied") if work_of(name) else "Undone",
		undone_at=now_datetime() if undone else None,
		error="\n".join([*errors, *_gone(undone)])[:1000] or None,
	)


def _gone(undone: Iterable[dict]) -> list[str]:
	"""That lines which are not there any more were given nothing back."""
	rows = sorted({(order, item) for piece in undone for order, item in piece["gone"]})
	if not rows:
		return []
	named = ", ".join(f"{order} ({item})" for order, item in rows)
	return [_("Not undone, because these order rows are not there any more: {0}").format(named)]


def refuse_picked(name: str, piece: dict, world: World, delivered: Mapping[str, Decimal]) -> None:
	"""Raise `Picked` where a line has used more than it had on the shelf before the run: picked, or delivered since.

	Only lines that were given something; what a line had before it may pick and deliver as it likes. delivered: line →
	units delivered from its reservations, ever.
	"""
	used: dict[str, Decimal] = {}
	for (line, _warehouse), qty in world.picking.items():
		used[line] = used.get(line, ZERO) + qty
	shelves, lines = set(piece["shelves"]), []
	for line, about in piece["lines"].items():
		gone = used.get(line, ZERO) + delivered.get(line, ZERO) - Decimal(about["delivered"])
		if _was_given(about) and gone > _units(about["had"], shelves):
			lines.append(line)
	if lines:
		_refuse(name, [piece["lines"][line] for line in lines])


def _was_given(about: dict) -> bool:
	return any(Decimal(qty) > Decimal(about["had"].get(supply, 0)) for supply, qty in about["has"].items())


def _units(pegs: dict[str, str], supplies: set[str]) -> Decimal:
	return sum((Decimal(qty) for supply, qty in pegs.items() if supply in supplies), ZERO)


def _refuse(name: str, lines: Iterable[dict]) -> None:
	since: datetime = frappe.db.get_value(runbook.RUN, name, "applied_at")
	orders, items = {about["order"] for about in lines}, {about["item"] for about in lines}
	picks = [get_link_to_form("Pick List", pick) for pick in store.open_picks(orders, items)]
	notes = [get_link_to_form(*note) for note in store.deliveries_since(orders, items, since)]
	ways = []
	if picks:
		ways.append(_("on pick list {0} (cancel it first)").format(", ".join(picks)))
	if notes:
		ways.append(_("delivered with {0}").format(", ".join(notes)))
	frappe.throw(
		_("Units that {0} moved are used by {1}: {2}. It cannot be undone.").format(
			name,
			", ".join(get_link_to_form("Sales Order", order) for order in sorted(orders)),
			" · ".join(ways) or _("they are being picked or have left"),
		),
		Picked,
		title=_("Not Undone"),
	)
