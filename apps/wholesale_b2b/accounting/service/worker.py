"""The worker: one message at a time for each place that the package gives us, every step committed."""

import json
import random
import time
from collections.abc import Callable

import frappe
from frappe.utils import add_days, add_to_date, now, now_datetime

from wholesale_b2b import busy
from wholesale_b2b.accounting.connectors.errors import DryRun, Retry, Stop, SyncError
from wholesale_b2b.accounting.rules import messages as rules
from wholesale_b2b.accounting.service import conflicts, outbox, registry, sending, taking
from wholesale_b2b.accounting.service.judging import Undecided, Waits
from wholesale_b2b.accounting.store import conflicts as conflict_store
from wholesale_b2b.accounting.store import connections, messages

# A job works for at most so many seconds, then hands over to the next.
LONGEST_JOB = 240
KEPT = 60_000
KEEP_DAYS = 180
# Times that a claim is tried, when others claim too.
CLAIMS = 10
# So many messages are worth another worker.
MUCH = 20


def drain(name: str, until: Callable[[], bool] = lambda: False) -> int:
	"""Work for a connection until nothing is due; how many messages were handled.

	Each is claimed, sent and settled in transactions of its own, so that a kill at any point leaves it to be found: what a
	dead worker had in hand goes back into line as soon as its place is free, marked as one that may have arrived.
	"""
	frappe.db.commit()  # nosemgrep
	state = connections.state(name)
	if not state or not state.enabled or state.paused:
		return 0
	kind = registry.kind_of(state.provider)
	slot = connections.take_slot(name, kind.at_once)
	if not slot:
		return 0
	handled, began = 0, time.monotonic()
	try:
		messages.orphans(name, slot)
		frappe.db.commit()  # nosemgrep
		if slot == 1 and kind.at_once > 1:
			_call_others(name, kind.at_once)
		while time.monotonic() - began < LONGEST_JOB and not until():
			if not _may_call(name):
				return handled
			message = _claim(name, slot)
			if not message:
				return handled
			handle(name, message)
			handled += 1
	finally:
		connections.free_slot(name, slot)
	outbox.ask_now(name)
	return handled


def _claim(name: str, slot: int) -> dict | None:
	"""The next message, for this place. Workers who claim at the same moment may deadlock: one tries again."""
	for _attempt in range(CLAIMS):
		try:
			message = messages.claim(name, slot)
			frappe.db.commit()  # nosemgrep
			return message
		except busy.BUSY:
			frappe.db.rollback()
			time.sleep(random.random() / 5)
	return None


def _call_others(name: str, slots: int) -> None:
	"""More workers, where much waits and the package lets them work at once."""
	for extra in range(1, min(slots, messages.due(name) // MUCH + 1)):
		outbox.ask_now(name, extra)


def _may_call(name: str) -> bool:
	state = connections.state(name)
	return bool(
		state
		and state.enabled
		and not state.paused
		and not (state.wait_until and state.wait_until > now_datetime())
	)


def handle(name: str, message: dict) -> None:
	"""See to one claimed message, and commit what came of it."""
	connection = connections.load(name)
	calls: list = []
	try:
		connector = registry.connect(connection, calls)
		work = sending.send if message.direction == messages.OUT else taking.take
		result = work(connection, connector, message)
		_settle(message, calls, status=rules.DONE, result=result[:500], error="", todo="", done_at=now())
		messages.wake(name, message.subject)
		conflict_store.close_of(message.name)
		frappe.db.commit()  # nosemgrep
	except DryRun as dry:
		frappe.db.rollback()
		sent = rules.masked(dry.sent)
		_settle(
			message,
			[(sent, "not sent: dry run")],
			status=rules.DRY_RUN,
			error="",
			todo="",
			done_at=now(),
		)
		frappe.db.commit()  # nosemgrep
	except Waits as waits:
		frappe.db.rollback()
		waits.first()
		_settle(
			message,
			calls,
			status=rules.WAITING,
			attempts=message.attempts - 1,
			waits_for=waits.subject,
			error=str(waits),
			next_try=add_to_date(now_datetime(), seconds=300),
		)
		frappe.db.commit()  # nosemgrep
	except Undecided as undecided:
		if not undecided.stands:
			frappe.db.rollback()
		conflicts.open_one(connection, message, undecided)
		_settle(
			message,
			calls,
			status=rules.NEEDS_ATTENTION,
			error=f"{undecided.conflict.kind}: {undecided.conflict.text}",
			todo="Decide the conflict.",
		)
		frappe.db.commit()  # nosemgrep
	except SyncError as error:
		frappe.db.rollback()
		_failed(name, message, calls, error)
	except (*busy.BUSY, frappe.DocumentLockedError):
		frappe.db.rollback()
		_failed(name, message, calls, Retry("Somebody else has the document in hand.", 5))
	except Exception as error:
		frappe.db.rollback()
		frappe.log_error(
			f"Accounting message {message.name} failed",
			reference_doctype="Sync Message",
			reference_name=message.name,
		)
		text = frappe.utils.strip_html(str(error)) or type(error).__name__
		_failed(
			name, message, calls, Stop(text, "Mend what it says, then replay. The Error Log has the details.")
		)


def _failed(name: str, message: dict, calls: list, error: SyncError) -> None:
	"""Try again later, or leave it to a person; so may everything else of this connection have to."""
	seconds = getattr(error, "seconds", None)
	everyone = getattr(error, "everyone", False)
	refused = isinstance(error, Stop)
	wait = rules.wait(message.attempts, seconds, random.random())
	attempts = message.attempts
	if everyone:
		# it is not this message's doing
		connections.put(
			name,
			wait_until=add_to_date(now_datetime(), seconds=wait if not refused else rules.LONGEST_WAIT),
			trouble=f"{error.message} {getattr(error, 'todo', '')}".strip() if refused else "",
		)
		attempts -= 1
	dead = rules.is_dead(attempts, refused and not everyone)
	_settle(
		message,
		calls,
		status=rules.NEEDS_ATTENTION if dead else rules.WAITING,
		attempts=attempts,
		error=error.message[:1000],
		todo=getattr(error, "todo", "") or ("See why it fails, then replay." if dead else ""),
		next_try=None if dead else add_to_date(now_datetime(), seconds=wait),
	)
	frappe.db.commit()  # nosemgrep
	if dead:
		frappe.publish_realtime(
			"b2b_sync", {"connection": name}, doctype="Accounting Connection", docname=name
		)


def may_have_arrived(call: tuple) -> bool:
	"""Whether a call may have changed something over there: it was not for reading, and was not refused."""
	sent, answered = call
	if isinstance(sent, dict) and not sent.get("writes", sent.get("method") != "GET"):
		return False
	return not isinstance(answered, dict) or not 400 <= int(answered.get("status", 0)) < 500


def _settle(message: dict, calls: list, **values: object) -> None:
	if values["status"] not in rules.FINISHED and (message.unsure or any(map(may_have_arrived, calls))):
		# looked up before it is sent again
		values["unsure"] = 1
	if calls:
		values["sent"] = _kept([sent for sent, _answered in calls])
		values["answered"] = _kept([answered for _sent, answered in calls])
	messages.set_values(message.name, slot=0, **values)


def _kept(parts: list) -> str:
	return json.dumps(parts[0] if len(parts) == 1 else parts, default=str, indent=1, ensure_ascii=False)[
		:KEPT
	]


def sweep() -> None:
	"""Ask workers for connections that have something due."""
	for name in messages.due_connections():
		outbox.ask_now(name)


def forget() -> None:
	messages.forget_before(add_days(now_datetime(), -KEEP_DAYS))
	frappe.db.commit()  # nosemgrep
