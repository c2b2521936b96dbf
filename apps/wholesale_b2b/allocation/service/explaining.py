"""Why a line has these units, in sentences for the person who asks."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

import frappe
from frappe import _

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.rules import explain as why
from wholesale_b2b.allocation.service import board
from wholesale_b2b.allocation.store import board as store


def explain(item: str, line: str, supply: str, warehouses: Sequence[str]) -> dict:
	"""Explain a peg: summary (a sentence), reasons (sentences), qty and frozen (stock UOM), pick_lists (names).

	Raises DoesNotExistError if there is no such peg any more.
	"""
	found = board.picture(item, warehouses)
	peg = found.pegs.get((line, supply))
	if not peg:
		frappe.throw(
			_("These units have been moved or delivered meanwhile. Load the board again."),
			frappe.DoesNotExistError,
		)
	teller = _Teller(found)
	reasons = why.explain(
		peg, found.demands.values(), found.supplies.values(), found.pegs.values(), found.policy
	)
	place = (line, found.supplies[supply].warehouse)
	picking = store.pick_lists([line]).get(place, [])
	return {
		"summary": teller.summary(peg),
		"reasons": [
			*teller.moved(peg),
			*filter(None, (teller.sentence(reason, picking) for reason in reasons)),
		],
		"qty": float(peg.qty),
		"frozen": float(peg.frozen),
		"pick_lists": picking,
	}


class _Teller:
	def __init__(self, found: board.Picture):
		self.found = found
		self.details = store.lines(found.demands)
		self.known = board.visible(row["sales_order"] for row in self.details.values())

	# ---- sentences ----

	def summary(self, peg: rules.Peg) -> str:
		supply, demand = self.found.supplies[peg.supply], self.found.demands[peg.demand]
		facts = {
			"qty": _qty(peg.qty),
			"whose": self.whose(peg.demand),
			"priority": demand.priority,
			"warehouse": supply.warehouse,
		}
		if supply.kind == rules.ON_HAND:
			facts["of"] = _qty(self.found.world.shelves[supply.item, supply.warehouse].actual)
			return _(
				"{qty} of the {of} units on the shelf in {warehouse} are reserved for {whose}, priority {priority}."
			).format(**facts)
		row = self.found.world.inbound[peg.supply]
		facts.update(of=_qty(row.open), document=f"{_(row.doctype)} {row.name}", when=_day(row.expected))
		return _(
			"{qty} of the {of} units still to come on {document}, expected {when}, are promised to {whose}, priority {priority}."
		).format(**facts)

	def moved(self, peg: rules.Peg) -> list[str]:
		supply, row = self.found.supplies[peg.supply], self.found.world.inbound.get(peg.supply)
		move = store.last_move(peg.demand, supply.warehouse, row.row if row else None)
		if not move:
			return []
		facts = {
			"qty": _qty(Decimal(str(move.qty))),
			"user": move.user,
			"day": _day(move["at"]),
			"reason": move.reason,
		}
		if not move.from_order:
			return [_("{user} gave it {qty} free units on {day}: “{reason}”.").format(**facts)]
		facts["giver"] = move.from_order if board.visible([move.from_order]) else _("another order")
		return [_("{user} moved {qty} units to it from {giver} on {day}: “{reason}”.").format(**facts)]

	def sentence(self, reason: why.Reason, picking: list[str]) -> str:
		if reason.code == why.FROZEN and picking:
			words = _("{qty} of them are on pick list {lists}: they stay until it is delivered or cancelled.")
			return words.format(qty=_qty(reason.facts["qty"]), lists=", ".join(picking))
		if reason.code == why.SHELF_GIVEN:
			return self._holders(reason.facts)
		facts = {name: self._say(name, value) for name, value in reason.facts.items()}
		if reason.code == why.BY_AGE and facts["own"] == facts["other"]:
			# The same day: the time says more.
			facts.update((name, _moment(reason.facts[name])) for name in ("own", "other"))
		return sentences()[reason.code].format(**facts)

	def _holders(self, facts: dict) -> str:
		holders = [_("{0} to {1}").format(_qty(qty), self.whose(line)) for line, qty in facts["holders"]]
		if facts["more"]:
			holders.append(_("the rest to {0} more").format(facts["more"]))
		return _("The {qty} units of the shelf in {supply} are promised to others: {holders}.").format(
			qty=_qty(facts["qty"]), supply=self._say("supply", facts["supply"]), holders=", ".join(holders)
		)

	# ---- facts ----

	def whose(self, line: str) -> str:
		row = self.details.get(line)
		if not row or row["sales_order"] not in self.known:
			return _("another order")
		return f"{row['sales_order']} ({row['customer_name']})"

	def _say(self, name: str, value: object) -> object:
		tell: dict[str, Callable] = {
			"line": self.whose,
			"supply": lambda key: self.found.supplies[key].warehouse,
			"segment": _segment,
		}
		if name in tell:
			return tell[name](value)
		if isinstance(value, Decimal):
			return _qty(value)
		return _day(value) if isinstance(value, (date, datetime)) or value is None else value


def sentences() -> dict[str, str]:
	"""What each code says, in the user's language; in braces the facts of the reason."""
	return {
		why.PLACE: _("It is number {place} of {of} in line."),
		why.BY_PRIORITY: _(
			"It goes before {line}, who could use them too: priority {own} comes before {other}."
		),
		why.BY_NEED: _(
			"It goes before {line}, who could use them too: it is needed on {own}, the other on {other}."
		),
		why.BY_AGE: _(
			"It goes before {line}, who could use them too: it was placed on {own}, the other on {other}."
		),
		why.BY_NAME: _("It goes before {line}, who could use them too: they are alike, so the name decides."),
		why.NOBODY_WAITS: _("Nobody else waits for these units."),
		why.STANDS: _(
			"{line} stands before it in line and could use them, but a promise that was made is kept."
		),
		why.SHELF_FIRST: _("Its strategy is Earliest: the shelf first, then what comes next."),
		why.OWN_WAY: _("Its strategy is {strategy}, which chose this supply."),
		why.IN_TIME: _(
			"Its strategy is Just in Time: the latest supply that still comes by {needed_by}, so that the shelf stays free."
		),
		why.FAR_OFF: _(
			"It is needed on {needed_by}, more than {days} days from now: it leaves the shelf alone where a supply comes in time."
		),
		why.SHARED: _("Its strategy is Fair Share: what there is is divided in proportion to what is owed."),
		why.SHELF_EMPTY: _("There is nothing on the shelf in {supply} to promise."),
		why.SHELF_KEPT: _("A Stock Protection keeps {floor} units of the shelf in {supply} for {segment}."),
		why.SHELF_FREE: _(
			"{free} units are free on the shelf in {supply} now; this promise was made before and is kept."
		),
		why.OWN_FLOOR: _(
			"A Stock Protection keeps {floor} units there for {segment}, to whom this order belongs."
		),
		why.FROZEN: _(
			"{qty} of them cannot be moved: they are bound to serial or batch numbers, or in somebody's hands."
		),
		why.LATE: _("They come too late: needed on {needed_by}, expected {when}."),
	}


def _qty(value: Decimal) -> str:
	return f"{value.normalize():f}"


def _day(value: date | datetime | None) -> str:
	if value is None or value == date.max:
		return _("an unknown day")
	if isinstance(value, datetime):
		value = value.date()
	return frappe.format(value, "Date")


def _moment(value: datetime) -> str:
	return frappe.format(value, "Datetime")


def _segment(segment: str) -> str:
	"""A segment in words, as `store/protections.py` writes it."""
	kind, _colon, name = segment.partition(":")
	return {
		"channel": _("the channel {0}"),
		"customer_group": _("the customer group {0}"),
		"customer": _("the customer {0}"),
	}.get(kind, "{0}").format(name)
