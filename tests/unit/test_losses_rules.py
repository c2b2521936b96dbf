"""The plan in reverse: who gives up when stock is lost."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules import Demand, Peg, Policy, lose, ranks

D = Decimal
TODAY = date(2026, 11, 21)
quantities = st.decimals(min_value=0, max_value=50, places=2)
date_rules = st.sampled_from(["order date", "requested date"])


def demand(line, **more):
	return Demand(line, "MUG", ("Stores",), D(10), **more)


def test_the_last_in_line_gives_up_first_and_what_is_picked_stays():
	lines = [
		demand("urgent", priority=1),
		demand("early", priority=2, placed_at=1),
		demand("late", priority=2, placed_at=2),
	]
	pegs = [Peg("urgent", "bin", D(4)), Peg("early", "bin", D(4)), Peg("late", "bin", D(4), frozen=D(3))]
	loss = lose(pegs, D(7), lines)
	assert {peg.demand: int(peg.qty) for peg in loss.given} == {"late": 1, "early": 4}
	assert loss.missing == 0


def test_what_only_picked_units_could_give_is_missing():
	loss = lose([Peg("a", "bin", D(5), frozen=D(4))], D(2), [demand("a")])
	assert [(peg.demand, peg.qty) for peg in loss.given] == [("a", D(1))]
	assert loss.missing == 2


def test_a_peg_of_a_line_that_is_no_more_goes_first():
	loss = lose([Peg("gone", "bin", D(5)), Peg("a", "bin", D(5))], D(6), [demand("a")])
	assert [(peg.demand, peg.qty) for peg in loss.given] == [("gone", D(4))]


@st.composite
def shelves(draw):
	lines = [
		demand(
			f"L{n}",
			priority=draw(st.integers(0, 2)),
			needed_by=draw(st.none() | st.dates(TODAY, TODAY + timedelta(9))),
			placed_at=draw(st.none() | st.dates(TODAY - timedelta(9), TODAY)),
		)
		for n in range(draw(st.integers(0, 6)))
	]
	pegs = []
	for line in lines:
		qty = draw(quantities)
		frozen = draw(st.sampled_from([D(0), D(0), qty, qty / 2]))
		pegs.append(Peg(line.line, "bin", qty, frozen))
	return lines, pegs, draw(st.decimals(min_value=-20, max_value=300, places=2))


@given(shelves(), date_rules)
def test_a_loss_costs_what_it_must_and_the_last_in_line(shelf, date_rule):
	lines, pegs, left = shelf
	policy = Policy(date_rule)
	loss = lose(pegs, left, lines, policy=policy)
	given_up = {peg.demand: peg.qty for peg in loss.given}
	assert len(given_up) == len(loss.given)

	# As many units as are needed, no more; what cannot be given up is said.
	promised = sum((peg.qty for peg in pegs), D(0))
	assert sum(given_up.values(), D(0)) + loss.missing == max(promised - max(left, D(0)), D(0))

	# Nobody gives what they have not got, frozen units never.
	for peg in pegs:
		assert 0 <= given_up.get(peg.demand, D(0)) <= peg.qty - peg.frozen
	assert all(peg.qty > 0 for peg in loss.given)

	# Nobody loses while somebody after them has a unit that could go.
	place = ranks(lines, policy)
	for victim in given_up:
		for peg in pegs:
			if place[peg.demand] > place[victim]:
				assert given_up.get(peg.demand, D(0)) == peg.qty - peg.frozen
	if loss.missing:
		assert all(given_up.get(peg.demand, D(0)) == peg.qty - peg.frozen for peg in pegs)


@given(shelves(), st.randoms())
def test_the_order_of_the_pegs_does_not_matter_and_losing_twice_costs_nothing_more(shelf, random):
	lines, pegs, left = shelf
	loss = lose(pegs, left, lines)
	shuffled = list(pegs)
	random.shuffle(shuffled)
	assert lose(shuffled, left, lines) == loss

	gone = {peg.demand: peg.qty for peg in loss.given}
	kept = [Peg(p.demand, p.supply, p.qty - gone.get(p.demand, D(0)), p.frozen) for p in pegs]
	assert lose(kept, left, lines).given == ()
