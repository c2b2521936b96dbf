"""What a re-sequencing looks at, and how it treats each line."""

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from wholesale_b2b.allocation.rules.segments import Segment, assign
from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.service.planning import Steer
from wholesale_b2b.allocation.store import resequencing as store
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.reads import World
from wholesale_b2b.ordering.order_rules.rules import Rule

BATCH = 500
WHO = ("customer", "customer_group", "territory", "channel", "item_group")
DAYS = ("ordered_from", "ordered_to", "needed_from", "needed_to")


@dataclass(frozen=True)
class Scope:
	"""keys: those that were asked for; lines elsewhere keep what they have. all_keys: with those that must be looked at
	together with them, because orders are sourced from both."""

	run: str
	reason: str
	keys: frozenset[Key]
	all_keys: frozenset[Key]
	segments: tuple[Segment, ...]

	def steer(self, world: World) -> tuple[Steer, dict[str, Segment]]:
		"""How the lines of this world are to be treated, and the segment of each that has one."""
		lines = [line for line in world.lines.values() if line.key in self.keys and line.owed]
		found = assign(self.segments, store.facts(lines))
		return (
			Steer(
				modes={line: segment.mode for line, segment in found.items()},
				why={line: segment.who.name for line, segment in found.items()},
				into=self.run,
				reason=self.reason,
			),
			found,
		)

	def batches(self, items: Iterable[str]) -> list[list[Key]]:
		"""The keys of these items in lists that can be planned apart: an item is never split."""
		wanted, by_item = set(items), {}
		for key in sorted(self.all_keys):
			if key[0] in wanted:
				by_item.setdefault(key[0], []).append(key)
		batches: list[list[Key]] = []
		for keys in by_item.values():
			if not batches or len(batches[-1]) + len(keys) > BATCH:
				batches.append([])
			batches[-1] += keys
		return batches


def scope_of(doc: Document) -> Scope:
	"""What a run's document asks for."""
	keys = store.keys_in_scope(doc.company, doc.item_code, doc.item_group, doc.brand, doc.warehouse)
	return Scope(
		run=doc.name,
		reason=doc.reason,
		keys=frozenset(keys),
		all_keys=frozenset(marking.allocated(keys)),
		segments=segments_of(doc),
	)


def segments_of(doc: Document) -> tuple[Segment, ...]:
	"""The segments of a run's document; each one's `who.name` says in words what it asks."""
	return tuple(_segment(row) for row in doc.segments)


def _segment(row: Document) -> Segment:
	who = {field: (row.get(field) or "").strip() for field in WHO}
	days = {field: getdate(row.get(field)) if row.get(field) else None for field in DAYS}
	return Segment(
		position=row.idx,
		mode=row.mode.lower(),
		who=Rule(label(row), position=row.idx, **who),
		sales_order=row.sales_order or "",
		**days,
	)


def label(row: Document) -> str:
	"""A segment in words: *1. Win: Customer Group Key Accounts*."""
	parts = [
		f"{_(row.meta.get_label(field))} {row.get(field)}"
		for field in (*WHO, "sales_order", *DAYS)
		if row.get(field)
	]
	return f"{row.idx}. {_(row.mode)}: {', '.join(parts) or _('all others')}"[:140]


def check(doc: Document) -> None:
	"""Refuse what no run could follow, with what to mend."""
	problems = []
	if not doc.segments:
		problems.append(_("Add at least one segment: it says who gains or who gives up units."))
	for row in doc.segments:
		for first, last in (("ordered_from", "ordered_to"), ("needed_from", "needed_to")):
			if row.get(first) and row.get(last) and getdate(row.get(first)) > getdate(row.get(last)):
				problems.append(
					_("Row {0}: {1} is after {2}; no line can match.").format(
						row.idx, _(row.meta.get_label(first)), _(row.meta.get_label(last))
					)
				)
	if doc.warehouse and frappe.get_cached_value("Warehouse", doc.warehouse, "company") != doc.company:
		problems.append(
			_("Warehouse {0} does not belong to {1}. Choose one that does.").format(
				doc.warehouse, doc.company
			)
		)
	if problems:
		frappe.throw("<br>".join(problems), title=_("Re-Sequencing"))
