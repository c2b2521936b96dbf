"""When released work becomes pick lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

BY_HAND = "By Hand"
AT_ONCE = "At Once"
AT_TIMES = "At Cut-Off Times"
IN_WAVES = "In Waves"

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Rule:
	"""How the units of one company, or of one of its warehouses and those below it, become pick lists.

	warehouse: empty for all of the company's. times: cut-off times of a day. every: minutes between two waves, counted from
	midnight. most: orders on one list; at once every order has lists of its own. scan: whether lists are picked in ERPNext's
	scan mode.
	"""

	name: str = ""
	company: str = ""
	warehouse: str = ""
	release: str = BY_HAND
	times: tuple[time, ...] = ()
	every: int = 0
	most: int = 1
	scan: bool = False


def times_of(text: str) -> tuple[time, ...]:
	"""The times of day in a text like `10:00, 14:30`, in order, each once. Raises ValueError for anything else."""
	found = set()
	for word in text.replace(";", ",").split(","):
		if word := word.strip():
			hours, separator, minutes = word.partition(":")
			if not (separator and hours.isdecimal() and minutes.isdecimal()):
				raise ValueError(f"no time of day: {word!r}")
			found.add(time(int(hours), int(minutes)))
	return tuple(sorted(found))


def is_due(rule: Rule, since: datetime | None, now: datetime) -> bool:
	"""Whether lists are to be made by the clock at `now`.

	since: when they were last; None: never, and then the next time counts, not one that is over. At once and by hand nothing
	is due by the clock. However many times were missed, lists are made once.
	"""
	if since is None or since >= now:
		return False
	if rule.release == AT_TIMES:
		days = (now.date(), now.date() - timedelta(days=1), since.date())
		return any(since < datetime.combine(day, at) <= now for day in days for at in rule.times)
	if rule.release == IN_WAVES and rule.every > 0:
		midnight = datetime.combine(now.date(), time())
		minutes = int((now - midnight).total_seconds() // 60)
		return since < midnight + timedelta(minutes=minutes // rule.every * rule.every)
	return False


def governing(rules: Iterable[Rule], above: Mapping[str, Sequence[str]]) -> dict[str, Rule]:
	"""Warehouse → the rule that it follows: its own, else that of the nearest warehouse above it, else its company's.

	above: warehouse → itself and those above it, the nearest first, and last the company. Warehouses that no rule names
	follow `By Hand` and are left out.
	"""
	named = {rule.warehouse or rule.company: rule for rule in rules}
	return {
		warehouse: next(named[place] for place in places if place in named)
		for warehouse, places in above.items()
		if any(place in named for place in places)
	}
