"""What becomes of orders under their policies, from live facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from frappe.utils import getdate

from wholesale_b2b.fulfilment.holds.service.judging import judge
from wholesale_b2b.fulfilment.policies.store import facts
from wholesale_b2b.fulfilment.rules.decide import Decision, Order, Pegs, decide
from wholesale_b2b.fulfilment.rules.policy import NONE, Policy, choose
from wholesale_b2b.setup.switch import enabled_companies, settings

# Holds of the policy itself; it does not count as a reason against what it decides.
WAITING = "Waiting to Be Complete"
AHEAD = "Ship Date Ahead"
SMALL = "Shipment Too Small"
KINDS = (WAITING, AHEAD, SMALL)


@dataclass(frozen=True, slots=True)
class Case:
	"""An order as it is decided about. where: what named its policy (`rules.policy.choose`). left: shipments gone out."""

	order: Order
	company: str
	pegs: Mapping[str, Pegs]
	policy: Policy
	where: str
	left: int = 0
	ship_now: str = ""

	def decide(self, today: date, holds: Sequence[str] = ()) -> Decision:
		return decide(self.order, self.pegs, self.policy, holds, today)


def decisions(names: Sequence[str], *, today: date | None = None) -> dict[str, Decision]:
	"""Sales Order → what of it ships now, what waits and why, what is cancelled, what purchasing is asked for.

	Every name has a Decision; that of an order that is not submitted, has ended or is of a company that is not switched on
	is empty. Quantities in stock units, by Sales Order Item; of a Product Bundle, bundles. What is on open pick lists is no
	more decided about. An order that something else holds ships nothing. A constant number of queries.
	"""
	names = sorted({name for name in names if name})
	held = judge(names, without=KINDS)
	today = today or getdate()
	known = cases(names)
	return {
		name: known[name].decide(today, [hold.reason for hold in held.get(name, ())])
		if name in known
		else Decision(name)
		for name in names
	}


def cases(names: Sequence[str], without_list: str = "", asking: bool = False) -> dict[str, Case]:
	"""The facts of these orders, of those that can be decided about.

	without_list: a pick list that does not count. asking: only orders whose policy asks for anything.
	"""
	companies = enabled_companies()
	heads = {name: head for name, head in facts.heads(names).items() if head.company in companies}
	chosen = _chosen(heads)
	if asking:
		heads = {name: head for name, head in heads.items() if not chosen[name][0].asks_nothing}
	if not heads:
		return {}
	orders = sorted(heads)
	lines, pegs = facts.lines(orders), facts.pegs(orders, without_list)
	shipments = facts.shipments(orders, without_list)
	found = {}
	for name, head in heads.items():
		policy, where = chosen[name]
		gone = shipments.get(name, facts.Shipments())
		order = Order(name, tuple(lines.get(name, ())), head.placed_on, gone.count, bool(head.ship_now))
		own = {line.name: pegs[line.name] for line in order.lines if line.name in pegs}
		found[name] = Case(order, head.company, own, policy, where, gone.left, head.ship_now)
	return found


def may_leave(order: str) -> dict[str, Decimal] | None:
	"""Sales Order Item → stock units that may leave now, those being picked included; None where no policy asks anything."""
	case = cases([order], asking=True).get(order)
	if not case:
		return None
	ship = case.decide(getdate()).ship
	picking = {name: peg.picking for name, peg in case.pegs.items()}
	return {
		line.name: ship.get(line.name, Decimal(0)) + picking.get(line.name, Decimal(0))
		for line in case.order.lines
	}


def asking_orders(names: Iterable[str]) -> list[str]:
	"""Of these orders those whose policy asks for anything."""
	return [name for name, policy in policies_of(names).items() if not policy.asks_nothing]


def policies_of(names: Iterable[str]) -> dict[str, Policy]:
	"""Open order → the policy that it follows."""
	companies = enabled_companies()
	heads = {name: head for name, head in facts.heads(names).items() if head.company in companies}
	return {name: policy for name, (policy, _where) in _chosen(heads).items()}


def _chosen(heads: Mapping[str, facts.Head]) -> dict[str, tuple[Policy, str]]:
	policies, default = facts.policies() if heads else {}, settings().get("fulfilment_policy") or ""
	return {
		name: choose(head.own, head.rule, head.account, default, policies) for name, head in heads.items()
	}


def policy_of(order: str) -> tuple[str, str]:
	"""(the Fulfilment Policy that a submitted order follows, or empty; what named it, a word of `rules.policy`)."""
	case = cases([order]).get(order)
	return (case.policy.name, case.where) if case else ("", NONE)
