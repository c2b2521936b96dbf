"""When pick lists are made, what goes on which, in which units; what a short pick gives back."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.release.rules import schedule, sheets, short, units
from wholesale_b2b.fulfilment.release.rules.schedule import Rule
from wholesale_b2b.fulfilment.release.rules.sheets import Ready
from wholesale_b2b.fulfilment.release.rules.units import Unit

MONDAY = datetime(2026, 3, 2)
clock = st.datetimes(MONDAY, MONDAY + timedelta(days=4))
quantities = st.integers(0, 5000).map(Decimal)


# ---- when -----------------------------------------------------------------------------------------------------------


def test_cut_off_times_are_read_in_order() -> None:
	assert schedule.times_of(" 14:30, 09:00;9:00,") == (time(9), time(14, 30))


@pytest.mark.parametrize("text", ["noon", "25:00", "12", "12:5x", "-1:00", "12:60"])
def test_what_is_no_time_is_refused(text: str) -> None:
	with pytest.raises(ValueError):
		schedule.times_of(text)


@pytest.mark.parametrize(
	("since", "now", "due"),
	[
		(time(9, 59), time(10, 0), True),
		(time(10, 0), time(10, 1), False),
		(time(9, 0), time(9, 59), False),
		(time(8, 0), time(18, 0), True),
		(time(14, 30), time(23, 59), False),
	],
)
def test_a_cut_off_is_due_once(since: time, now: time, due: bool) -> None:
	rule = Rule(release=schedule.AT_TIMES, times=schedule.times_of("10:00,14:30"))
	day = MONDAY.date()
	assert schedule.is_due(rule, datetime.combine(day, since), datetime.combine(day, now)) is due


def test_a_cut_off_that_nobody_was_there_for_is_made_up_for_the_next_day() -> None:
	rule = Rule(release=schedule.AT_TIMES, times=(time(17),))
	assert schedule.is_due(rule, MONDAY.replace(hour=16), MONDAY + timedelta(days=1, hours=6))


@given(since=clock, now=clock, every=st.integers(1, 600))
def test_a_wave_is_due_once_in_its_minutes(since: datetime, now: datetime, every: int) -> None:
	rule = Rule(release=schedule.IN_WAVES, every=every)
	if schedule.is_due(rule, since, now):
		assert not schedule.is_due(rule, now, now + timedelta(seconds=1)) or (
			(now + timedelta(seconds=1)).minute != now.minute
		)
	elif since < now:
		assert now - since < timedelta(minutes=every)


@given(since=clock, now=clock, kind=st.sampled_from([schedule.BY_HAND, schedule.AT_ONCE]))
def test_by_hand_and_at_once_nothing_is_due_by_the_clock(since: datetime, now: datetime, kind: str) -> None:
	assert not schedule.is_due(Rule(release=kind, times=(time(10),), every=5), since, now)


def test_the_nearest_rule_governs() -> None:
	company = Rule("a", "Co", "", schedule.AT_ONCE)
	hall = Rule("b", "Co", "Hall", schedule.IN_WAVES)
	bay = Rule("c", "Co", "Bay", schedule.BY_HAND)
	above = {
		"Bay": ("Bay", "Hall", "Co"),
		"Row": ("Row", "Hall", "Co"),
		"Shed": ("Shed", "Co"),
		"Far": ("Far", "Other"),
	}
	assert schedule.governing([company, hall, bay], above) == {"Bay": bay, "Row": hall, "Shed": company}


# ---- what goes ------------------------------------------------------------------------------------------------------


@st.composite
def ready_rows(draw) -> list[Ready]:
	rows = []
	for number in range(draw(st.integers(0, 8))):
		order = f"O{draw(st.integers(0, 3))}"
		rows.append(
			Ready(
				order,
				f"{order}-L{draw(st.integers(0, 2))}",
				draw(st.sampled_from(["P", "Q"])),
				f"W{number}",
				draw(st.integers(0, 100).map(Decimal)),
				Decimal(draw(st.sampled_from([0, 1, 6, 12]))),
				Decimal(draw(st.integers(0, 500))) / 100,
			)
		)
	return rows


@given(
	rows=ready_rows(),
	ship=st.dictionaries(st.sampled_from(["O0-L0", "O1-L1", "O2-L2"]), quantities),
	data=st.data(),
)
def test_nothing_goes_beyond_what_is_ready_may_ship_and_is_paid(rows, ship, data) -> None:
	room = data.draw(st.dictionaries(st.sampled_from(["O0", "O1"]), st.integers(-5, 300).map(Decimal)))
	taken = sheets.take(rows, ship, room)
	by_place = {(row.line, row.warehouse): row for row in rows}
	for row in taken:
		assert 0 < row.qty <= by_place[row.line, row.warehouse].qty
		assert not row.pack or row.qty % row.pack == 0
	for line in {row.line for row in taken}:
		assert sum(row.qty for row in taken if row.line == line) <= ship.get(line, Decimal(0))
	for order, limit in room.items():
		assert sum(row.qty * row.worth for row in taken if row.order == order) <= max(limit, Decimal(0))


@given(rows=ready_rows())
def test_without_limits_all_whole_packs_go(rows) -> None:
	taken = {(row.line, row.warehouse): row.qty for row in sheets.take(rows)}
	assert taken == {
		(row.line, row.warehouse): whole for row in rows if (whole := sheets.whole(row.qty, row.pack)) > 0
	}


def test_money_goes_to_whole_cases_of_the_first_line_first() -> None:
	rows = [
		Ready("O", "a", "P", "W", Decimal(24), Decimal(12), Decimal("1.20")),
		Ready("O", "b", "P", "W", Decimal(9), Decimal(1), Decimal(2)),
	]
	taken = sheets.take(rows, room={"O": Decimal("20.00")})
	assert [(row.line, row.qty) for row in taken] == [("a", 12), ("b", 2)]


@given(rows=ready_rows(), queue=st.permutations(["O0", "O1", "O2", "O3"]), most=st.integers(0, 3))
def test_every_order_is_on_one_list_for_each_place(rows, queue, most) -> None:
	made = sheets.deal(rows, queue, {"P": most})
	assert sorted((sheet.place, order) for sheet in made for order in sheet.orders) == sorted(
		{(row.place, row.order) for row in rows}
	)
	for sheet in made:
		limit = (most or 99) if sheet.place == "P" else 1
		assert 1 <= len(sheet.orders) <= limit
		assert list(sheet.orders) == sorted(sheet.orders, key=queue.index)


def test_the_most_urgent_are_on_the_first_list() -> None:
	rows = [Ready(order, order, "P", "W", Decimal(1)) for order in "ABC"]
	made = sheets.deal(rows, ["C", "A", "B"], {"P": 2})
	assert [sheet.orders for sheet in made] == [("C", "A"), ("B",)]


# ---- in which units --------------------------------------------------------------------------------------------------

NOS, BOX, PALLET = Unit("Nos", Decimal(1)), Unit("Box", Decimal(12)), Unit("Pallet", Decimal(480))
packs = st.lists(
	st.tuples(st.sampled_from("ABCDE"), st.integers(1, 600)), unique_by=lambda pack: pack[0]
).map(lambda rows: [Unit(uom, Decimal(factor)) for uom, factor in rows])


@pytest.mark.parametrize(
	("qty", "own", "breakable", "counts"),
	[
		(1000, NOS, False, [("Pallet", 2), ("Box", 3), ("Nos", 4)]),
		(11, NOS, False, [("Nos", 11)]),
		(504, BOX, False, [("Pallet", 1), ("Box", 2)]),
		(12.5, Unit("Kg", Decimal(1)), True, [("Box", 1), ("Kg", 0.5)]),
		(5, Unit("Gram", Decimal("0.001")), True, [("Gram", 5000)]),
		(6, Unit("Roll", Decimal(4)), True, [("Roll", 1.5)]),
	],
)
def test_the_biggest_whole_units_first(qty, own, breakable, counts) -> None:
	stock = Unit("Kg", Decimal(1)) if own.uom == "Kg" else NOS
	found = units.in_units(Decimal(str(qty)), own, stock, [BOX, PALLET], breakable)
	assert [(count.unit.uom, float(count.count)) for count in found] == counts


@given(qty=quantities, packs=packs)
def test_units_add_up_and_none_is_broken(qty, packs) -> None:
	found = units.in_units(qty, NOS, NOS, packs, breakable=False)
	assert sum(count.qty for count in found) == qty
	assert all(count.count % 1 == 0 and count.count > 0 for count in found)
	factors = [count.unit.factor for count in found]
	assert factors == sorted(factors, reverse=True)
	# what is left for the smaller ones would not have filled a bigger one
	for place, count in enumerate(found):
		assert sum(later.qty for later in found[place + 1 :]) < count.unit.factor


@given(count=st.integers(1, 400), packs=packs)
def test_a_line_in_boxes_is_picked_in_whole_boxes(count, packs) -> None:
	found = units.in_units(Decimal(12 * count), BOX, NOS, packs, breakable=False)
	assert sum(part.qty for part in found) == 12 * count
	assert all(part.qty % 12 == 0 and part.unit.factor % 12 == 0 for part in found)


# ---- picked short ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("counted", "scanned", "reason", "picked"),
	[
		(0, False, "", 10),
		(0, True, "", 0),
		(0, False, "Missing", 0),
		(4, False, "", 4),
		(4, True, "Missing", 4),
	],
)
def test_nothing_means_nothing_where_it_was_scanned_or_a_reason_is_given(
	counted, scanned, reason, picked
) -> None:
	assert short.picked(Decimal(10), Decimal(counted), scanned, reason) == picked


parts = st.dictionaries(
	st.sampled_from("abc"),
	st.tuples(st.integers(0, 60).map(Decimal), st.integers(1, 5).map(Decimal)),
	min_size=1,
)


@given(parts=parts)
def test_components_are_cut_to_whole_bundles(parts) -> None:
	kept = short.in_whole_bundles(parts)
	bundles = {kept[part] / per_kit for part, (_qty, per_kit) in parts.items()}
	assert len(bundles) == 1
	(count,) = bundles
	assert count % 1 == 0
	assert all(kept[part] <= qty for part, (qty, _per_kit) in parts.items())
	assert any(qty < per_kit * (count + 1) for qty, per_kit in parts.values())


@given(
	rows=st.lists(st.tuples(st.sampled_from("abcdef"), quantities), unique_by=lambda row: row[0]),
	most=quantities,
)
def test_the_last_rows_give_up_first(rows, most) -> None:
	cut = short.fit(rows, most)
	kept = [cut.get(name, qty) for name, qty in rows]
	assert sum(kept) == min(sum(qty for _name, qty in rows), most)
	assert all(0 <= now <= qty for now, (_name, qty) in zip(kept, rows, strict=True))
	for place, (name, qty) in enumerate(rows):
		if name in cut:
			assert cut[name] < qty
			assert not any(kept[place + 1 :])
