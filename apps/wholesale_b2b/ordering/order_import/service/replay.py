"""Corrected rows back into orders.

Rows of an order that its import left without a Sales Order make it. Rows of any other order make a supplementary
Sales Order of the same external number (part 2, 3, …): a placed order keeps its lines and reservations, and both
are found under one number. Part 1 is never made from rows whose number was corrected to an order that no file has
brought yet: that order, when it comes, must not count as known.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.utils import now

from ..rules import Order, RawLine, ledger_key
from ..store import ledger
from . import messages
from .runs import PROGRESS_SECONDS, WORKING, Tell, enqueue, is_dead, publish, should_stop, work
from .settings import Job, open_job
from .writing import TRIES, Made, create_masters, in_transaction, make_order


def replay(names: Sequence[str]) -> list[dict[str, Any]]:
	"""Try open exceptions again, as corrected; those that are not open are passed over.

	Returns one dict per order: `order_no`, `sales_order` ('' if none was made), `replayed` and `waiting` (rows),
	`message` (why rows still wait). Commits per order.
	"""
	results = []
	exceptions = ledger.read_exceptions(names)
	for name in sorted({exception["order_import"] for exception in exceptions}):
		own = [exception for exception in exceptions if exception["order_import"] == name]
		results += [result for result in _replay_import(name, own)]
		ledger.update_import(name, **ledger.counts(name))
		# The end of this import's part; its orders are committed already.
		frappe.db.commit()
		_close_if_done(name)
	return results


def start_replay(name: str) -> None:
	"""Queue the replay of every open exception of an import that is not being worked on."""
	status = ledger.import_status(name, lock=True)
	if status in WORKING and not is_dead(name, status):
		frappe.throw(_("Order Import {0} is running. Stop it first, or wait.").format(name))
	if status in ("Draft", "Stopped", "Failed", *WORKING):
		frappe.throw(
			_("Order Import {0} is not complete. Resume it before its exceptions are replayed.").format(name)
		)
	if not ledger.open_exceptions(name):
		frappe.throw(_("Order Import {0} has no open exceptions.").format(name))
	ledger.update_import(name, status="Queued", error="", started_at=now())
	enqueue("replay_all", name)


def replay_all(name: str, tell: Tell | None = None) -> str:
	"""Replay every open exception of the import as its only worker; the status after (see `runs.run`)."""

	def orders() -> bool:
		told = time.monotonic()
		exceptions = ledger.read_exceptions(ledger.open_exceptions(name))
		for _result in _replay_import(name, exceptions):
			if should_stop(name):
				return True
			if time.monotonic() - told > PROGRESS_SECONDS:
				publish(name, tell)
				told = time.monotonic()
		return True

	return work(name, orders, tell)


def dismiss(names: Sequence[str]) -> int:
	"""Close open exceptions that are not to be ordered; how many were open."""
	imports = {exception["order_import"] for exception in ledger.read_exceptions(names)}
	closed = ledger.close_exceptions(names, "Dismissed")
	for name in imports:
		ledger.update_import(name, **ledger.counts(name))
		_close_if_done(name)
	return closed


def _close_if_done(name: str) -> None:
	if ledger.import_status(name) == "Completed with Exceptions" and not ledger.open_exceptions(name):
		ledger.update_import(name, status="Completed")


def _replay_import(name: str, exceptions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
	"""Replay exceptions of one import, order by order; yields the results."""
	by_row = {exception["row_no"]: exception["name"] for exception in exceptions}
	rows = tuple(ledger.raw_of(exception) for exception in exceptions)
	if not rows:
		return
	job = open_job(frappe.get_doc("Order Import", name), rows)
	for group in job.groups.values():
		yield _replay_order(job, group, [by_row[row.row] for row in group])


def _replay_order(job: Job, rows: tuple[RawLine, ...], names: list[str]) -> dict[str, Any]:
	order_key = ledger_key(job.settings["company"], job.settings["source"], rows[0].order_no)
	result: dict[str, Any] = {
		"order_no": rows[0].order_no,
		"sales_order": "",
		"replayed": 0,
		"waiting": 0,
		"message": "",
	}

	def write() -> Made:
		result.update(sales_order="", replayed=0, waiting=0, message="")
		still_open = {found["row_no"]: found for found in ledger.read_exceptions(names, lock=True)}
		# Another replay may have been first; what it left is judged as it stands now.
		current = tuple(ledger.raw_of(found) for found in still_open.values())
		if not current:
			return Made()
		first = ledger.lock_order(order_key)
		order = job.judge(current)
		made = Made()
		if order.lines:
			order, made = create_masters(job, order)
		if order.lines:
			done = [still_open[line.raw.row]["name"] for line in order.lines]
			result["sales_order"] = _place(job, order, order_key, first)
			result["replayed"] = ledger.close_exceptions(done, "Replayed", result["sales_order"])
		for bad in order.rejected:
			reason, message = messages.explain(bad.problems)
			ledger.reopen_reason(still_open[bad.raw.row]["name"], reason, message)
			result.update(waiting=result["waiting"] + 1, message=message)
		return made

	def refuse(reason: str, message: str) -> None:
		result.update(sales_order="", replayed=0, waiting=0)
		for found in ledger.read_exceptions(names, lock=True):
			ledger.reopen_reason(found["name"], reason, message)
			result.update(waiting=result["waiting"] + 1, message=message)

	for _attempt in range(TRIES):
		try:
			in_transaction(job, rows, write, refuse)
			break
		except ledger.Claimed:
			# Another replay of the same order took the number of the supplement: take the next.
			continue
	return result


def _place(job: Job, order: Order, order_key: str, first: dict[str, Any] | None) -> str:
	"""Make the Sales Order of replayed rows: the order itself if it was never placed, else a supplement."""
	if first and not first["sales_order"] and first["order_import"] == job.name:
		outcome = make_order(job, order, 1)
		if first["row_count"] > outcome["rows_ordered"]:
			outcome["outcome"] = "Partly Ordered"
		ledger.settle(order_key, **outcome)
		return outcome["sales_order"]
	part = ledger.next_part(order_key)
	key = ledger_key(job.settings["company"], job.settings["source"], order.order_no, part)
	ledger.claim(key, order_key, part, order, job.settings)
	outcome = make_order(job, order, part)
	ledger.settle(key, **outcome)
	return outcome["sales_order"]
