"""What is kept of the reasons against picking and shipping: which to open, which to close."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hold:
	"""One reason against picking and shipping.

	kind: the rule's own name, the same every time (`Account On Hold`). reason: a sentence that a customer could read.
	release: what ends it, in words. role: the Role that may bring that about.
	"""

	kind: str
	reason: str
	release: str = ""
	role: str = "Wholesale Manager"


@dataclass(frozen=True, slots=True)
class Kept:
	"""An open Order Hold as it stands: name, and what it says."""

	name: str
	hold: Hold


@dataclass(frozen=True, slots=True)
class Difference:
	"""open: holds that nothing is kept of yet. close: kept ones whose reason is gone. reword: (name, what it is to say)."""

	open: tuple[Hold, ...] = ()
	close: tuple[Kept, ...] = ()
	reword: tuple[tuple[str, Hold], ...] = ()


def difference(
	judged: Iterable[Hold], kept: Iterable[Kept], silent: frozenset[str] = frozenset()
) -> Difference:
	"""What brings the kept holds of one order in step with what its rules say now.

	A kind is kept once; of several kept ones of a kind the first by name stays. silent: kinds whose rule did not answer,
	of which what is kept stays as it is.
	"""
	wanted = {
		hold.kind: hold for hold in sorted(judged, key=lambda hold: (hold.kind, hold.reason), reverse=True)
	}
	there: dict[str, Kept] = {}
	close = []
	for one in sorted(kept, key=lambda one: one.name):
		kind = one.hold.kind
		if kind in silent:
			continue
		if kind in wanted and kind not in there:
			there[kind] = one
		else:
			close.append(one)
	return Difference(
		open=tuple(wanted[kind] for kind in sorted(wanted) if kind not in there and kind not in silent),
		close=tuple(close),
		reword=tuple(
			(there[kind].name, wanted[kind]) for kind in sorted(there) if there[kind].hold != wanted[kind]
		),
	)
