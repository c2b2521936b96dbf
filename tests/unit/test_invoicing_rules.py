"""When shipments are invoiced, and which together."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.credit.invoicing.rules import Shipped, bills, next_try_minutes, statement_date

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
TODAY = date(2027, 3, 15)


@given(DAYS, st.integers(1, 7))
def test_weekly_is_the_next_such_weekday_after_it(shipped: date, day: int) -> None:
	due = statement_date("Weekly", day, shipped)
	assert due.isoweekday() == day
	assert 1 <= (due - shipped).days <= 7


@given(DAYS, st.integers(0, 31))
def test_monthly_is_the_next_such_day_after_it(shipped: date, day: int) -> None:
	due = statement_date("Monthly", day, shipped)
	assert shipped < due <= shipped + timedelta(days=31)
	last = (due + timedelta(days=1)).month != due.month
	assert due.day == max(day, 1) or (last and due.day < day)


def test_days_that_a_month_does_not_have() -> None:
	assert statement_date("Monthly", 31, date(2027, 2, 1)) == date(2027, 2, 28)
	assert statement_date("Monthly", 31, date(2027, 2, 28)) == date(2027, 3, 31)
	assert statement_date("Monthly", 1, date(2026, 12, 31)) == date(2027, 1, 1)


@given(DAYS)
def test_at_dispatch_is_the_same_day(shipped: date) -> None:
	assert statement_date("At Dispatch", 3, shipped) == shipped


@st.composite
def shipments(draw: st.DrawFn) -> list[Shipped]:
	return [
		Shipped(
			note=f"DN-{number}",
			preference=draw(st.sampled_from(("At Dispatch", "Per Order", "Weekly", "Monthly"))),
			orders=tuple(draw(st.sets(st.sampled_from("ABCDE"), min_size=1, max_size=2))),
			due=TODAY + timedelta(days=draw(st.integers(-2, 2))),
			terms=(draw(st.sampled_from(("GBP", "EUR"))),),
			alone=draw(st.booleans()),
		)
		for number in range(draw(st.integers(0, 10)))
	]


@given(shipments(), st.sets(st.sampled_from("ABCDE")))
def test_each_note_is_on_one_invoice_at_most_and_none_too_early(
	shipped: list[Shipped], unfinished: set[str]
) -> None:
	by_name = {note.note: note for note in shipped}
	made = bills(shipped, unfinished, TODAY)
	assert all(count == 1 for count in Counter(name for bill in made for name in bill).values())
	for bill in made:
		notes = [by_name[name] for name in bill]
		assert len({(note.preference, note.terms) for note in notes}) == 1
		assert len(notes) == 1 or not any(note.alone for note in notes)
		if notes[0].preference == "Per Order":
			assert not any(order in unfinished for note in notes for order in note.orders)
		else:
			assert all(note.due <= TODAY for note in notes)
		assert notes[0].preference != "At Dispatch" or len(notes) == 1


@given(shipments())
def test_whatever_is_due_is_invoiced(shipped: list[Shipped]) -> None:
	made = {name for bill in bills(shipped, (), TODAY) for name in bill}
	assert made == {note.note for note in shipped if note.preference == "Per Order" or note.due <= TODAY}


@given(st.integers(0, 10_000))
def test_tries_grow_apart_up_to_a_day(attempts: int) -> None:
	assert 5 <= next_try_minutes(attempts) <= 24 * 60
	assert next_try_minutes(attempts) <= next_try_minutes(attempts + 1)
