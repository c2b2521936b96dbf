"""What a policy stops: the holds that say so, and the last word on a document that would ship it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from frappe import _
from frappe.model.document import Document
from frappe.utils import format_date, getdate

from wholesale_b2b.figures import plain
from wholesale_b2b.fulfilment.holds.base import Hold
from wholesale_b2b.fulfilment.policies.service import deciding
from wholesale_b2b.fulfilment.policies.service.deciding import AHEAD, SMALL, WAITING, Case
from wholesale_b2b.fulfilment.policies.service.words import sentence
from wholesale_b2b.fulfilment.policies.store import carried as store
from wholesale_b2b.fulfilment.rules import decide as rules
from wholesale_b2b.fulfilment.rules.decide import BY_POLICY, Decision, Part, Pegs, Reason

CANCELLED = "Cancelled Units"
# Who lets one shipment go against the policy, and brings back what was cancelled.
ROLE = "Sales Manager"
KIND_OF = {rules.TOO_EARLY: AHEAD, rules.LOW_VALUE: SMALL, rules.PART_CASE: SMALL}
TOLERANCE = Decimal("0.000001")


def held(orders: Iterable[str]) -> dict[str, Hold]:
	"""Of these orders, those of which something is there and the policy lets nothing go."""
	today, found = getdate(), {}
	for name, case in deciding.cases(list(orders), asking=True).items():
		decision = case.decide(today)
		if reason := decision.stopped_by:
			found[name] = _hold(reason, case, decision)
	return found


def _hold(reason: Reason, case: Case, decision: Decision | None = None) -> Hold:
	days = [part.until for part in decision.wait] if decision else [None]
	release = _("It goes by itself once that is reached.")
	if days and None not in days and reason.code != rules.TOO_EARLY:
		release = _("It goes by itself once that is reached, which is expected on {0}.").format(
			format_date(max(days))
		)
	release += " " + _("Ship Now on the order lets one shipment go before.")
	return Hold(KIND_OF.get(reason.code, WAITING), sentence(reason, case.company), release, ROLE)


def refused(doc: Document) -> dict[str, Hold]:
	"""Of the orders on a document that picks or ships, those of which it takes units that may not go, and why.

	What it takes is looked at as if it were there, with what is reserved. Units that were picked on a list before are on
	their way and pass; units that nobody ordered any more, because they were cancelled, do not.
	"""
	rows = store.carried(doc)
	if not rows:
		return {}
	without_list = doc.name if doc.doctype == "Pick List" else ""
	orders = {row.order for row in rows}
	cancelled = store.cancelled(orders)
	asking = not any(cancelled.values())
	found = {}
	for name, case in deciding.cases(sorted(orders), without_list, asking).items():
		takes = store.beyond_lists([row for row in rows if row.order == name])
		if hold := _refusal(case, takes, cancelled):
			found[name] = hold
	return found


def without(
	pick_list: str, takes: Mapping[str, Decimal], missing: Mapping[str, Decimal], orders: Iterable[str]
) -> dict[str, Hold]:
	"""Of these orders, those of which a pick list may not take so little, and why.

	takes: Sales Order Item → units (of a bundle: bundles) that were picked. missing: those that were to be picked, and were
	not; they are looked at as if they were not there.
	"""
	today, found = getdate(), {}
	for name, case in deciding.cases(sorted(orders), pick_list, asking=True).items():
		pegs = {
			line: replace(peg, ready=max(peg.ready - missing.get(line, Decimal(0)), peg.picking))
			for line, peg in case.pegs.items()
		}
		decision = replace(case, pegs=pegs).decide(today)
		for line in case.order.lines:
			qty = takes.get(line.name, Decimal(0))
			if qty > decision.ship.get(line.name, Decimal(0)) + TOLERANCE:
				if reason := _why(decision.wait, line.name):
					found[name] = _hold(reason, case)
	return found


def _refusal(case: Case, takes: dict[str, Decimal], cancelled: dict[str, Decimal]) -> Hold | None:
	pegs = dict(case.pegs)
	for line, qty in takes.items():
		peg = pegs.get(line, Pegs())
		pegs[line] = replace(peg, ready=max(peg.ready, peg.picking + qty))
	decision = replace(case, pegs=pegs).decide(getdate())
	for line in case.order.lines:
		qty = takes.get(line.name, Decimal(0))
		owed = max(line.open - pegs.get(line.name, Pegs()).picking, Decimal(0))
		if cancelled.get(line.name) and qty > owed + TOLERANCE:
			return _of_cancelled(cancelled[line.name], qty, owed)
		if min(qty, owed) > decision.ship.get(line.name, Decimal(0)) + TOLERANCE:
			if reason := _why(decision.wait, line.name):
				return _hold(reason, case)
	return None


def _why(parts: Iterable[Part], line: str) -> Reason | None:
	reasons = (reason for part in parts if part.line == line for reason in part.reasons)
	return next((reason for reason in reasons if reason.code in BY_POLICY), None)


def _of_cancelled(cancelled: Decimal, qty: Decimal, owed: Decimal) -> Hold:
	return Hold(
		CANCELLED,
		_("{0} units of a line were cancelled; {1} are still to be delivered, this takes {2}").format(
			plain(float(cancelled)), plain(float(owed)), plain(float(qty))
		),
		_("Restore Cancelled Units on the order brings them back."),
		ROLE,
	)
