"""What a line costs, source by source: precedence, tiers, breaks, net prices, floors, cases, currencies, units."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from pricing_case import (
	DAY,
	D,
	agreed,
	asked,
	book,
	decide,
	item,
	price,
	promotion,
	request,
	row,
	sale,
	tier,
)

from wholesale_b2b.pricing.rules import Cycle, Offer, PriceList, flatten, resolve
from wholesale_b2b.pricing.rules.money import round_price
from wholesale_b2b.pricing.rules.packs import full_cases

SILVER = {"tier": "Silver"}
TOMORROW, YESTERDAY = DAY + timedelta(days=1), DAY - timedelta(days=1)


def said(decision, outcome="won"):
	return [reason.what for reason in decision.reasons if reason.outcome == outcome]


def why(decision):
	return [reason.why for reason in decision.reasons]


# ---- precedence -------------------------------------------------------------------------------------------------


def full_book(**fields):
	return book(
		prices=[price(10), price(7, customer="Harbour", name="NET")],
		tiers=[tier(row(discount=20))],
		**fields,
	)


def test_without_anything_else_the_price_list_holds():
	found = decide(book(prices=[price(10)]))
	assert (found.rate, found.list_rate, found.source, found.discount) == (10, 10, "Price List", 0)
	assert found.name == "Trade-MUG-10-"


def test_a_tier_comes_before_the_price_list():
	found = decide(full_book(), customer="Fell", **SILVER)
	assert (found.rate, found.list_rate, found.source, found.discount) == (8, 10, "Tier Discount", 20)
	assert (found.tier, found.name) == ("Silver", "Silver")


def test_a_net_price_comes_before_the_tier_and_takes_no_discount():
	rule = promotion(kind="Discount Percentage", discount_percentage=50)
	found = decide(full_book(promotions=(rule,)), **SILVER)
	assert (found.rate, found.source, found.name) == (7, "Net Price", "NET")
	assert said(found) == ["Net Price"]


def test_an_override_comes_before_all_and_what_was_calculated_is_kept():
	found = decide(full_book(), asked=asked("6.5", "matches the competition"), **SILVER)
	assert (found.rate, found.calculated, found.source) == (D("6.5"), 7, "Override")
	assert found.reasons[0].about["reason"] == "matches the competition"
	assert ("Net Price", "overridden") in [(one.what, one.why) for one in found.reasons]


def test_a_price_typed_by_somebody_who_may_not_is_left_out():
	found = decide(full_book(), asked=asked(6, may=False), **SILVER)
	assert (found.rate, found.source) == (7, "Net Price")
	assert "may_not" in why(found)


def test_typing_what_is_calculated_anyway_overrides_nothing():
	found = decide(full_book(), asked=asked("7.00"), **SILVER)
	assert (found.source, said(found)) == ("Net Price", ["Net Price"])


def test_where_nothing_has_a_price_what_is_typed_is_the_price():
	found = decide(book(), asked=asked(3))
	assert (found.rate, found.calculated, found.source) == (3, 3, "")
	assert decide(book()).rate == 0
	assert "no_price" in why(decide(book()))


# ---- agreed before ----------------------------------------------------------------------------------------------


def test_a_quoted_price_is_kept_to_the_last_day_of_the_quotation():
	for until in (None, DAY, TOMORROW):
		found = decide(full_book(), agreed=agreed("9.25", until=until), **SILVER)
		assert (found.rate, found.source, found.name) == (D("9.25"), "Quotation", "Q-7")


def test_an_expired_quotation_is_told_of_and_priced_anew():
	found = decide(full_book(), agreed=agreed(5, until=YESTERDAY), **SILVER)
	assert (found.rate, found.source) == (7, "Net Price")
	assert found.reasons[0].why == "agreed_ended" and found.reasons[0].rate == 5


def test_what_was_agreed_needs_no_approval_below_the_floor():
	there = book(prices=[price(10)], items=[item(cost=6)], floor_by="Cost")
	found = decide(there, agreed=agreed(5))
	assert (found.rate, found.floor, found.approval) == (5, 6, False)


def test_a_zero_price_is_a_price():
	assert decide(book(prices=[price(0)])).source == "Price List"
	found = decide(book(prices=[price(10), price(0, customer="Harbour")]))
	assert (found.rate, found.source, found.discount) == (0, "Net Price", 100)


# ---- rows of a tier ---------------------------------------------------------------------------------------------


def test_the_most_specific_row_holds_not_the_best():
	rows = [
		row("All Items", discount=50),
		row("Brand", "Longton", discount=40),
		row("Item Group", "Homeware", discount=30),
		row("Item Group", "Mugs", discount=20),
		row("Item Code", "MUG", discount=5),
	]
	for expected in ("9.50", 8, 7, 6, 5):
		found = decide(book(prices=[price(10)], tiers=[tier(*rows)]), **SILVER)
		assert found.rate == D(expected), rows
		rows.pop()
	assert decide(book(prices=[price(10)], tiers=[tier()]), **SILVER).source == "Tier Price List"


def test_a_row_for_a_template_holds_for_its_variants():
	red = item("MUG-RED", template="MUG")
	there = book(
		items=[red], prices=[price(10, "MUG-RED")], tiers=[tier(row("Item Code", "MUG", discount=10))]
	)
	assert decide(there, code="MUG-RED", **SILVER).rate == 9
	legacy = book(items=[red], prices=[price(10)])
	assert decide(legacy, code="MUG-RED").rate == 10


def test_an_item_that_moves_to_another_group_takes_its_price():
	rows = [row("Item Group", "Mugs", discount=10), row("Item Group", "Vases", discount=30)]
	moved = item(groups=("Vases", "All Item Groups"))
	assert decide(book(prices=[price(10)], tiers=[tier(*rows)]), **SILVER).rate == 9
	assert decide(book(items=[moved], prices=[price(10)], tiers=[tier(*rows)]), **SILVER).rate == 7


def test_a_dearer_fixed_price_loses_to_the_tiers_own_list():
	there = book(prices=[price(10)], tiers=[tier(row("Item Code", "MUG", rate=11))])
	found = decide(there, **SILVER)
	assert (found.rate, found.source) == (10, "Tier Price List")
	assert ("Tier Price", "dearer") in [(one.what, one.why) for one in found.reasons]


def test_a_net_row_shuts_out_the_list_broader_rows_and_promotions():
	rows = (
		row("Item Code", "MUG", rate=11, net=True),
		row("Item Group", "Mugs", discount=50, least=10),
		row(discount=60),
	)
	rule = promotion(kind="Discount Percentage", discount_percentage=50)
	there = book(
		prices=[price(10)], tiers=[tier(*rows, promotions="On Top of Tier Prices")], promotions=(rule,)
	)
	found = decide(there, 100, **SILVER)
	assert (found.rate, found.source) == (11, "Tier Price")
	assert "no_promotions" in why(found)


def test_the_first_and_the_last_day_of_a_row_are_inside():
	for days, expected in (((DAY, DAY), 8), ((TOMORROW, None), 10), ((None, YESTERDAY), 10)):
		rows = row(discount=20, valid_from=days[0], valid_upto=days[1])
		assert decide(book(prices=[price(10)], tiers=[tier(rows)]), **SILVER).rate == expected


def test_a_newer_row_for_the_same_comes_before_an_older():
	rows = [row(discount=20, name="old"), row(discount=10, valid_from=DAY, name="new")]
	for order in (rows, rows[::-1]):
		assert decide(book(prices=[price(10)], tiers=[tier(*order)]), **SILVER).rate == 9


def test_a_tier_outside_its_days_is_told_of_and_does_not_count():
	for days, word in (((TOMORROW, None), "tier_not_yet"), ((None, YESTERDAY), "tier_ended")):
		there = book(
			prices=[price(10)], tiers=[tier(row(discount=20), valid_from=days[0], valid_upto=days[1])]
		)
		found = decide(there, **SILVER)
		assert (found.rate, found.source, found.tier) == (10, "Price List", "")
		assert word in why(found)
	off = book(prices=[price(10)], tiers=[tier(row(discount=20), enabled=False)])
	assert "tier_disabled" in why(decide(off, **SILVER))
	assert "unknown_tier" in why(decide(book(prices=[price(10)]), **SILVER))
	last_day = book(prices=[price(10)], tiers=[tier(row(discount=20), valid_upto=DAY)])
	assert decide(last_day, **SILVER).rate == 8


def test_a_discount_on_an_item_without_a_base_price_says_so():
	found = decide(book(tiers=[tier(row(discount=20))]), **SILVER)
	assert (found.rate, found.source) == (0, "")
	assert why(found) == ["no_base", "no_price"]


def test_the_list_rate_is_that_of_the_sales_own_list():
	there = book(prices=[price(10), price(20, price_list="Retail")], tiers=[tier(row(discount=20))])
	found = decide(there, price_list="Retail", **SILVER)
	assert (found.rate, found.list_rate, found.discount) == (8, 20, 60)


# ---- inheritance ------------------------------------------------------------------------------------------------


def metals(*gold_rows, **gold):
	silver = tier(
		row("Item Group", "Mugs", discount=20),
		row("Item Code", "VASE", rate=6),
		rounding="0.05",
		name="Silver",
	)
	return [silver, tier(*gold_rows, name="Gold", parent="Silver", change=-3, **gold)]


def test_gold_is_silver_less_three_percent():
	things = [item(), item("VASE", groups=("Vases",)), item("TIN", groups=("Tins",))]
	there = book(items=things, prices=[price(10), price(8, "VASE"), price(10, "TIN")], tiers=metals())
	rates = {code: decide(there, code=code, tier="Gold").rate for code in ("MUG", "VASE", "TIN")}
	# 10 − 20 % − 3 % = 7.76 and 6 − 3 % = 5.82, rounded to 0.05; what Silver has no row for is 3 % below the list
	assert rates == {"MUG": D("7.75"), "VASE": D("5.80"), "TIN": D("9.70")}


def test_a_tiers_own_row_comes_before_an_inherited_one_about_the_same():
	own = row("Item Group", "Mugs", discount=10)
	there = book(prices=[price(10)], tiers=metals(own))
	# its own 10 % off, or the list less 3 %: the better
	assert decide(there, tier="Gold").rate == 9


def test_an_inherited_row_for_the_item_comes_before_an_own_row_for_its_group():
	silver = tier(row("Item Code", "MUG", discount=5))
	gold = tier(row("Item Group", "Mugs", discount=30), name="Gold", parent="Silver")
	assert decide(book(prices=[price(10)], tiers=[silver, gold]), tier="Gold").rate == D("9.5")


def test_a_change_without_a_parent_is_on_the_price_list():
	found = decide(book(prices=[price(10)], tiers=[tier(change=-10)]), **SILVER)
	assert (found.rate, found.source) == (9, "Tier Price List")
	assert decide(book(prices=[price(10)], tiers=[tier(change=5)]), **SILVER).rate == D("10.5")


def test_cycles_are_refused():
	tiers = {
		one.name: one
		for one in (
			tier(name="A", parent="B"),
			tier(name="B", parent="C"),
			tier(name="C", parent="B"),
		)
	}
	with pytest.raises(Cycle) as error:
		flatten(tiers, "A")
	assert error.value.names == ("B", "C", "B")
	assert decide(book(prices=[price(10)], tiers=tiers.values()), tier="A").problem == "cycle"


# ---- quantity breaks --------------------------------------------------------------------------------------------


def ladder(*rows):
	return book(prices=[price(10)], tiers=[tier(*rows)])


def test_a_break_holds_from_exactly_its_quantity_on():
	there = ladder(
		row("Item Code", "MUG", discount=10, least=24), row("Item Code", "MUG", discount=20, least=144)
	)
	rates = [decide(there, qty, **SILVER).rate for qty in (23, "23.999", 24, 143, 144)]
	assert rates == [10, 10, 9, 9, 8]
	assert decide(there, 24, **SILVER).source == "Quantity Break"
	assert "not_reached" in why(decide(there, 23, **SILVER))


def test_a_ladder_that_goes_up_never_makes_more_dearer():
	there = ladder(row(discount=20, least=10), row(discount=5, least=100))
	assert decide(there, 100, **SILVER).rate == 8


def test_breaks_of_the_item_come_before_those_of_its_group():
	there = ladder(
		row("Item Code", "MUG", discount=5, least=50), row("Item Group", "Mugs", discount=30, least=10)
	)
	assert [decide(there, qty, **SILVER).rate for qty in (10, 50)] == [10, D("9.5")]


def test_the_better_of_discount_and_break():
	there = ladder(row("Item Code", "MUG", discount=15), row("Item Group", "Mugs", discount=10, least=10))
	found = decide(there, 10, **SILVER)
	assert (found.rate, found.source) == (D("8.5"), "Tier Discount")


def test_a_mix_counts_its_items_together():
	things = [item(), item("BOWL"), item("VASE", groups=("Vases",))]
	rows = [
		row("Item Code", "MUG", rate=8, least=24, mix="ceramics"),
		row("Item Code", "BOWL", rate=7, least=24, mix="ceramics"),
	]
	there = book(items=things, prices=[price(10, one.code) for one in things], tiers=[tier(*rows)])
	one = sale(**SILVER)
	lines = [
		request(12, "MUG", "a", one),
		request(11, "BOWL", "b", one),
		request(50, "VASE", "c", one),
	]
	assert [found.rate for found in resolve(lines, there)] == [10, 10, 10]
	lines[1] = request(12, "BOWL", "b", one)
	found = resolve(lines, there)
	assert [one.rate for one in found] == [8, 7, 10]
	assert [one.mix for one in found] == [True, True, False]
	apart = [request(12, "MUG", "a", sale(**SILVER)), request(12, "BOWL", "b", sale(**SILVER))]
	assert [one.rate for one in resolve(apart, there)] == [10, 10]


def test_a_mix_over_a_group_in_two_units():
	things = [item(), item("BOWL")]
	rows = [row("Item Group", "Mugs", discount=10, least=24, mix="mugs")]
	there = book(items=things, prices=[price(10, one.code) for one in things], tiers=[tier(*rows)])
	one = sale(**SILVER)
	found = resolve([request(1, "MUG", "a", one, uom="Box"), request(12, "BOWL", "b", one)], there)
	assert [each.rate for each in found] == [108, 9]


def test_the_next_break_is_hinted_at():
	there = ladder(row(discount=10, least=24), row(discount=20, least=144))
	hint = decide(there, 10, **SILVER).next_break
	assert (hint.more, hint.rate, hint.saving, hint.mix) == (14, 9, 1, "")
	hint = decide(there, 24, **SILVER).next_break
	assert (hint.more, hint.rate, hint.saving) == (120, 8, 1)
	assert decide(there, 144, **SILVER).next_break is None
	dearer = ladder(row(discount=15), row(discount=10, least=24))
	assert decide(dearer, 1, **SILVER).next_break is None


def test_a_net_price_below_the_floor_is_hinted_at_as_it_will_be():
	there = book(
		items=[item(cost=4)],
		prices=[price("4.01"), price("3.50", customer="Harbour", min_qty=10)],
		floor_by="Cost",
	)
	hint = decide(there, 1, customer="Harbour").next_break
	assert (hint.more, hint.rate, hint.saving) == (9, D("3.50"), D("0.51"))
	assert decide(there, 10, customer="Harbour").rate == D("3.50")


def test_the_hint_of_an_item_with_a_greatest_discount_is_what_it_will_cost():
	there = book(
		items=[item(max_discount=D(15))],
		prices=[price(10)],
		tiers=[tier(row(discount=10), row(discount=20, least=24))],
	)
	hint = decide(there, 1, **SILVER).next_break
	assert (hint.more, hint.rate, hint.saving) == (23, D("8.50"), D("0.50"))
	assert decide(there, 24, **SILVER).rate == D("8.50")


def test_the_next_break_of_a_mix_counts_what_others_bring():
	there = book(
		items=[item(), item("BOWL")],
		prices=[price(10), price(10, "BOWL")],
		tiers=[tier(row(discount=10, least=24, mix="all"))],
	)
	one = sale(**SILVER)
	found = resolve([request(10, "MUG", "a", one), request(8, "BOWL", "b", one)], there)
	assert [(each.next_break.more, each.next_break.mix) for each in found] == [(6, "all"), (6, "all")]


def test_the_next_break_comes_in_full_cases_and_whole_units():
	pack = item(case_pack=12, case_rounding="Round Up")
	there = book(items=[pack], prices=[price(10)], tiers=[tier(row(discount=10, least=50))])
	found = decide(there, 13, **SILVER)
	assert (found.qty, found.next_break.more) == (24, 36)
	boxes = book(prices=[price(10)], tiers=[tier(row(discount=10, least=50))])
	assert decide(boxes, 2, uom="Box", **SILVER).next_break.more == 3


# ---- net prices and price lists ---------------------------------------------------------------------------------


def test_a_net_price_of_the_account_comes_before_that_of_the_customer():
	there = book(
		prices=[price(10), price(8, customer="Harbour"), price(9, customer="Harbour", account="Staff")]
	)
	assert decide(there, account="Staff").rate == 9
	assert decide(there, account="Shop").rate == 8
	assert decide(there, customer="Fell").rate == 10


def test_a_net_price_from_a_quantity_on():
	there = book(
		prices=[
			price(10),
			price(8, customer="Harbour"),
			price(7, customer="Harbour", min_qty=100, name="N100"),
		]
	)
	assert [decide(there, qty).rate for qty in (99, 100)] == [8, 7]
	hint = decide(there, 99).next_break
	assert (hint.more, hint.rate) == (1, 7)


def test_a_packing_unit_that_does_not_fit_never_means_no_price():
	there = book(prices=[price(10), price(8, customer="Harbour", packing_unit=6)])
	assert [decide(there, qty).rate for qty in (12, 13)] == [8, 10]
	assert "packing_unit" in why(decide(there, 13))
	only = book(prices=[price(8, customer="Harbour", packing_unit=6)])
	assert decide(only, 13).source == ""
	assert decide(book(prices=[price(10, packing_unit=6)]), 13).rate == 10


def test_dates_of_item_prices():
	there = book(
		prices=[
			price(10, valid_upto=YESTERDAY, name="old"),
			price(11, valid_from=DAY, valid_upto=DAY, name="now"),
			price(12, valid_from=TOMORROW, name="next"),
		]
	)
	assert [decide(there, date=day).rate for day in (YESTERDAY, DAY, TOMORROW)] == [10, 11, 12]
	newer = book(prices=[price(10, name="a"), price(11, valid_from=YESTERDAY, name="b")])
	assert decide(newer).rate == 11


def test_two_units():
	there = book(prices=[price(10), price(100, uom="Box", name="BOX")])
	assert decide(there, uom="Box").rate == 100
	assert decide(there).rate == 10
	assert decide(book(prices=[price(10)]), uom="Box").rate == 120
	# only a price for boxes: nothing is known of single ones, as in ERPNext
	assert decide(book(prices=[price(100, uom="Box")])).source == ""
	same = book(prices=[price(10)], lists=[PriceList("Trade", "GBP", same_in_every_uom=True)])
	assert decide(same, uom="Box").rate == 10


def test_a_fixed_price_in_another_unit():
	there = ladder(row("Item Code", "MUG", rate=96, uom="Box"))
	assert (decide(there, **SILVER).rate, decide(there, uom="Box", **SILVER).rate) == (8, 96)
	by_the_box = ladder(row("Item Code", "MUG", discount=10, least=2, uom="Box"))
	assert [decide(by_the_box, qty, **SILVER).rate for qty in (23, 24)] == [10, 9]
	assert decide(ladder(row("Item Code", "MUG", rate=1, uom="Pallet")), **SILVER).rate == 10


def test_a_unit_that_the_item_does_not_know():
	found = decide(book(prices=[price(10)]), uom="Pallet")
	assert (found.problem, found.rate) == ("uom", 0)


def test_prices_by_batch():
	there = book(prices=[price(10), price(6, batch="B1", name="B1")])
	assert (decide(there).rate, decide(there, batch="B1").rate, decide(there, batch="B2").rate) == (10, 6, 10)


def test_an_account_in_euro_on_a_list_in_pounds():
	there = book(prices=[price(10)], tiers=[tier(row(discount=20), row("Item Code", "BOWL", rate=8))])
	found = decide(there, currency="EUR", **SILVER)
	assert (found.rate, found.list_rate) == (10, D("12.5"))
	bowl = book(items=[item("BOWL")], tiers=[tier(row("Item Code", "BOWL", rate=8), currency="EUR")])
	assert decide(bowl, code="BOWL", **SILVER).rate == D("6.40")


def test_a_currency_without_a_rate_is_named():
	found = decide(book(prices=[price(10)]), currency="USD")
	assert (found.problem, found.reasons[0].about["currency"]) == ("currency", "USD")


def test_unknown_items_and_no_quantity():
	found = decide(book(), code="NOWHERE")
	assert (found.problem, found.reasons[0].about["item"]) == ("item", "NOWHERE")
	assert decide(book(prices=[price(10)]), 0).problem == "qty"
	assert decide(book(prices=[price(10)]), 0).rate == 10
	assert decide(book(prices=[price(10)]), -5).qty == 5


# ---- rounding, floors, cases ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("rounding", "direction", "amount", "expected"),
	[
		("0.05", "Nearest", "7.76", "7.75"),
		("0.05", "Nearest", "7.775", "7.75"),
		("0.05", "Up", "7.76", "7.80"),
		("0.05", "Down", "7.79", "7.75"),
		(".99", "Nearest", "7.40", "6.99"),
		(".99", "Nearest", "7.50", "7.99"),
		(".99", "Down", "7.98", "6.99"),
		(".99", "Up", "7.00", "7.99"),
		(".99", "Nearest", "0.35", "0.35"),
		(".49 or .99", "Nearest", "7.30", "7.49"),
		("0.05", "Down", "0.04", "0.04"),
		("", "Nearest", "7.777", "7.777"),
		("No Rounding", "Nearest", "7.777", "7.777"),
	],
)
def test_rounding(rounding, direction, amount, expected):
	assert round_price(D(amount), rounding, direction) == D(expected)


def test_a_typed_price_is_not_rounded_an_inherited_one_is():
	silver = tier(row("Item Code", "MUG", rate="8.37"), rounding="0.05")
	gold = tier(name="Gold", parent="Silver", change=-3)
	there = book(prices=[price(10)], tiers=[silver, gold])
	assert decide(there, **SILVER).rate == D("8.37")
	assert decide(there, tier="Gold").rate == D("8.10")


def test_half_pennies_go_the_way_of_the_site():
	half = {"prices": [price("10.25")], "tiers": [tier(row(discount=50))]}
	assert decide(book(**half), **SILVER).rate == D("5.13")
	assert decide(book(**half, half_even=True), **SILVER).rate == D("5.12")
	assert decide(book(**half, places=3), **SILVER).rate == D("5.125")


def test_a_calculated_price_is_raised_to_the_floor():
	costly = [item(cost=8)]
	there = book(
		items=costly, prices=[price(10)], tiers=[tier(row(discount=30), floor_by="Cost", floor_percent=5)]
	)
	found = decide(there, **SILVER)
	assert (found.rate, found.floor, found.approval) == (D("8.40"), D("8.40"), False)
	assert "raised" in why(found)
	margin = book(
		items=costly, prices=[price(12)], tiers=[tier(row(discount=30), floor_by="Margin", floor_percent=25)]
	)
	assert decide(margin, **SILVER).rate == D("10.67")
	by_default = book(items=costly, prices=[price(7)], floor_by="Cost", floor_percent=D(0))
	assert decide(by_default).rate == 8


def test_no_floor_where_no_cost_is_known():
	there = book(prices=[price(10)], floor_by="Cost")
	assert decide(there).floor is None
	assert decide(book(items=[item(cost=0)], prices=[price(10)], floor_by="Cost")).floor is None


def test_the_floor_is_for_the_unit_and_the_currency_of_the_line():
	there = book(items=[item(cost=8)], prices=[price(10)], floor_by="Cost")
	assert decide(there, uom="Box").floor == 96
	assert decide(there, currency="EUR").floor == 10


def test_an_override_below_the_floor_needs_approval_until_it_has_it():
	there = book(items=[item(cost=8)], prices=[price(10)], floor_by="Cost")
	found = decide(there, asked=asked(7))
	assert (found.rate, found.approval) == (7, True)
	assert decide(there, asked=asked(8)).approval is False
	assert decide(there, asked=asked(7, approved=7)).approval is False
	assert decide(there, asked=asked(6, approved=7)).approval is True


def test_a_net_price_below_the_floor_stands_and_needs_approval_unless_it_has_it():
	costly = {"items": [item(cost=8)], "floor_by": "Cost"}
	found = decide(book(prices=[price(7, customer="Harbour")], **costly))
	assert (found.rate, found.approval) == (7, True)
	assert decide(book(prices=[price(7, customer="Harbour", approved=True)], **costly)).approval is False


def test_a_negative_margin_without_a_floor_passes():
	assert decide(book(items=[item(cost=20)], prices=[price(10)])).rate == 10


def test_erpnexts_most_discount_of_an_item_bounds_what_is_calculated():
	there = book(items=[item(max_discount=10)], prices=[price(10)], tiers=[tier(row(discount=30))])
	found = decide(there, **SILVER)
	assert found.rate == 9 and "max_discount" in why(found)


def test_quantities_round_up_to_full_cases_where_the_item_says_so():
	pack = item(case_pack=12, case_rounding="Round Up")
	there = book(items=[pack], prices=[price(10)], tiers=[tier(row(discount=10, least=24))])
	found = decide(there, 13, **SILVER)
	assert (found.qty, found.rate) == (24, 9)
	assert decide(there, 24, **SILVER).qty == 24
	assert decide(there, 1, uom="Box", **SILVER).qty == 1
	assert decide(there, 13, cases=False, **SILVER).qty == 13
	refused = book(items=[item(case_pack=12, case_rounding="Refuse")], prices=[price(10)])
	assert (decide(refused, 13).problem, decide(refused, 13).qty) == ("pack", 13)
	assert decide(book(items=[item(case_pack=12)], prices=[price(10)]), 13).qty == 13
	assert str(full_cases(D(13), D(6), D(1))) == "18"


# ---- promotions and other apps ----------------------------------------------------------------------------------

TEN = promotion(kind="Discount Percentage", discount_percentage=10)


@pytest.mark.parametrize(
	("policy", "rate", "source"),
	[
		("", "8", "Tier Discount"),
		("No Promotions", "8", "Tier Discount"),
		("On Top of Tier Prices", "7.20", "Tier Discount"),
		("Instead of Tier Prices", "8", "Tier Discount"),
	],
)
def test_whether_promotions_count_is_the_tiers_say(policy, rate, source):
	there = book(prices=[price(10)], tiers=[tier(row(discount=20), promotions=policy)], promotions=(TEN,))
	found = decide(there, **SILVER)
	assert (found.rate, found.source) == (D(rate), source)


def test_a_promotion_instead_of_the_tier_wins_where_it_is_better():
	half = promotion(kind="Discount Percentage", discount_percentage=50)
	there = book(
		prices=[price(10)],
		tiers=[tier(row(discount=20), promotions="Instead of Tier Prices")],
		promotions=(half,),
	)
	found = decide(there, **SILVER)
	assert (found.rate, found.source, found.promotions) == (5, "Promotion", ("PRLE-1",))


def test_without_a_tier_promotions_apply_as_in_erpnext():
	found = decide(book(prices=[price(10)], promotions=(TEN,)))
	assert (found.rate, found.source, found.promotions) == (9, "Promotion", ("PRLE-1",))
	assert decide(book(prices=[price(10)], promotions=(TEN,)), promotions=False).rate == 10


def test_offers_of_other_apps_compete_or_come_first():
	cheap = Offer("Contract", D(7), "GBP", "C-1")
	there = book(prices=[price(10)], tiers=[tier(row(discount=20))], offers={"1": (cheap,)})
	assert decide(there, **SILVER).source == "Contract"
	dear = Offer("Contract", D(9), "GBP", "C-1")
	there = book(prices=[price(10)], tiers=[tier(row(discount=20))], offers={"1": (dear,)})
	assert decide(there, **SILVER).source == "Tier Discount"
	net = Offer("Contract", D(9), "GBP", "C-1", net=True)
	there = book(prices=[price(10)], tiers=[tier(row(discount=20))], offers={"1": (net,)})
	assert decide(there, **SILVER).source == "Contract"


def test_rates_are_decimals_of_the_books_places():
	found = decide(book(prices=[price("10")], tiers=[tier(row(discount="33.333"))]), **SILVER)
	assert isinstance(found.rate, Decimal) and found.rate == D("6.67")
