"""The Price Grid: a tier's lines as they hold on a day, what is edited in them, and who may."""

from datetime import date, timedelta

import frappe
import pytest
from builders import COMPANY, make_user, unique
from frappe.utils import nowdate
from pricing_case import make_tier, other_company, priced_item, tier_row

from wholesale_b2b.wholesale_b2b.page.price_grid import price_grid as page

TOMORROW = str(date.today() + timedelta(days=1))


@pytest.fixture
def brand() -> str:
	return frappe.get_doc({"doctype": "Brand", "brand": unique("Brand")}).insert().name


def edit(target, figure, was=None, min_qty="", **fields):
	return {
		"apply_on": "Item Code",
		"target": target,
		"own_uom": "",
		"mix": "",
		"is_break": bool(min_qty),
		"was": was,
		"min_qty": min_qty,
		"figure": figure,
		**fields,
	}


def standing(tier):
	tier.reload()
	return [
		(row.item_code, row.min_qty, row.rate, str(row.valid_from or ""), str(row.valid_upto or ""))
		for row in tier.rows
	]


def test_a_line_has_list_price_current_price_and_breaks(brand):
	item, other = priced_item(brand=brand), priced_item(brand=brand)
	tier = make_tier(
		tier_row(5),
		tier_row(item_code=item.name, rate=8),
		tier_row(item_code=item.name, rate=7, min_qty=24),
		tier_row(item_code=item.name, rate=6, min_qty=48, mix="Mugs"),
		tier_row(item_code=other.name, rate=9, valid_from=TOMORROW),
	)
	answer = page.lines(tier.name, brand=brand)
	assert (answer["total"], answer["currency"], answer["may_write"]) == (2, "GBP", True)
	first, second = sorted(answer["lines"], key=lambda line: line["target"] != item.name)
	assert (first["list_rate"], first["rate"], first["figure"], first["cost"]) == (10, 8, "8", 5)
	assert first["breaks"] == [
		{"qty": 24, "figure": "7", "mix": ""},
		{"qty": 48, "figure": "6", "mix": "Mugs"},
	]
	assert (second["rate"], second["figure"], second["breaks"], second["later"]) == (9.5, "", [], TOMORROW)
	(later,) = [
		line for line in page.lines(tier.name, TOMORROW, brand=brand)["lines"] if line["figure"] == "9"
	]
	assert (later["rate"], later["later"]) == (9, "")


def test_what_a_tier_inherits_is_told_as_steps(brand):
	item = priced_item(brand=brand)
	silver = make_tier(
		tier_row(item_code=item.name, rate=8), tier_row(item_code=item.name, rate=7, min_qty=24)
	)
	gold = make_tier(parent_tier=silver.name, change_percent=-10)
	(line,) = page.lines(gold.name, brand=brand)["lines"]
	assert (line["rate"], line["figure"], line["breaks"]) == (7.2, "", [])
	assert line["steps"] == [{"qty": 24, "rate": 6.3, "mix": ""}]


def test_lines_are_narrowed_and_paged(brand, monkeypatch):
	from wholesale_b2b.pricing.service import grid

	items = sorted((priced_item(brand=brand).name for _place in range(3)), key=str.casefold)
	group = priced_item().item_group
	tier = make_tier(
		tier_row(5),
		tier_row(10, item_group=group),
		tier_row(20, brand=brand),
		*(tier_row(item_code=item, rate=8) for item in items),
	)
	rows = page.lines(tier.name, show="rows")["lines"]
	assert [line["apply_on"] for line in rows[:3]] == ["All Items", "Item Group", "Brand"]
	assert [line["figure"] for line in rows[:3]] == ["5 %", "10 %", "20 %"]
	assert [line["target"] for line in page.lines(tier.name, show="rows", brand=brand)["lines"]] == [
		brand,
		*items,
	]
	assert [line["target"] for line in page.lines(tier.name, show="rows", search=items[1])["lines"]] == [
		items[1]
	]
	assert page.lines(tier.name, item_group=group, brand=brand)["total"] == 3
	monkeypatch.setattr(grid, "PAGE", 2)
	second = page.lines(tier.name, brand=brand, start=2)
	assert (second["total"], [line["target"] for line in second["lines"]]) == (3, items[2:])
	assert len(page.lines(tier.name, show="rows", start=4)["lines"]) == 2


def test_edits_hold_from_their_day_on():
	item, new = priced_item(), priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8), tier_row(item_code=item.name, rate=7, min_qty=24))
	edits = [
		edit(item.name, "9", was=0),
		edit(item.name, "6.5", was=24, min_qty="36"),
		edit(new.name, "12.5 %"),
	]
	seen = page.preview(tier.name, edits, TOMORROW)
	assert seen["counts"] == {"changed": 1, "new": 2, "ended": 1}
	change = seen["changes"][0]
	assert (change["old_rate"], change["new_rate"], change["difference"], change["margin"]) == (
		8,
		9,
		12.5,
		44.4,
	)
	assert len(standing(tier)) == 2
	page.save(tier.name, edits, TOMORROW, seen=seen["seen"])
	assert set(standing(tier)) == {
		(item.name, 0, 8, "", nowdate()),
		(item.name, 24, 7, "", nowdate()),
		(item.name, 0, 9, TOMORROW, ""),
		(item.name, 36, 6.5, TOMORROW, ""),
		(new.name, 0, 0, TOMORROW, ""),
	}
	assert [row.discount_percentage for row in tier.rows if row.item_code == new.name] == [12.5]


def test_an_emptied_cell_ends_its_row():
	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8), tier_row(item_code=item.name, rate=7, min_qty=24))
	page.save(tier.name, [edit(item.name, "", was=24, min_qty="24")], TOMORROW)
	assert (item.name, 24, 7, "", nowdate()) in standing(tier)
	assert (item.name, 0, 8, "", "") in standing(tier)


def test_what_the_grid_does_not_show_stays_as_it_was():
	item = priced_item()
	upto = str(date.today() + timedelta(days=30))
	tier = make_tier(tier_row(item_code=item.name, rate=8, min_qty=5, mix="Mugs", net=1, valid_upto=upto))
	page.save(tier.name, [edit(item.name, "7", was=5, min_qty="5", mix="Mugs")], TOMORROW)
	tier.reload()
	new = tier.rows[-1]
	assert (new.rate, new.mix, new.net, str(new.valid_upto)) == (7, "Mugs", 1, upto)


def test_an_edit_takes_the_place_of_what_was_planned_too():
	"""A row that ends for another to follow leaves no days without a price; what goes is told."""
	item = priced_item()
	later, before = date.today() + timedelta(days=30), date.today() + timedelta(days=29)
	tier = make_tier(
		tier_row(item_code=item.name, rate=8, valid_upto=str(before)),
		tier_row(item_code=item.name, rate=9, valid_from=str(later)),
	)
	edits = [edit(item.name, "8.5", was=0)]
	(change,) = page.preview(tier.name, edits, TOMORROW)["changes"]
	assert (change["kind"], change["old"], change["new"], change["planned"]) == (
		"changed",
		"8",
		"8.5",
		[str(later)],
	)
	page.save(tier.name, edits, TOMORROW)
	assert standing(tier) == [(item.name, 0, 8, "", nowdate()), (item.name, 0, 8.5, TOMORROW, "")]


def test_an_edit_of_a_row_that_has_gone_says_so():
	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8), tier_row(item_code=item.name, rate=7, min_qty=24))
	opened = page.lines(tier.name)["modified"]
	edits = [edit(item.name, "", was=24, min_qty="24")]
	page.save(tier.name, edits)
	(bad,) = page.preview(tier.name, edits)["bad"]
	assert "not there any more" in bad["text"]
	with pytest.raises(frappe.TimestampMismatchError, match="in the meantime"):
		page.preview(tier.name, edits, seen=opened)


def test_what_cannot_be_taken_is_named_and_stops_the_rest_or_is_left_out():
	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8), tier_row(item_code=item.name, rate=7, min_qty=24))
	edits = [
		edit(item.name, "9", was=0),
		edit("NOWHERE", "1"),
		edit(item.name, "cheap", was=24, min_qty="24"),
		edit(item.name, "5", is_break=True),
		edit(item.name, "101 %", min_qty="60"),
	]
	seen = page.preview(tier.name, edits)
	assert [row["line"] for row in seen["bad"]] == [2, 3, 4, 5]
	texts = [f"{row['where']}: {row['text']}" for row in seen["bad"]]
	assert "there is no item" in texts[0] and "no price or discount" in texts[1]
	assert "needs a quantity" in texts[2] and "more than 100 %" in texts[3]
	assert "from 24 on" in texts[1]
	with pytest.raises(frappe.ValidationError, match=r"Nothing was changed: 4 rows.*NOWHERE.*no item"):
		page.save(tier.name, edits)
	assert [rate for _item, _least, rate, *_days in standing(tier)] == [8, 7]
	# a break that was to move and cannot stays where it is
	edits.append(edit(item.name, "-3", was=24, min_qty="36"))
	assert page.save(tier.name, edits, TOMORROW, only_good=True)["left_out"] == 5
	assert (item.name, 24, 7, "", "") in standing(tier)
	assert (item.name, 0, 9, TOMORROW, "") in standing(tier)


@pytest.mark.parametrize("edits", [[], "nonsense", ["x"], {"a": 1}, [{}] * 5001])
def test_edits_that_are_none(edits):
	tier = make_tier(tier_row(5))
	with pytest.raises(frappe.ValidationError, match=r"Nothing was edited|too many|should be of type"):
		page.preview(tier.name, edits)


def test_a_tier_that_has_changed_since_the_preview_is_looked_at_again():
	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8))
	seen = page.preview(tier.name, [edit(item.name, "9", was=0)])["seen"]
	tier.reload()
	tier.description = "Somebody was here"
	tier.save()
	with pytest.raises(frappe.TimestampMismatchError, match="in the meantime"):
		page.save(tier.name, [edit(item.name, "9", was=0)], seen=seen)


def test_who_may_look_and_who_may_change():
	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8))
	edits = [edit(item.name, "9", was=0)]
	for roles in (("Sales User",), ("HR User",), ("Wholesale Buyer",), ()):
		frappe.set_user("Administrator")
		frappe.set_user(make_user(*roles).name if roles else "Guest")
		for deed in (lambda: page.preview(tier.name, edits), lambda: page.save(tier.name, edits)):
			with pytest.raises(frappe.PermissionError):
				deed()
		if roles == ("Sales User",):
			answer = page.lines(tier.name, search=item.name)
			assert not answer["may_write"] and "cost" not in answer["lines"][0]
		else:
			with pytest.raises(frappe.PermissionError):
				page.lines(tier.name)


def test_costs_are_for_those_who_may_see_the_company():
	from frappe.permissions import add_user_permission

	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8))
	manager = make_user("Wholesale Manager").name
	frappe.set_user(manager)
	assert page.lines(tier.name, search=item.name)["lines"][0]["cost"] == 5
	frappe.set_user("Administrator")
	other = make_user("Wholesale Manager").name
	add_user_permission("Company", other_company(), other)
	frappe.set_user(other)
	assert "cost" not in page.lines(tier.name, search=item.name)["lines"][0]
	assert "margin" not in page.preview(tier.name, [edit(item.name, "9", was=0)])["changes"][0]
	assert COMPANY != other_company()
