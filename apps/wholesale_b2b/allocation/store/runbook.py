"""The Allocation Run that a person makes: its state, what it has simulated, what it remembers for undoing.

What it has simulated and remembers is kept as compressed JSON in hidden fields: one piece of text per batch, a line each.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable

import frappe

from wholesale_b2b import named_locks

RUN = "Allocation Run"


def lock(name: str) -> frappe._dict:
	"""The fields of a run, its row locked until the transaction ends."""
	return frappe.db.get_value(RUN, name, "*", as_dict=True, for_update=True)


def note(name: str, **values: object) -> None:
	"""Set fields of a run; its `modified` too, so that a form which shows an older state cannot be saved over it."""
	frappe.db.set_value(RUN, name, values)


def keep(name: str, field: str, pieces: Iterable[dict]) -> None:
	"""Replace what a run remembers in `field`."""
	note(name, **{field: "\n".join(_pack(piece) for piece in pieces)})


def add(name: str, field: str, piece: dict) -> None:
	"""Remember one more piece."""
	frappe.db.sql(
		f"update `tab{RUN}` set `{field}` = concat_ws('\\n', nullif(`{field}`, ''), %s) where name = %s",
		[_pack(piece), name],
	)


def recall(name: str, field: str) -> list[dict]:
	"""The pieces that a run remembers, in the order in which they were added."""
	text = frappe.db.get_value(RUN, name, field) or ""
	return [_unpack(line) for line in text.splitlines()]


def _pack(piece: dict) -> str:
	return b64encode(zlib.compress(json.dumps(piece, separators=(",", ":")).encode(), 6)).decode()


def _unpack(text: str) -> dict:
	return json.loads(zlib.decompress(b64decode(text)))


def change_count(name: str) -> int:
	"""How many lines a run has changed so far."""
	return frappe.db.count("Allocation Change", {"parent": name})


# ---- the one worker on a run ------------------------------------------------------------------------------------


def take(name: str) -> bool:
	"""Be the only process that works on a run, until `leave` or the end of the connection."""
	return named_locks.claim(_lock_name(name))


def leave(name: str) -> None:
	named_locks.release(_lock_name(name))


def is_worked_on(name: str) -> bool:
	"""Whether some process works on a run."""
	return not named_locks.is_free(_lock_name(name))


def _lock_name(name: str) -> str:
	return f"allocation run {name}"
