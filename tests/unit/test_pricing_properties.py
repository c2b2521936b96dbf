"""What holds of every book of prices: more is never dearer, the floor stands, inheritance is its flattening, lines are alone."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from pricing_case import DAY, D, asked, book, item, price, promotion, request, row, sale, tier

from wholesale_b2b.pricing.rules import Request, Tier, flatten, resolve
from wholesale_b2b.pricing.rules.coverage import Coverage

ITEMS = [
	item("MUG", cost=4),
	item("BOWL", cost=6, brand="Brightwell"),
	item("VASE", groups=("Vases", "Homeware", "All Item Groups"), cost=3),
	item("TIN", groups=("Tins", "All Item Groups"), brand=""),
]
CODES = [one.code for one in ITEMS]
TARGETS = [
	*(("Item Code", code) for code in CODES),
	*(("Item Group", group) for group in ("Mugs", "Vases", "Homeware", "All Item Groups")),
	*(("Brand", brand) for brand in ("Longton", "Brightwell")),
	("All Items", ""),
]
TIERS = ("Base", "Silver", "Gold")
ROUNDINGS = ("", "No Rounding", "0.01", "0.05", "0.50", ".99", ".49 or .99")
DAYS = (None, DAY, DAY - timedelta(days=3), DAY + timedelta(days=3))

money = st.integers(1, 4000).map(lambda pence: D(pence) / 100)
percents = st.integers(0, 90)
quantities = st.integers(1, 300)


@st.composite
def rows(draw, mixes=("",), targets=TARGETS):
	apply_on, target = draw(st.sampled_from(targets))
	by_price = draw(st.booleans())
	return row(
		apply_on,
		target,
		discount=None if by_price else draw(percents),
		rate=draw(money) if by_price else None,
		least=draw(st.sampled_from((0, 0, 1, 5, 24, 100))),
		uom=draw(st.sampled_from(("", "Nos", "Box"))),
		mix=draw(st.sampled_from(mixes)),
		net=draw(st.integers(0, 5)) == 0,
		valid_from=draw(st.sampled_from(DAYS)),
		valid_upto=draw(st.sampled_from(DAYS)),
		name=f"{draw(st.integers(0, 999)):03}",
	)


@st.composite
def lines_of_tiers(draw, mixes=("",)):
	"""Three tiers, each perhaps on top of the one before."""
	made = []
	# few things, so that rows have to do with each other
	targets = draw(st.lists(st.sampled_from(TARGETS), min_size=1, max_size=3))
	for n, name in enumerate(TIERS):
		parent = TIERS[n - 1] if n and draw(st.integers(0, 3)) else ""
		made.append(
			tier(
				*draw(st.lists(rows(mixes, targets), max_size=7)),
				name=name,
				parent=parent,
				change=draw(st.integers(-20, 10)),
				rounding=draw(st.sampled_from(ROUNDINGS)),
				direction=draw(st.sampled_from(("Nearest", "Up", "Down"))),
				floor_by=draw(st.sampled_from(("", "", "Cost", "Margin"))),
				floor_percent=draw(st.integers(0, 50)),
				promotions=draw(
					st.sampled_from(("", "No Promotions", "Instead of Tier Prices", "On Top of Tier Prices"))
				),
			)
		)
	return made


@st.composite
def prices(draw):
	found = [price(draw(money), code, name=f"{code}-list") for code in CODES if draw(st.integers(0, 4))]
	for n, code in enumerate(draw(st.lists(st.sampled_from(CODES), max_size=5))):
		found.append(
			price(
				draw(money),
				code,
				name=f"P{n}",
				customer=draw(st.sampled_from(("", "Harbour"))),
				min_qty=draw(st.sampled_from((0, 10, 50))),
				valid_from=draw(st.sampled_from(DAYS)),
				valid_upto=draw(st.sampled_from(DAYS)),
				uom=draw(st.sampled_from(("Nos", "Box"))),
			)
		)
	return found


@st.composite
def books(draw, mixes=("",), promotions=()):
	return book(items=ITEMS, prices=draw(prices()), tiers=draw(lines_of_tiers(mixes)), promotions=promotions)


RULES = (
	promotion("PR-A", target="MUG", kind="Discount Percentage", discount_percentage=15, priority=1),
	promotion("PR-B", "Item Group", "Homeware", kind="Discount Amount", discount_amount="0.5", min_qty=12),
)


@st.composite
def sales(draw, of=None):
	one = sale(tier=draw(st.sampled_from((*TIERS, ""))), customer=draw(st.sampled_from(("Harbour", "Fell"))))
	wanted = draw(st.lists(st.tuples(st.sampled_from(CODES), quantities), min_size=1, max_size=6))
	return [
		Request(
			f"{draw(st.integers(0, 10**9))}-{n}", code, D(qty), one, draw(st.sampled_from(("", "Nos", "Box")))
		)
		for n, (code, qty) in enumerate(wanted)
	]


def plain(decision):
	return replace(decision, reasons=())


@given(
	books(),
	st.sampled_from(CODES),
	st.sampled_from((*TIERS, "")),
	st.lists(quantities, min_size=2, max_size=6),
)
def test_more_of_it_is_never_dearer(there, code, name, wanted):
	# quantities that are priced one by one, so that none is another's mix
	rates = [resolve([request(qty, code, on=sale(tier=name))], there)[0] for qty in sorted(wanted)]
	priced = [found.rate for found in rates if found.source]
	assert priced == sorted(priced, reverse=True)


@given(books(mixes=("", "one", "two")), sales(), st.integers(0, 5), quantities)
def test_more_in_a_mix_is_never_dearer_for_any_line(there, lines, which, more):
	before = resolve(lines, there)
	which %= len(lines)
	lines[which] = replace(lines[which], qty=lines[which].qty + more)
	for one, other in zip(before, resolve(lines, there), strict=True):
		assert other.rate <= one.rate or not one.source


@given(books(mixes=("", "one"), promotions=RULES), sales(), st.none() | money, st.booleans())
def test_never_below_the_floor_without_approval(there, lines, typed, may):
	lines = [replace(line, asked=asked(typed, may=may) if typed else None) for line in lines]
	for found in resolve(lines, there):
		if found.floor is not None and (found.source or typed):
			assert found.rate >= found.floor or found.approval


@given(books(mixes=("", "one"), promotions=RULES), sales(), money)
def test_what_was_approved_needs_no_approval_again(there, lines, typed):
	lines = [replace(line, asked=asked(typed, approved=typed)) for line in lines]
	for found in resolve(lines, there):
		assert not found.approval or found.source == "Net Price"


def by_hand(tiers: dict[str, Tier], name: str) -> Tier:
	"""A tier without a parent that says all that the line says, worked out row by row."""
	own = tiers[name]
	said, list_factor, rank, changed = [], Decimal(1), 0, Decimal(1)
	rounding = direction = promotions = floor_by = ""
	floor_percent = Decimal(0)
	one: Tier | None = own
	while one:
		for each in one.rows:
			if each.rate is not None:
				figures = {"rate": each.rate * changed}
			else:
				figures = {"discount": 100 - (100 - each.discount) * changed}
			said.append(replace(each, rank=rank, exact=rank == 0 or changed == 1, **figures))
		if one.rounding and not rounding:
			rounding, direction = one.rounding, one.direction
		if one.floor_by and not floor_by:
			floor_by, floor_percent = one.floor_by, one.floor_percent
		promotions = promotions or one.promotions
		changed *= (100 + one.change) / 100
		rank += 1
		one = tiers.get(one.parent) if one.parent else None
	list_factor = changed
	return Tier(
		name,
		price_list="Trade",
		rows=tuple(said),
		rounding=rounding,
		direction=direction,
		promotions=promotions,
		floor_by=floor_by,
		floor_percent=floor_percent,
		list_factor=list_factor,
	)


@given(books(mixes=("", "one"), promotions=RULES), sales())
def test_a_tier_that_inherits_prices_as_its_flattening(there, lines):
	flat = replace(there, tiers={name: by_hand(there.tiers, name) for name in there.tiers})
	again = replace(there, tiers={name: flatten(there.tiers, name) for name in there.tiers})
	expected = [(one.rate, one.floor, one.approval, one.source) for one in resolve(lines, there)]
	for other in (flat, again):
		assert [(one.rate, one.floor, one.approval, one.source) for one in resolve(lines, other)] == expected


@given(books(mixes=("", "one"), promotions=RULES), st.lists(sales(), min_size=1, max_size=4), st.integers())
def test_a_batch_is_its_sales_one_by_one_in_any_order(there, batch, seed):
	lines = [line for one in batch for line in one]
	together = dict(zip(map(id, lines), resolve(lines, there), strict=True))
	apart = {id(line): found for one in batch for line, found in zip(one, resolve(one, there), strict=True)}
	assert together == apart
	mixed = lines[:]
	random.Random(seed).shuffle(mixed)
	assert dict(zip(map(id, mixed), resolve(mixed, there), strict=True)) == together


@given(books(promotions=RULES), sales())
def test_lines_that_share_no_mix_and_no_promotion_are_priced_alone(there, lines):
	there = replace(there, promotions=())
	together = [plain(found) for found in resolve(lines, there)]
	assert together == [plain(resolve([line], there)[0]) for line in lines]


@given(books(mixes=("", "one"), promotions=RULES), sales())
def test_exactly_one_source_wins_and_its_rate_is_what_is_calculated(there, lines):
	for found in resolve(lines, there):
		won = [reason for reason in found.reasons if reason.outcome == "won"]
		assert len(won) == bool(found.source)
		if won:
			last = [
				reason.rate
				for reason in found.reasons
				if reason.outcome == "won" or reason.why in ("on_top", "raised", "max_discount")
			][-1]
			assert found.rate == last


@given(books(mixes=("", "one")), sales())
def test_the_hint_comes_true(there, lines):
	for n, found in enumerate(resolve(lines, there)):
		if hint := found.next_break:
			more = [*lines]
			more[n] = replace(lines[n], qty=found.qty + hint.more)
			then = resolve(more, there)[n]
			assert then.rate == hint.rate == found.rate - hint.saving < found.rate


@given(st.lists(st.tuples(st.integers(1, 200), percents), min_size=2, max_size=8), quantities, quantities)
def test_a_ladder_in_any_order_never_makes_more_dearer(steps, few, more):
	there = book(prices=[price(100)], tiers=[tier(*(row(discount=off, least=least) for least, off in steps))])
	fewer, many = (resolve([request(qty, on=sale(tier="Silver"))], there)[0] for qty in (few, few + more))
	assert many.rate <= fewer.rate
	reached = [off for least, off in steps if least <= few]
	assert fewer.rate == 100 - max(reached, default=0)


@given(
	books(mixes=("", "one")),
	st.sampled_from(TIERS),
	st.sampled_from(("GBP", "EUR", "USD")),
	st.sampled_from(("", "EUR", "USD")),
)
def test_where_prices_come_from_is_told_as_they_are_resolved(there, name, currency, of_tiers):
	# nobody has a rate for dollars
	there = replace(there, tiers={key: replace(one, currency=of_tiers) for key, one in there.tiers.items()})
	on = sale(
		tier=name,
		customer="",
		currency=currency,
		price_list=flatten(there.tiers, name).price_list,
		promotions=False,
		cases=False,
	)
	alone = [resolve([Request(code, code, D(1), replace(on))], there)[0] for code in CODES]
	known = Coverage(there, ITEMS)
	assert known.sources(on) == [(one.source, one.list_rate) for one in alone]
	assert [bool(source) for source, _list in known.sources(on, True)] == [bool(one.source) for one in alone]
