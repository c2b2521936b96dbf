"""Which rule a warehouse follows, and where its lists are made for."""

from collections.abc import Iterable
from dataclasses import dataclass

from wholesale_b2b.fulfilment.release.rules import schedule
from wholesale_b2b.fulfilment.release.rules.schedule import Rule
from wholesale_b2b.fulfilment.release.store import settings as store
from wholesale_b2b.setup.switch import enabled_companies

BY_HAND = Rule()


@dataclass(frozen=True)
class Places:
	"""The warehouses of the companies that are switched on.

	walk: warehouse → its place on the way through the tree of warehouses. rules: warehouse → its rule, without those that
	are released by hand because no rule names them.
	"""

	walk: dict[str, int]
	rules: dict[str, Rule]

	def rule(self, warehouse: str) -> Rule:
		return self.rules.get(warehouse, BY_HAND)

	def of(self, warehouse: str) -> str:
		"""What a list with units of this warehouse is made for: itself, or the warehouse whose rule it follows."""
		return self.rule(warehouse).warehouse or warehouse

	def most(self) -> dict[str, int]:
		"""Place → orders on one list, where that is not one."""
		return {
			self.of(warehouse): rule.most
			for warehouse, rule in self.rules.items()
			if rule.most != 1 and rule.release in (schedule.AT_TIMES, schedule.IN_WAVES)
		}

	def following(self, *rules: str) -> set[str]:
		"""The warehouses that follow one of these rules, by name."""
		return {warehouse for warehouse, rule in self.rules.items() if rule.name in rules}

	def at_once(self) -> set[str]:
		return {warehouse for warehouse, rule in self.rules.items() if rule.release == schedule.AT_ONCE}


def load(companies: Iterable[str] | None = None) -> Places:
	companies = set(enabled_companies() if companies is None else companies)
	above = store.places(companies)
	rules = schedule.governing(store.rules(companies), above)
	return Places({warehouse: rank for rank, warehouse in enumerate(above)}, rules)
