"""What ships, waits and is cancelled under a policy, for whatever stock."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.rules import decide as d
from wholesale_b2b.fulfilment.rules.decide import Order, OrderLine, Pegs, decide
from wholesale_b2b.fulfilment.rules.policy import (
	ACCOUNT,
	BACKORDER,
	BY_DATE,
	BY_GROUP,
	BY_MARK,
	CANCEL_REST,
	NONE,
	ORDER,
	PLAIN,
	RULE,
	WAIT,
	Policy,
	choose,
)

TODAY = date(2026, 11, 25)
D = Decimal

units = st.integers(0, 60).map(D)
days = st.integers(-30, 30).map(lambda n: TODAY + timedelta(days=n))
policies = st.builds(
	Policy,
	name=st.just("P"),
	mode=st.sampled_from([BACKORDER, WAIT, CANCEL_REST]),
	min_fill_percent=st.sampled_from([D(0), D(50), D(80), D(100)]),
	min_shipment_value=st.sampled_from([D(0), D(100)]),
	max_shipments=st.integers(0, 3),
	use_ship_after=st.booleans(),
	ship_after_days=st.integers(0, 10),
	cancel_after_days=st.sampled_from([0, 0, 5]),
	whole_cases=st.booleans(),
	lines_together=st.sampled_from(["", BY_DATE, BY_GROUP, BY_MARK]),
	escalate_after_days=st.sampled_from([0, 3]),
)


@st.composite
def orders(draw):
	"""An order and what its lines have."""
	lines, pegs = [], {}
	for n in range(draw(st.integers(1, 4))):
		line = OrderLine(
			f"L{n}",
			draw(units),
			draw(st.sampled_from([D(1), D(6), D(12)])),
			draw(st.sampled_from([D(0), D(3), D("7.25")])),
			draw(st.one_of(st.none(), days)),
			draw(st.sampled_from(["", "A", "B"])),
			draw(st.sampled_from(["", "1", "2"])),
		)
		ready = min(draw(units), line.open)
		picking = min(draw(st.sampled_from([D(0), D(0), D(6)])), ready)
		coming = min(draw(units), line.open - ready)
		lines.append(line)
		pegs[line.name] = Pegs(ready, picking, ((draw(st.one_of(st.none(), days)), coming),))
	return Order(
		"SO", tuple(lines), TODAY - timedelta(days=draw(st.integers(0, 9))), draw(st.integers(0, 3))
	), pegs


held = st.sampled_from([(), ("unpaid",)])


def total(parts, line):
	return sum((part.qty for part in parts if part.line == line), D(0))


@given(orders(), policies, held)
def test_what_is_open_ships_waits_or_is_cancelled(case, policy, holds):
	order, pegs = case
	found = decide(order, pegs, policy, holds, TODAY)
	for line in order.lines:
		peg, ship = pegs[line.name], found.ship.get(line.name, D(0))
		assert 0 <= ship <= peg.ready - peg.picking
		assert ship + total(found.wait, line.name) + total(found.cancel, line.name) == line.open - peg.picking
		assert total(found.escalate, line.name) <= total(found.wait, line.name)


@given(orders(), policies, held)
def test_everything_that_stays_has_a_reason(case, policy, holds):
	found = decide(*case, policy, holds, TODAY)
	for part in (*found.wait, *found.cancel, *found.escalate):
		assert part.qty > 0 and part.reasons
	if found.stopped_by:
		assert found.wait and not found.ship


@given(orders(), policies, held)
def test_what_was_brought_back_is_not_cancelled_again(case, policy, holds):
	order, pegs = case
	first, *others = order.lines
	order = replace(order, lines=(replace(first, kept=True), *others))
	assert total(decide(order, pegs, policy, holds, TODAY).cancel, first.name) == 0


@given(orders(), policies)
def test_a_held_order_ships_and_cancels_nothing(case, policy):
	found = decide(*case, policy, ("unpaid",), TODAY)
	assert not found.ship and not found.cancel
	assert all(part.reasons[0].code == d.HELD for part in found.wait)


@given(orders(), policies, held)
def test_units_let_go_once_are_not_let_go_again(case, policy, holds):
	order, pegs = case
	found = decide(order, pegs, policy, holds, TODAY)
	assert decide(order, pegs, policy, holds, TODAY) == found
	lines = tuple(replace(line, open=line.open - total(found.cancel, line.name)) for line in order.lines)
	picked = {
		name: replace(peg, picking=peg.picking + found.ship.get(name, D(0)), ready=min(peg.ready, line.open))
		for (name, peg), line in zip(pegs.items(), lines, strict=True)
	}
	after = replace(order, lines=lines, shipments=order.shipments + bool(found.ship))
	again = decide(after, picked, policy, holds, TODAY)
	for line in lines:
		assert again.ship.get(line.name, D(0)) + picked[line.name].picking <= pegs[line.name].ready
	if policy.mode == BACKORDER and not policy.lines_together and found.ship and not found.cancel:
		assert not again.ship


@given(orders(), policies, st.integers(0, 3), units)
def test_more_stock_never_ships_less(case, policy, at, more):
	order, pegs = case
	policy = replace(policy, mode=BACKORDER)
	before = decide(order, pegs, policy, (), TODAY)
	line = order.lines[at % len(order.lines)]
	peg = pegs[line.name]
	richer = {**pegs, line.name: replace(peg, ready=min(peg.ready + more, line.open))}
	after = decide(order, richer, policy, (), TODAY)
	assert all(after.ship.get(name, D(0)) >= qty for name, qty in before.ship.items())


def is_late(line, policy):
	"""Whether so much time has passed since its delivery date that what is not there of it is cancelled."""
	days = policy.cancel_after_days
	return bool(days and line.needed_by and TODAY > line.needed_by + timedelta(days=days))


@given(orders(), policies)
def test_a_late_line_ships_what_is_there_and_loses_only_what_is_not(case, policy):
	order, pegs = case
	policy = replace(policy, cancel_after_days=5)
	found = decide(order, pegs, policy, (), TODAY)
	for line in order.lines:
		peg = pegs[line.name]
		if is_late(line, policy):
			assert found.ship.get(line.name, D(0)) == peg.ready - peg.picking
			assert total(found.cancel, line.name) == line.open - peg.ready


@given(orders(), policies)
def test_what_is_cancelled_from_the_shelf_says_what_kept_it_back(case, policy):
	order, pegs = case
	found = decide(order, pegs, replace(policy, mode=CANCEL_REST), (), TODAY)
	for line in order.lines:
		peg, left = pegs[line.name], found.ship.get(line.name, D(0))
		parts = [part for part in found.cancel if part.line == line.name and len(part.reasons) > 1]
		assert total(parts, line.name) in (0, peg.ready - peg.picking - left)
		assert all(part.reasons[0].code in d.BY_POLICY for part in parts)
		alone = [part for part in found.cancel if part.line == line.name and len(part.reasons) == 1]
		assert total(alone, line.name) <= line.open - peg.ready


@given(orders(), policies)
def test_cases_stay_whole(case, policy):
	order, pegs = case
	policy = replace(policy, whole_cases=True)
	found = decide(order, pegs, policy, (), TODAY)
	for line in order.lines:
		if is_late(line, policy):
			continue
		ship = found.ship.get(line.name, D(0))
		assert ship % line.pack == 0 or ship == line.open - pegs[line.name].picking


@given(orders(), policies, st.sampled_from([BY_DATE, BY_GROUP, BY_MARK]))
def test_lines_travel_together_or_not_at_all(case, policy, together):
	order, pegs = case
	policy = replace(policy, lines_together=together)
	found = decide(order, pegs, policy, (), TODAY)
	field = {BY_DATE: "needed_by", BY_GROUP: "item_group", BY_MARK: "mark"}[together]
	for key in {getattr(line, field) for line in order.lines if getattr(line, field)}:
		lines = [line for line in order.lines if getattr(line, field) == key and not is_late(line, policy)]
		left = {line.name: line.open - pegs[line.name].picking for line in lines}
		left = {name: qty for name, qty in left.items() if qty}
		if len(lines) > 1 and any(name in found.ship for name in left):
			assert all(found.ship.get(name) == qty for name, qty in left.items())


@given(orders(), policies, held)
def test_an_order_that_waits_for_all_ships_all_or_nothing(case, policy, holds):
	order, pegs = case
	policy = replace(policy, mode=WAIT, min_fill_percent=D(0), cancel_after_days=0)
	found = decide(order, pegs, policy, holds, TODAY)
	assert not found.ship or not found.wait


@given(orders())
def test_without_a_policy_all_that_is_there_goes(case):
	order, pegs = case
	found = decide(order, pegs, PLAIN, (), TODAY)
	assert found.ship == {
		name: peg.ready - peg.picking for name, peg in pegs.items() if peg.ready > peg.picking
	}
	assert not found.cancel and not found.escalate and found.stopped_by is None


# ---- 500 ordered, 300 on hand -----------------------------------------------------------------------------------

CARS = Order("SO-1", (OrderLine("A", D(500), D(12), D(4), TODAY, "Cars"),), TODAY)
SOME = {"A": Pegs(D(300), D(0), ((TODAY + timedelta(days=9), D(120)),))}


def test_ship_and_backorder():
	found = decide(CARS, SOME, PLAIN, (), TODAY)
	assert found.ship == {"A": 300}
	[part] = found.wait
	assert part.qty == 200 and part.until is None
	assert [(r.code, r.facts["qty"]) for r in part.reasons] == [(d.EXPECTED, 120), (d.NO_STOCK, 80)]


def test_wait_until_complete_says_until_when():
	pegs = {"A": replace(SOME["A"], coming=((TODAY + timedelta(days=9), D(200)),))}
	found = decide(CARS, pegs, Policy(mode=WAIT), (), TODAY)
	assert not found.ship and found.stopped_by.code == d.INCOMPLETE
	assert found.wait[0].qty == 500 and found.wait[0].until == TODAY + timedelta(days=9)


def test_complete_enough():
	assert decide(CARS, SOME, Policy(mode=WAIT, min_fill_percent=D(60)), (), TODAY).ship == {"A": 300}
	found = decide(CARS, SOME, Policy(mode=WAIT, min_fill_percent=D(80)), (), TODAY)
	assert not found.ship and found.stopped_by.facts == {"fill": D(60), "least": D(80)}


def test_ship_and_cancel_the_rest():
	found = decide(CARS, SOME, Policy(mode=CANCEL_REST), (), TODAY)
	assert found.ship == {"A": 300} and not found.wait
	assert [(part.qty, part.reasons[0].code) for part in found.cancel] == [(200, d.REST_CANCELLED)]


def test_nothing_on_the_shelf_is_no_reason_to_cancel():
	found = decide(CARS, {}, Policy(mode=CANCEL_REST), (), TODAY)
	assert not found.cancel and found.wait[0].qty == 500


def test_thresholds():
	cases = [
		(Policy(min_shipment_value=D(1201)), {}, d.LOW_VALUE),
		(Policy(max_shipments=2), {"shipments": 1}, d.LAST_SHIPMENT),
		(Policy(use_ship_after=True, ship_after_days=3), {"needed": 4}, d.TOO_EARLY),
	]
	for policy, change, code in cases:
		line = replace(CARS.lines[0], needed_by=TODAY + timedelta(days=change.get("needed", 0)))
		order = replace(CARS, lines=(line,), shipments=change.get("shipments", 0))
		assert decide(order, SOME, policy, (), TODAY).stopped_by.code == code
		assert decide(replace(order, overridden=True), SOME, policy, (), TODAY).ship == {"A": 300}
	everything = {"A": Pegs(D(500))}
	assert decide(CARS, everything, Policy(min_shipment_value=D(99999)), (), TODAY).ship == {"A": 500}


def test_too_late_is_cancelled_and_what_is_there_goes():
	line = replace(CARS.lines[0], needed_by=TODAY - timedelta(days=8))
	policy = Policy(mode=WAIT, cancel_after_days=7)
	found = decide(replace(CARS, lines=(line,)), SOME, policy, (), TODAY)
	assert found.ship == {"A": 300} and total(found.cancel, "A") == 200
	assert found.cancel[0].reasons[0].code == d.TOO_LATE


def test_a_late_set_ships_what_is_there_of_it():
	day = TODAY - timedelta(days=8)
	order = Order("SO", (OrderLine("A", D(10), needed_by=day), OrderLine("B", D(10), D(6), needed_by=day)))
	policy = Policy(cancel_after_days=7, lines_together=BY_DATE, whole_cases=True)
	found = decide(order, {"A": Pegs(D(10)), "B": Pegs(D(5))}, policy, (), TODAY)
	assert found.ship == {"A": 10, "B": 5}
	assert [(part.line, part.qty) for part in found.cancel] == [("B", 5)]


def test_a_set_that_is_cancelled_from_the_shelf_says_so():
	lines = (OrderLine("A", D(10), mark="x"), OrderLine("B", D(10), mark="x"), OrderLine("C", D(1)))
	pegs = {"A": Pegs(D(10)), "B": Pegs(D(5)), "C": Pegs(D(1))}
	found = decide(Order("SO", lines), pegs, Policy(mode=CANCEL_REST, lines_together=BY_MARK), (), TODAY)
	assert found.ship == {"C": 1}
	assert [(part.line, part.qty, [r.code for r in part.reasons]) for part in found.cancel] == [
		("A", 10, [d.TOGETHER, d.REST_CANCELLED]),
		("B", 5, [d.REST_CANCELLED]),
		("B", 5, [d.TOGETHER, d.REST_CANCELLED]),
	]


def test_what_nothing_covers_is_escalated_after_its_days():
	policy = Policy(escalate_after_days=3)
	order = replace(CARS, placed_on=TODAY - timedelta(days=3))
	assert total(decide(order, SOME, policy, (), TODAY).escalate, "A") == 80
	assert not decide(replace(CARS, placed_on=TODAY), SOME, policy, (), TODAY).escalate


def test_an_order_follows_the_nearest_policy_that_exists():
	known = {name: Policy(name) for name in ("own", "rule", "account", "default")}
	assert choose("own", "rule", "account", "default", known) == (known["own"], ORDER)
	assert choose("", "rule", "account", "default", known) == (known["rule"], RULE)
	assert choose("gone", "", "account", "", known) == (known["account"], ACCOUNT)
	assert choose("", "", "", "", known) == (PLAIN, NONE)
