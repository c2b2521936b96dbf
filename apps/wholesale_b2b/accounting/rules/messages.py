"""A message's life: which states follow which, when it is tried again, in which order, and by which key."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

QUEUED = "Queued"
SENDING = "Sending"
WAITING = "Waiting"
DONE = "Done"
NEEDS_ATTENTION = "Needs Attention"
DRY_RUN = "Dry Run"
SUPERSEDED = "Superseded"
STATES = (QUEUED, SENDING, WAITING, DONE, NEEDS_ATTENTION, DRY_RUN, SUPERSEDED)
# Those that nothing more is done about by itself.
FINISHED = (DONE, DRY_RUN, SUPERSEDED)
# Those that later messages of the same document stand behind.
# On its way by itself; open too is what needs somebody.
COMING = (QUEUED, SENDING, WAITING)
OPEN = (*COMING, NEEDS_ATTENTION)
REPLAYABLE = (NEEDS_ATTENTION, WAITING, DRY_RUN, QUEUED)

FOLLOWS: Mapping[str, tuple[str, ...]] = {
	QUEUED: (SENDING, SUPERSEDED),
	SENDING: (DONE, WAITING, NEEDS_ATTENTION, DRY_RUN, QUEUED),
	WAITING: (SENDING, QUEUED, SUPERSEDED),
	NEEDS_ATTENTION: (QUEUED, SUPERSEDED),
	DRY_RUN: (QUEUED,),
	DONE: (),
	SUPERSEDED: (),
}

FIRST_WAIT = 15
LONGEST_WAIT = 3600
MOST_ATTEMPTS = 12


def may_follow(before: str, after: str) -> bool:
	return after in FOLLOWS[before]


def wait(attempts: int, asked: float | None, luck: float) -> float:
	"""Seconds until the next attempt.

	attempts: made so far, at least 1. asked: what the other side asked for, which is obeyed in full. luck: 0 to 1, so that
	what failed together is not tried again together.
	"""
	ceiling = min(FIRST_WAIT * 2 ** min(max(attempts - 1, 0), 20), LONGEST_WAIT)
	own = ceiling / 2 + ceiling / 2 * luck
	return own if asked is None else max(asked, 0.0) + luck * min(own, 5)


def is_dead(attempts: int, refused: bool) -> bool:
	"""Whether a person must look: the other side refused it, or it failed too often."""
	return refused or attempts >= MOST_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Queued:
	"""A message in line. subject: the document that it is about. due: whether its time has come."""

	name: str
	subject: str
	position: int
	status: str
	due: bool = True


def next_ones(messages: Iterable[Queued], room: int) -> list[Queued]:
	"""Those to send now, oldest first, at most `room`: the first open one of each document, if its time has come.

	A message that waits or needs attention keeps later ones of its document back; those of others pass it.
	"""
	first: dict[str, Queued] = {}
	for message in sorted(messages, key=lambda m: (m.position, m.name)):
		if message.status in OPEN:
			first.setdefault(message.subject, message)
	ready = [m for m in first.values() if m.status in (QUEUED, WAITING) and m.due]
	return ready[: max(room, 0)]


def content_hash(content: object) -> str:
	"""The same for the same content, whatever order its keys come in; amounts that are equal count as the same."""
	return hashlib.sha256(json.dumps(_plain(content), sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
	if isinstance(value, Decimal):
		return format(value.normalize(), "f")
	if isinstance(value, Mapping):
		return {str(key): _plain(part) for key, part in value.items()}
	if isinstance(value, (list, tuple)):
		return [_plain(part) for part in value]
	return value if isinstance(value, (str, int, bool, type(None))) else str(value)


def idempotency_key(message: str, content: str) -> str:
	"""32 hex digits: the same for every attempt to send this content for this message, another for other content.

	Packages refuse a known key with another body, and replay the first answer to the same.
	"""
	return hashlib.sha256(f"{message}\n{content}".encode()).hexdigest()[:32]


def inbound_key(connection: str, kind: str, their_id: str, event: str) -> str:
	"""The same for every telling of the same event."""
	return hashlib.sha256("\n".join((connection, kind, their_id, event)).encode()).hexdigest()[:32]


SECRET_WORDS = ("token", "secret", "password", "authorization", "apikey", "api_key", "api-key", "userapikey")
MASK = "••••"


def masked(value: object, secrets: Sequence[str] = ()) -> object:
	"""A copy without secrets: values whose key says that they are, and the given texts wherever they stand."""
	if isinstance(value, Mapping):
		return {
			key: MASK
			if any(word in str(key).lower() for word in SECRET_WORDS) and part
			else masked(part, secrets)
			for key, part in value.items()
		}
	if isinstance(value, (list, tuple)):
		return [masked(part, secrets) for part in value]
	if isinstance(value, str):
		for secret in secrets:
			if secret and len(secret) >= 4:
				value = value.replace(secret, MASK)
	return value
