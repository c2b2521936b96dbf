"""Which keys may be wrong, and when they are made right.

`mark` notes in a document's own transaction that keys may be wrong; before that transaction commits `settle` makes
them right, under a savepoint; what is too large, busy or failed stays marked and is done by a worker (`jobs`).
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from time import monotonic

import frappe
from frappe.utils import cint, getdate

from wholesale_b2b import busy
from wholesale_b2b.allocation.service import aside, shares
from wholesale_b2b.allocation.service.run import Outcome, run
from wholesale_b2b.allocation.service.sourcing import with_sources
from wholesale_b2b.allocation.store import batches, keyring, locks, logbook, queue, writes
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.setup.switch import enabled_companies, settings
from wholesale_b2b.setwise import chunks

SAVEPOINT = "b2b_allocation"
EXPIRED = "Expired batches"
EXPIRED_KEY = "b2b_expired_batches_looked_at"


def lock(keys: Iterable[Key]) -> None:
	"""Lock the Bins of those keys that are allocated, before ERPNext posts to them (ARCHITECTURE.md, Allocation)."""
	locks.lock_bins(allocated(keys))


def allocated(keys: Iterable[Key]) -> set[Key]:
	"""Of `keys`, those that are allocated, with those of all warehouses that the same orders may be sourced from."""
	return keyring.stock_keys(with_sources(keys, enabled_companies()), enabled_companies())


def mark(keys: Iterable[Key], cause: str) -> None:
	"""Note in this transaction that the pegs of `keys` may be wrong, and have them settled before it commits.

	Keys of companies that are not switched on, of non-stock items and of group warehouses are passed over.
	"""
	keys = allocated(keys)
	if not keys:
		return
	pending = _pending()
	if not pending:
		frappe.db.after_rollback.add(_forget_pending)
	writes.mark(keys - set(pending), cause)
	pending.update(dict.fromkeys(keys, cause))
	frappe.db.before_commit.add(settle)


def remember(line: str, key: Key, qty: Decimal) -> None:
	"""Units that this transaction has taken from an order line without our asking, as *Update Items* does.

	The run before the commit gives them back to the same line before it deals out anything.
	"""
	if key in keyring.stock_keys([key], enabled_companies()):
		taken = _taken()
		taken[line, key] = taken.get((line, key), Decimal(0)) + qty


def settle() -> None:
	"""Run on what this transaction has marked, inside it. Never raises for a failure of the engine: the keys stay marked."""
	aside.bring_back()
	pending, taken = dict(_pending()), dict(_taken())
	_forget_pending()
	if not pending:
		return
	causes = sorted(set(pending.values()))
	left = set(pending)
	if len(pending) <= cint(settings().keys_per_transaction or 1000) and locks.reads_are_fresh():
		cause = causes[0] if len(causes) == 1 else f"{causes[0]} (+{len(causes) - 1})"
		left = _settle_now(pending.keys(), cause, taken)
	if left:
		# A savepoint that was rolled back may have taken the mark with it.
		writes.mark(left - set(writes.marked(left).values()), causes[0])
		frappe.db.after_commit.add(wake_worker)


def settle_expired(keys: Iterable[Key]) -> None:
	"""Before units leave: where batches have expired since the last run, take the units from the last in line now.

	The caller holds the locks of the Bins of `keys`.
	"""
	if over := keyring.stock_keys(batches.over_reserved(getdate(), keys), enabled_companies()):
		run(with_sources(over, enabled_companies()), EXPIRED)


def _settle_now(keys: Iterable[Key], cause: str, taken: dict[tuple[str, Key], Decimal]) -> set[Key]:
	"""Run under a savepoint; returns the keys that are still to be done."""
	keys = set(keys)
	frappe.db.savepoint(SAVEPOINT)
	try:
		outcome = run(keys, cause, wait=False, taken=taken)
	except frappe.QueryDeadlockError:
		# The server has rolled back the whole transaction, savepoint too: there is no document left to save.
		raise
	except frappe.QueryTimeoutError:
		# Somebody else has these Bins.
		frappe.db.rollback(save_point=SAVEPOINT)
		return keys
	except Exception:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.log_error(title="Allocation failed", message=frappe.get_traceback())
		return keys
	frappe.db.release_savepoint(SAVEPOINT)
	return outcome.postponed


def _pending() -> dict[Key, str]:
	if not hasattr(frappe.local, "b2b_pending"):
		frappe.local.b2b_pending = {}
	return frappe.local.b2b_pending


def _taken() -> dict[tuple[str, Key], Decimal]:
	if not hasattr(frappe.local, "b2b_taken"):
		frappe.local.b2b_taken = {}
	return frappe.local.b2b_taken


def _forget_pending() -> None:
	frappe.local.b2b_pending = {}
	frappe.local.b2b_taken = {}


def wake_worker() -> None:
	"""Ask a background worker to settle what is marked. If the queue is down the minute's sweep will."""
	try:
		frappe.enqueue(
			"wholesale_b2b.allocation.jobs.settle_marked",
			queue="short",
			job_id="b2b-allocation",
			deduplicate=True,
		)
	except Exception:
		frappe.logger("wholesale_b2b").warning(
			"allocation waits for the sweep: the queue is down", exc_info=True
		)


# ---- the worker -------------------------------------------------------------------------------------------------

# keys of one transaction: its Bins are locked until it commits, and large sets of rows cost more than they save
BATCH = 200
AHEAD = 20
ATTEMPTS = 5


def settle_marked() -> int:
	"""Make right all that is marked, batch by batch, each its own transaction; returns how many keys were settled.

	A large set is shared out over the background workers instead, as long as there is a queue. A deadlock or a lock
	time-out is tried again. A batch that fails is split into single keys, so that one bad key does not hold up the rest;
	the bad one keeps its error on the queue and is tried again by later sweeps.
	"""
	frappe.db.commit()  # what others have committed counts too
	if queue.count() > shares.LARGE and shares.send_out():
		return 0
	return _work_off()


def settle_share(share: int) -> int:
	"""The same for one share (`shares`) of a large set; nothing while another worker has it."""
	if not shares.claim(share):
		return 0
	try:
		return _work_off(share)
	finally:
		shares.release(share)


def _work_off(share: int | None = None) -> int:
	done, end = 0, monotonic() + shares.LONGEST
	stuck: set[Key] = set()
	while monotonic() < end and (ahead := _next_keys(stuck, share)):
		for batch in chunks(ahead, BATCH):
			done += _settle_batch(batch)
			# What failed or was busy is left to the next sweep.
			stuck.update(writes.marked(batch).values())
			if share is not None:
				shares.tell()
			if monotonic() > end:
				break
	return done


def _next_keys(stuck: set[Key], share: int | None) -> list[Key]:
	"""The oldest marked keys, some batches of them: to find them the queue looks through all that waits. One that somebody
	else has settled by the time its batch comes is looked at once more, and stays as it is."""
	frappe.db.commit()  # a worker's loop: see what others have committed since
	rows = queue.waiting(AHEAD * BATCH + len(stuck), share, shares.COUNT)
	keys = ((row.item_code, row.warehouse) for row in rows)
	return [key for key in keys if key not in stuck]


def _settle_batch(batch: Sequence[Key], cause: str = "Allocation queue") -> int:
	"""Run on a batch as one transaction of its own; returns how many of its keys were settled."""
	outcome, error = _attempt(batch, cause)
	if outcome:
		return len(batch)
	if len(batch) > 1:
		return sum(_settle_batch([key], cause) for key in batch)
	frappe.log_error(title="Allocation failed", message=error)
	writes.note_failure(batch[0], error[-500:])
	frappe.db.commit()  # the note must outlive this job
	return 0


def _attempt(batch: Sequence[Key], cause: str) -> tuple[Outcome | None, str]:
	"""Run on a batch, a deadlock or a lock time-out is tried again; the outcome, or the last error."""
	error = ""
	for attempt in range(ATTEMPTS):
		try:
			locks.ask_for_fresh_reads()
			ours = allocated(batch)
			# Keys of a company that was switched off meanwhile ask for nothing any more.
			writes.unmark(writes.marked(set(batch) - ours))
			outcome = run(ours, cause)
			frappe.db.commit()  # the batch is one transaction of its own
			return outcome, ""
		except busy.BUSY:
			frappe.db.rollback()
			error = frappe.get_traceback()
			busy.pause(attempt)
		except Exception:
			frappe.db.rollback()
			return None, frappe.get_traceback()
	return None, error


def check_expired() -> int:
	"""Take reservations from batches that have expired or were disabled; returns how many keys there were."""
	keys = keyring.stock_keys(batches.over_reserved(getdate()), enabled_companies())
	for batch in chunks(sorted(keys), BATCH):
		_settle_batch(batch, EXPIRED)
	return len(keys)


def check_expired_today() -> None:
	"""The same once a day: the first sweep of a day need not wait for the night's work."""
	today = getdate().isoformat()
	if frappe.cache.get_value(EXPIRED_KEY) != today:
		check_expired()
		frappe.cache.set_value(EXPIRED_KEY, today)


def check_all(cause: str) -> int:
	"""Run on every key with open demand or pegs, in batches of their own transactions; returns how many lines changed.

	A large set is marked and shared out over the background workers instead, if there is a queue.
	"""
	keys = keyring.all_keys(enabled_companies())
	if len(keys) > shares.LARGE:
		writes.mark(keys, cause)
		frappe.db.commit()  # the marks must outlive this job
		settle_marked()
		return 0
	changed = 0
	for batch in chunks(keys, BATCH):
		outcome, _error = _attempt(batch, cause)
		if outcome:
			changed += len(outcome.changes)
		else:
			# The queue tries again, key by key, and keeps the error where one fails.
			writes.mark(batch, cause)
			frappe.db.commit()  # the marks must outlive this job
	return changed


def forget_old_runs() -> None:
	"""Delete Allocation Runs older than the settings keep them."""
	logbook.forget_runs(cint(settings().keep_runs_for_days) or 90)


# ---- whole companies --------------------------------------------------------------------------------------------


def mark_all(companies: Iterable[str], cause: str) -> None:
	"""Mark every key of these companies and wake the worker once this transaction has committed."""
	writes.mark(keyring.all_keys(companies), cause)
	frappe.db.after_commit.add(wake_worker)


def release_company(company: str) -> None:
	"""End the open pre-allocations of a company and clear our figures from its orders; reservations stay ERPNext's."""
	writes.release_company(company)
