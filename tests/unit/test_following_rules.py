"""What is still to follow adds up to what is owed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.rules.following import Bill, Part, follow, next_of, owed_on

TODAY = date(2027, 1, 10)
QTY = st.integers(0, 100)
DAYS = st.one_of(st.none(), st.integers(-5, 30).map(lambda days: TODAY + timedelta(days=days)))
COMING = st.lists(st.tuples(QTY, DAYS), max_size=5)


@given(QTY, QTY, COMING, QTY)
def test_parts_add_up_and_are_in_order(owed: int, ready: int, coming: list, leaving: int) -> None:
	parts = follow(owed, ready, coming, leaving)
	assert sum(part.qty for part in parts) == max(owed - leaving, 0)
	assert all(part.qty > 0 for part in parts)
	assert [part.ready for part in parts] == sorted((part.ready for part in parts), reverse=True)
	dated = [part.when for part in parts if part.when]
	assert dated == sorted(set(dated))
	assert sum(part.when is None and not part.ready for part in parts) <= 1


@given(QTY, QTY, COMING)
def test_no_more_is_promised_for_a_day_than_comes(owed: int, ready: int, coming: list) -> None:
	for part in follow(owed, ready, coming):
		if part.ready:
			assert part.qty <= ready
		elif part.when:
			assert part.qty <= sum(qty for qty, day in coming if day == part.when)


def test_the_next_is_the_first_day_of_all_lines() -> None:
	later = TODAY + timedelta(days=7)
	lines = follow(10, 0, [(4, later)]) + follow(5, 0, [(5, later)]) + follow(1, 0, [])
	assert next_of(lines, TODAY) == Part(9, later)
	assert next_of([*lines, Part(2, None, True)], TODAY) == Part(2, TODAY, True)
	assert next_of(follow(3, 0, []), TODAY) is None


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=4), st.integers(1, 100_000))
def test_orders_on_one_invoice_owe_it_together(parts: list[float], pence: int) -> None:
	shares = [part / sum(parts) for part in parts]
	total = pence / 100
	invoiced, owed, overdue = zip(
		*(owed_on([Bill(total, total, share, TODAY)], TODAY) for share in shares), strict=True
	)
	assert abs(sum(owed) - total) <= 0.005 * len(parts) + 1e-9
	assert invoiced == owed
	assert set(overdue) == {0.0}
	assert owed_on([Bill(total, total, 1, TODAY - timedelta(days=1))], TODAY) == (total, total, total)
