"""How codes and order numbers are compared, and the keys by which an order is known again."""

import hashlib
from collections.abc import Iterable

SEPARATOR = "\x1f"


def code_key(code: str | None) -> str:
	"""The form in which two spellings of a code are equal: no outer or doubled spaces, no case.

	Shops write `85123a` where the supplier writes `85123A `; the database compares them as equal too.
	"""
	return " ".join((code or "").split()).casefold()


def ledger_key(company: str, source: str, order_no: str, part: int = 1) -> str:
	"""The primary key of an imported order: 40 hexadecimal digits, the same on every machine and run.

	`part` is 1 for the order itself and counts up for the supplements made by replayed rows.
	"""
	words = (company, code_key(source), code_key(order_no), str(part))
	return hashlib.sha256(SEPARATOR.join(words).encode()).hexdigest()[:40]


def content_digest(parts: Iterable[Iterable[str]]) -> str:
	"""A fingerprint of some rows' texts, independent of their order: tells a changed order from a repeated one."""
	rows = sorted(SEPARATOR.join(row) for row in parts)
	return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:40]
