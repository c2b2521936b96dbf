"""Shipments: every picked unit in exactly one, and nothing mixed."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.rules.shipments import Picked, misdirected, share, split

CUSTOMERS = {"C1": ("A1", "A2"), "C2": ("A3",)}


@st.composite
def picks(draw: st.DrawFn) -> list[Picked]:
	orders = {}
	for number in range(draw(st.integers(1, 5))):
		customer = draw(st.sampled_from(sorted(CUSTOMERS)))
		account = draw(st.sampled_from((None, *CUSTOMERS[customer])))
		orders[f"SO-{number}"] = {
			"customer": customer,
			"account": account,
			"currency": draw(st.sampled_from(("GBP", "EUR"))),
			"consolidate": account in ("A1", "A3"),
			"terms": (draw(st.sampled_from(("VAT 20", "Export"))),),
		}
	rows = []
	for number in range(draw(st.integers(0, 12))):
		order = draw(st.sampled_from(sorted(orders)))
		rows.append(
			Picked(
				row=f"row-{number}",
				qty=draw(st.integers(1, 50)),
				order=order,
				line=f"{order}-{draw(st.integers(1, 3))}",
				address=draw(st.sampled_from((None, "Leeds", "York"))),
				date=draw(st.sampled_from((None, date(2027, 1, 4), date(2027, 1, 11)))),
				**orders[order],
			)
		)
	return rows


@given(picks())
def test_every_unit_is_in_exactly_one_shipment(picked: list[Picked]) -> None:
	dealt = [line for shipment in split(picked) for line in shipment.picked]
	assert Counter(line.row for line in dealt) == Counter(line.row for line in picked)
	assert sum(line.qty for line in dealt) == sum(line.qty for line in picked)


@given(picks())
def test_nothing_is_mixed_and_nothing_is_apart_without_need(picked: list[Picked]) -> None:
	def head(line: Picked) -> tuple:
		return line.customer, line.account, line.currency, line.address, line.date

	shipments = split(picked)
	for shipment in shipments:
		assert shipment.picked
		for line in shipment.picked:
			assert head(line) == (
				shipment.customer,
				shipment.account,
				shipment.currency,
				shipment.address,
				shipment.date,
			)
		assert len({line.terms for line in shipment.picked}) == 1
		assert len(shipment.orders) == 1 or all(line.consolidate for line in shipment.picked)
	keys = [
		(head(first), first.terms, None if first.consolidate else first.order)
		for first in (shipment.picked[0] for shipment in shipments)
	]
	assert len(keys) == len(set(keys))


@given(picks())
def test_the_same_picks_make_the_same_shipments(picked: list[Picked]) -> None:
	assert split(picked) == split(list(picked))
	assert [shipment.picked[0] for shipment in split(picked)] == sorted(
		(shipment.picked[0] for shipment in split(picked)), key=picked.index
	)


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=12), st.integers(0, 50_000))
def test_the_parts_of_a_discount_add_up_to_it(worth: list[int], pence: int) -> None:
	total, whole = pence / 100, sum(worth)
	before = given_before = 0.0
	for part in worth:
		given_now = share(total, whole, before, part, given_before)
		assert given_now >= 0
		before += part
		given_before = round(given_before + given_now, 2)
	assert given_before == total


places = st.sampled_from((None, "Leeds", "York"))


@given(st.lists(st.tuples(places, places)), places)
def test_a_document_carries_no_row_of_another_address(lines, to):
	rows = [(own, own or of_order) for own, of_order in lines]
	wrong = misdirected(rows, to)
	kept = {address for at, (_own, address) in enumerate(rows) if at not in wrong and address}
	if any(own for own, _address in rows):
		assert kept <= {to}
		assert all(rows[at][1] not in (to, None) for at in wrong)
	else:
		assert wrong == []
