"""A site's orders, supply and promises, as the files that `python -m wholesale_b2b.allocation plan` reads."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import frappe
from frappe import _
from frappe.utils import getdate

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.offline import files
from wholesale_b2b.allocation.offline.model import OrderLine, SupplyLine
from wholesale_b2b.allocation.service import planning
from wholesale_b2b.allocation.service.sourcing import with_sources
from wholesale_b2b.allocation.store import export
from wholesale_b2b.allocation.store.reads import World
from wholesale_b2b.setup.switch import enabled_companies


@dataclass(frozen=True, slots=True)
class Exported:
	"""What a plan is made from. kept, protections: only those of lines and supplies that are among the others.

	date_rule, horizon_days: as in Wholesale Settings.
	"""

	lines: tuple[OrderLine, ...]
	supplies: tuple[SupplyLine, ...]
	kept: tuple[rules.Peg, ...]
	protections: tuple[rules.Protection, ...]
	date_rule: str
	horizon_days: int | None

	@property
	def policy(self) -> rules.Policy:
		"""How the site would deal this out today."""
		return rules.Policy(self.date_rule, getdate(), self.horizon_days, self.protections)


def write(folder: Path, company: str | None = None) -> Exported:
	"""Write demand.csv, supply.csv, kept.csv and protections.csv to `folder`, made if it is missing; returns what they hold.

	company: default: those that are switched on, else all, so that a site can be tried before. Nothing of the site is
	changed. Raises frappe.DoesNotExistError for an unknown company, OSError where the folder cannot be written.
	"""
	found = collect(company)
	folder.mkdir(parents=True, exist_ok=True)
	files.write_demand(folder / "demand.csv", found.lines)
	files.write_supply(folder / "supply.csv", found.supplies)
	files.write_kept(folder / "kept.csv", found.kept)
	files.write_protections(folder / "protections.csv", found.protections)
	return found


def collect(company: str | None = None) -> Exported:
	"""The site's open order lines, their supplies, and what is promised, as a run would see them at this moment."""
	lines: dict[str, OrderLine] = {}
	supplies: dict[str, SupplyLine] = {}
	pegs: list[rules.Peg] = []
	guards: list[rules.Protection] = []
	with export.one_moment():
		companies = _companies(company)
		for world in export.worlds(companies, lambda keys: with_sources(keys, companies)):
			called = _name(world)
			lines.update((row.demand.line, row) for row in _lines(world))
			supplies.update((row.supply.key, row) for row in _supplies(world, called))
			pegs += (replace(peg, supply=called(peg.supply)) for peg in planning.kept(world))
			guards += (
				replace(guard, supply=called(guard.supply)) for guard in planning.policy(world).protections
			)
		settings = planning.policy()
	kept = (peg for peg in pegs if peg.qty and peg.demand in lines and peg.supply in supplies)
	return Exported(
		lines=tuple(lines[name] for name in sorted(lines)),
		supplies=tuple(supplies[name] for name in sorted(supplies)),
		kept=tuple(sorted(kept, key=lambda peg: (peg.demand, peg.supply))),
		protections=tuple(guard for guard in guards if guard.supply in supplies),
		date_rule=settings.date_rule,
		horizon_days=settings.horizon_days,
	)


def _companies(company: str | None) -> list[str]:
	known = export.companies()
	if not company:
		return sorted(enabled_companies()) or known
	if company not in known:
		frappe.throw(_("There is no Company {0}.").format(company), frappe.DoesNotExistError)
	return [company]


def _name(world: World) -> Callable[[str], str]:
	"""Names of supplies for people, on one line: a shelf is `item @ warehouse`, a row `Purchase Order / row`."""
	shelves = {planning.shelf_name(key): " @ ".join(key) for key in world.shelves}
	return lambda name: shelves.get(name) or name.replace("\n", " / ")


def _lines(world: World) -> list[OrderLine]:
	rows = ((demand, world.lines[demand.line]) for demand in planning.demands(world) if demand.qty)
	return [OrderLine(demand, line.order, line.customer or "") for demand, line in rows]


def _supplies(world: World, called: Callable[[str], str]) -> list[SupplyLine]:
	rows = []
	for supply in planning.supplies(world):
		if supply.qty:
			coming = world.inbound.get(supply.key)
			rows.append(SupplyLine(replace(supply, key=called(supply.key)), coming.name if coming else ""))
	return rows
