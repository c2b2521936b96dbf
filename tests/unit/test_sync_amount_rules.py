"""Amounts of the accounting sync: to the penny, whatever is divided."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.rules import amounts

UNITS = st.sampled_from([Decimal("0.01"), Decimal("1"), Decimal("0.001")])
WEIGHTS = st.lists(st.decimals(0, 10_000, places=2), min_size=1, max_size=40)


@given(st.integers(-(10**7), 10**7), WEIGHTS, UNITS)
def test_shares_add_up_and_none_is_off_by_a_whole_unit(count, weights, unit):
	total = count * unit
	parts = amounts.shared(total, weights, unit)
	assert sum(parts) == total and len(parts) == len(weights)
	whole = sum(weights)
	if whole:
		for part, weight in zip(parts, weights, strict=True):
			assert abs(part - total * weight / whole) < unit
			assert part % unit == 0


@given(
	st.decimals("0.001", 100_000, places=3),
	st.integers(0, 10**8).map(lambda n: n * amounts.CENT),
	st.integers(2, 6),
)
def test_prices_multiply_out_to_the_net_amount(qty, net, places):
	count, price = amounts.priced(qty, net, places=places)
	assert amounts.rounded(count * price) == net
	assert count in (qty, 1)


@given(st.decimals(1, 1000, places=0), st.integers(0, 10**6).map(lambda n: n * amounts.CENT))
def test_a_price_in_whole_pennies_keeps_its_quantity(qty, price):
	assert amounts.priced(qty, qty * price) == (qty, price)


@given(st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2))
def test_amounts_differ_from_half_a_penny_on(one, other):
	assert amounts.differ(one, other) == (one != other)
	assert not amounts.differ(one, None)
