"""An import's run over its file: start, stop, resume, and the loop of the job."""

import time
from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now

from ..rules import RawLine
from ..store import files, ledger
from . import messages
from .settings import Job, open_job, what_is_missing
from .writing import Made, create_masters, in_transaction, make_order, set_aside

# A job hands over to a fresh one after this long, so that other jobs of the queue get their turn.
SLICE_SECONDS = 600
# RQ ends a job after this long; an order of thousands of rows must fit in beside a slice.
JOB_TIMEOUT = 3600
PROGRESS_SECONDS = 1.0
QUEUE_PATIENCE_SECONDS = 120
STARTABLE = ("Draft", "Stopped", "Failed")
WORKING = ("Queued", "Running", "Stopping")
EVENT = "order_import_progress"
FIGURES = (
	"status", "error", "total_orders", "total_rows", "orders_done", "orders_created", "orders_known",
	"rows_ordered", "rows_known", "rows_excepted", "exceptions_open", "started_at", "seconds",
)  # fmt: skip
Tell = Callable[[dict[str, Any]], None]


def require_ready(doc: Document) -> None:
	"""Refuse, in one message, an import that still lacks something."""
	if missing := what_is_missing(doc):
		frappe.throw("<br>".join(missing), title=_("Order Import {0} is not ready").format(doc.name))


def start(name: str, queue: bool = True) -> None:
	"""Queue the import's job; resumes one that was stopped, failed, or whose worker died.

	Errors: `frappe.ValidationError` when it lacks something, is being worked on, or is complete.
	"""
	doc = frappe.get_doc("Order Import", name, for_update=True)
	status = doc.status
	if status not in STARTABLE and not is_dead(name, status):
		if status in WORKING:
			frappe.throw(_("Order Import {0} is running already. Stop it first, or wait.").format(name))
		frappe.throw(_("Order Import {0} is complete. Correct its exceptions and replay them.").format(name))
	require_ready(doc)
	if status != "Draft" and doc.file_digest != files.read_table(doc.import_file)[1]:
		frappe.throw(
			_(
				"The file of Order Import {0} has changed since it was started. Make a new Order Import for it."
			).format(name)
		)
	ledger.update_import(name, status="Queued", error="", started_at=now())
	if queue:
		enqueue("run", name)


def enqueue(job: str, name: str) -> None:
	"""Queue `jobs.<job>` after the commit.

	Without a job id of its own: a dead worker's leftover in Redis must not block the resume, and of two workers
	on one import the database lock sends one home.
	"""
	frappe.enqueue(
		f"wholesale_b2b.ordering.order_import.jobs.{job}",
		queue="long",
		timeout=JOB_TIMEOUT,
		enqueue_after_commit=True,
		order_import=name,
	)


def stop(name: str) -> None:
	"""Ask the worker to stop after the order at hand; a queued or dead import is stopped at once."""
	if ledger.import_status(name, lock=True) not in WORKING:
		frappe.throw(_("Order Import {0} is not running.").format(name))
	ledger.update_import(name, status="Stopping" if ledger.has_worker(name) else "Stopped")


def is_dead(name: str, status: str) -> bool:
	"""Whether the import claims to be worked on and no process does.

	A queued one is given time: its job may wait behind others, or be lost with Redis. Resuming it is harmless.
	"""
	if status not in WORKING or ledger.has_worker(name):
		return False
	return status != "Queued" or ledger.queued_for(name) > QUEUE_PATIENCE_SECONDS


def run(name: str, seconds: float = SLICE_SECONDS, tell: Tell | None = None) -> str:
	"""Work through the import's file for at most `seconds`, order by order; the status it ends with.

	*Running* means that the time was up and there is more to do; '' that another process works on it.
	tell: called with the figures now and then
	Errors: those that are no order's fault, after the Order Import was set to *Failed* with the words.
	"""
	return work(name, lambda: _run_orders(name, time.monotonic() + seconds, tell), tell)


def work(name: str, orders: Callable[[], bool], tell: Tell | None) -> str:
	"""Be the import's only worker while `orders()` runs, which returns whether all is done; the status after."""
	with ledger.worker_lock(name) as mine:
		if not mine or ledger.import_status(name) not in WORKING:
			return ""
		started = time.monotonic()
		try:
			if ledger.import_status(name, lock=True) != "Stopping":
				ledger.update_import(name, status="Running", started_at=now())
			# So that the form shows it before the first order is through.
			frappe.db.commit()
			publish(name, tell)
			finished = orders()
		except BaseException as error:
			frappe.db.rollback()
			if isinstance(error, KeyboardInterrupt):
				_finish(name, "Stopped", started, tell)
			else:
				_finish(name, "Failed", started, tell, messages.refusal(error))
			raise
		if finished:
			waiting = ledger.counts(name)["exceptions_open"]
			status = "Completed with Exceptions" if waiting else "Completed"
		else:
			status = "Stopped" if ledger.import_status(name, lock=True) == "Stopping" else "Running"
		return _finish(name, status, started, tell)


def should_stop(name: str) -> bool:
	return ledger.import_status(name) == "Stopping"


def publish(name: str, tell: Tell | None = None) -> None:
	"""Bring the figures on the Order Import up to date and tell the open forms."""
	ledger.update_import(name, **ledger.counts(name))
	# Between two orders: figures are no part of either's transaction.
	frappe.db.commit()
	figures = frappe.db.get_value("Order Import", name, FIGURES, as_dict=True)
	frappe.publish_realtime(EVENT, {"name": name, **figures}, doctype="Order Import", docname=name)
	if tell:
		tell(figures)


def _finish(name: str, status: str, started: float, tell: Tell | None, error: str = "") -> str:
	seconds = (frappe.db.get_value("Order Import", name, "seconds") or 0) + time.monotonic() - started
	ledger.update_import(name, status=status, error=error, seconds=seconds)
	publish(name, tell)
	return status


def _run_orders(name: str, until: float, tell: Tell | None) -> bool:
	job = open_job(frappe.get_doc("Order Import", name))
	foreign = [rows for rows in job.groups.values() if _is_foreign(job, rows)]
	known_orders, known_rows = len(foreign), sum(map(len, foreign))
	ledger.update_import(
		name,
		total_orders=len(job.groups),
		total_rows=sum(map(len, job.groups.values())),
		orders_known=known_orders,
		rows_known=known_rows,
	)
	# The first order may be rolled back; the totals must stand.
	frappe.db.commit()
	told = time.monotonic()
	for rows in job.groups.values():
		if job.key(rows) in job.masters.known:
			continue
		if should_stop(name) or time.monotonic() > until:
			return False
		if not _import_order(job, rows):
			known_orders, known_rows = known_orders + 1, known_rows + len(rows)
			ledger.update_import(name, orders_known=known_orders, rows_known=known_rows)
			frappe.db.commit()
		if time.monotonic() - told > PROGRESS_SECONDS:
			publish(name, tell)
			told = time.monotonic()
	return True


def _is_foreign(job: Job, rows: tuple[RawLine, ...]) -> bool:
	known = job.masters.known.get(job.key(rows))
	return bool(known and known.order_import != job.name)


def _import_order(job: Job, rows: tuple[RawLine, ...]) -> bool:
	"""Deal with one order of the file; False if another import has been first."""
	key = job.key(rows)

	def write() -> Made:
		order = job.judge(rows)
		ledger.claim(key, key, 1, order, job.settings)
		order, made = create_masters(job, order)
		ledger.settle(key, **make_order(job, order, 1))
		set_aside(job, order)
		return made

	def refuse(reason: str, message: str) -> None:
		order = job.judge(rows)
		ledger.claim(key, key, 1, order, job.settings)
		ledger.settle(key, outcome="Refused")
		set_aside(job, order, (reason, message))

	try:
		in_transaction(job, rows, write, refuse)
	except ledger.Claimed:
		frappe.db.rollback()
		return False
	return True


def enqueue_next(name: str) -> None:
	"""Queue the next slice of a run whose time was up."""
	ledger.update_import(name, status="Queued", started_at=now())
	enqueue("run", name)
	# The queue gets the job after the commit.
	frappe.db.commit()


def start_here(name: str) -> None:
	"""Make the import ready for `run` in this process, as `start` does for a worker."""
	start(name, queue=False)
	# `run` is a transaction, or many, of its own.
	frappe.db.commit()
