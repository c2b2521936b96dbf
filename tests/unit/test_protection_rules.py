"""Stock Protections: the closest rule counts for an item, and what floors and ceilings leave."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules.protect import Guarded, Kind, ProtectionRule, expand, room

ITEMS = {
	"MUG": Kind(brand="Acme", item_groups=("Mugs", "Kitchen", "All")),
	"LAMP": Kind(brand="", item_groups=("Lamps", "All")),
}
WEB = "channel:web"


def rule(name, **fields):
	return ProtectionRule(name, "W", fields.pop("segment", WEB), Decimal(fields.pop("floor", 1)), **fields)


def floors(rules):
	return {guarded.item: guarded.floor for guarded in expand(rules, ITEMS)}


def test_a_group_covers_what_is_below_it():
	assert floors([rule("A", item_group="Kitchen")]) == {"MUG": 1}
	assert floors([rule("A", item_group="All")]) == {"LAMP": 1, "MUG": 1}


def test_the_closest_rule_counts():
	everything = rule("A", item_group="All", floor=1)
	kitchen = rule("B", item_group="Kitchen", floor=2)
	brand = rule("C", brand="Acme", floor=3)
	own = rule("D", item="MUG", floor=4)
	assert floors([everything]) == {"MUG": 1, "LAMP": 1}
	assert floors([everything, kitchen]) == {"MUG": 2, "LAMP": 1}
	assert floors([brand, kitchen, everything]) == {"MUG": 3, "LAMP": 1}
	assert floors([everything, own, brand, kitchen]) == {"MUG": 4, "LAMP": 1}


def test_an_item_without_a_brand_is_in_no_rule_for_brands():
	assert floors([rule("A", brand="Acme")]) == {"MUG": 1}


def test_other_segments_and_warehouses_are_rules_of_their_own():
	found = expand([rule("A", item="MUG"), rule("B", item="MUG", segment="customer:V")], ITEMS)
	assert [guarded.segment for guarded in found] == [WEB, "customer:V"]


def test_a_floor_keeps_what_its_segment_has_not_taken_yet():
	guards = [Guarded("MUG", "W", WEB, Decimal(6))]
	assert room(Decimal(10), [], guards, {}) == 4
	assert room(Decimal(10), [], guards, {WEB: Decimal(5)}) == 9
	assert room(Decimal(10), [WEB], guards, {}) == 10


def test_floors_of_several_others_add_up():
	guards = [Guarded("MUG", "W", WEB, Decimal(5)), Guarded("MUG", "W", "customer:V", Decimal(5))]
	assert room(Decimal(10), [], guards, {}) == 0
	assert room(Decimal(10), [WEB], guards, {}) == 5


def test_a_ceiling_caps_its_own_segment_alone():
	guards = [Guarded("MUG", "W", WEB, Decimal(0), Decimal(3))]
	assert room(Decimal(10), [WEB], guards, {WEB: Decimal(2)}) == 1
	assert room(Decimal(10), ["customer:V"], guards, {}) == 10


QTY = st.integers(0, 20).map(Decimal)
SEGMENTS = st.sets(st.sampled_from("abc"))
GUARDS = st.lists(
	st.builds(
		Guarded,
		item=st.just("MUG"),
		warehouse=st.just("W"),
		segment=st.sampled_from("abc"),
		floor=QTY,
		ceiling=st.none() | QTY,
	),
	max_size=4,
)


@given(QTY, SEGMENTS, GUARDS, st.dictionaries(st.sampled_from("abc"), QTY))
def test_room_is_never_negative_nor_more_than_there_is(free, own, guards, taken):
	left = room(free, own, guards, taken)
	assert 0 <= left <= free
	for guard in guards:
		has = taken.get(guard.segment, Decimal(0))
		if guard.segment in own and guard.ceiling is not None and left:
			assert has + left <= guard.ceiling
	kept = sum(
		max(g.floor - taken.get(g.segment, Decimal(0)), Decimal(0)) for g in guards if g.segment not in own
	)
	assert not left or free - left >= kept
