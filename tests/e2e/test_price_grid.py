"""The Price Grid in the browser: by keyboard, by paste, on a phone; looked at before it changes anything."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def tier(api) -> str:
	name = f"Grid {len(api.names('Trade Price Tier'))}"
	rows = [
		{"apply_on": "All Items", "price_or_discount": "Discount", "discount_percentage": 5},
		{
			"apply_on": "Item Group",
			"item_group": "Homeware",
			"price_or_discount": "Discount",
			"discount_percentage": 8,
		},
		{"apply_on": "Item Code", "item_code": "MUG-OCHRE", "price_or_discount": "Price", "rate": 4},
		{
			"apply_on": "Item Code",
			"item_code": "MUG-OCHRE",
			"price_or_discount": "Price",
			"rate": 3.5,
			"min_qty": 24,
		},
	]
	return api.make("Trade Price Tier", tier_name=name, price_list="Trade", rows=rows)["name"]


def opened(page: Page, tier: str) -> Locator:
	page.goto(f"/app/price-grid/{tier}")
	grid = page.locator(".b2b-price-grid")
	grid.locator("tbody tr").first.wait_for()
	return grid


def line(grid: Locator, item: str) -> Locator:
	return grid.locator("tbody tr", has=grid.page.locator(".b2b-about", has_text=item))


def cell(grid: Locator, item: str, what: str) -> Locator:
	return grid.get_by_label(f"{item}: {what}", exact=True)


def test_prices_are_edited_by_keyboard_looked_at_and_saved(login, page, api, shot, tier) -> None:
	login("manager")
	grid = opened(page, tier)
	mug = line(grid, "MUG-OCHRE")
	expect(mug).to_contain_text("£ 4.50")
	expect(cell(grid, "MUG-OCHRE", "quantity of break 1")).to_have_value("24")
	shot("price-grid")
	price = cell(grid, "MUG-OCHRE", "new price")
	price.focus()
	page.keyboard.type("4.20")
	expect(cell(grid, "MUG-OCHRE", "change in percent")).to_have_value("5")
	# Tab goes on in the line, Enter down in the column
	page.keyboard.press("Tab")
	expect(cell(grid, "MUG-OCHRE", "change in percent")).to_be_focused()
	page.keyboard.press("Shift+Tab")
	page.keyboard.press("Enter")
	below = page.evaluate("document.activeElement.getAttribute('aria-label')")
	assert below.endswith(": new price") and "MUG-OCHRE" not in below
	page.keyboard.type("10 %")
	page.keyboard.press("Escape")
	page.keyboard.press("ArrowUp")
	expect(price).to_be_focused()
	cell(grid, "MUG-OCHRE", "price of break 1").fill("3.60")
	cell(grid, "VASE-BUD", "change in percent").fill("-10")
	expect(cell(grid, "VASE-BUD", "new price")).not_to_have_value("")
	expect(page.locator(".indicator-pill:visible", has_text="3 edited")).to_be_visible()
	shot("price-grid-edited")
	page.get_by_role("button", name="Preview…").click()
	dialog = page.locator(".modal-dialog:visible", has_text=f"Change {tier} from")
	expect(dialog.locator("tbody tr", has_text="MUG-OCHRE").first).to_contain_text("£ 4.20")
	expect(dialog).to_contain_text("2 changed, 1 new")
	shot("price-grid-preview")
	dialog.get_by_role("button", name="Change the Tier").click()
	expect(dialog).to_be_hidden()
	expect(line(grid, "MUG-OCHRE")).to_contain_text("£ 4.20")
	expect(page.get_by_role("button", name="Preview…")).to_be_hidden()
	held = [
		row["rate"]
		for row in api.get("Trade Price Tier", tier)["rows"]
		if row.get("item_code") == "MUG-OCHRE"
	]
	assert {4.2, 3.6} <= set(held)


def test_what_cannot_be_taken_is_named_before_anything_changes(login, page, api, shot, tier) -> None:
	login("manager")
	grid = opened(page, tier)
	cell(grid, "MUG-OCHRE", "new price").fill("4.30")
	cell(grid, "VASE-BUD", "price of break 1").fill("4")
	cell(grid, "CANDLE-FIG", "new price").fill("dear")
	page.get_by_role("button", name="Preview…").click()
	dialog = page.locator(".modal-dialog:visible", has_text=f"Change {tier} from")
	expect(dialog).to_contain_text("VASE-BUD: a quantity break needs a quantity")
	expect(dialog).to_contain_text("CANDLE-FIG: dear is no price or discount")
	shot("price-grid-bad")
	dialog.get_by_role("button", name="Change the Tier").click()
	refusal = page.locator(".modal-dialog:visible", has_text="Nothing was changed: 2 rows cannot be taken")
	expect(refusal).to_be_visible()
	refusal.locator(".btn-modal-close").click()
	assert 4.3 not in [row["rate"] for row in api.get("Trade Price Tier", tier)["rows"]]
	dialog.locator("input[data-fieldname=only_good]").check()
	dialog.get_by_role("button", name="Change the Tier").click()
	expect(dialog).to_be_hidden()
	assert 4.3 in [row["rate"] for row in api.get("Trade Price Tier", tier)["rows"]]


def test_what_is_inherited_stands_in_grey_and_is_taken_over(login, page, api, shot, tier) -> None:
	child = api.make("Trade Price Tier", tier_name=f"{tier} Plus", parent_tier=tier, change_percent=-10)[
		"name"
	]
	login("manager")
	grid = opened(page, child)
	quantity = cell(grid, "MUG-OCHRE", "quantity of break 1")
	expect(quantity).to_have_value("")
	expect(quantity).to_have_attribute("placeholder", "24")
	expect(cell(grid, "MUG-OCHRE", "price of break 1")).to_have_attribute("placeholder", "3.15")
	line(grid, "MUG-OCHRE").scroll_into_view_if_needed()
	shot("price-grid-inherited")
	cell(grid, "MUG-OCHRE", "price of break 1").fill("3")
	expect(quantity).to_have_value("24")
	page.get_by_role("button", name="Preview…").click()
	dialog = page.locator(".modal-dialog:visible", has_text=f"Change {child} from")
	expect(dialog).to_contain_text("1 new")
	dialog.get_by_role("button", name="Change the Tier").click()
	expect(dialog).to_be_hidden()
	(row,) = api.get("Trade Price Tier", child)["rows"]
	assert (row["item_code"], row["min_qty"], row["rate"]) == ("MUG-OCHRE", 24, 3)


def test_edits_stay_over_filters_and_pages_and_a_column_is_pasted(login, page, tier) -> None:
	login("manager")
	grid = opened(page, tier)
	first = grid.get_by_label(re.compile(": new price$")).first
	first.focus()
	page.evaluate(
		"""() => {
			const data = new DataTransfer();
			data.setData("text", "5.10\\n5.20\\n");
			document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
		}"""
	)
	expect(grid.get_by_label(re.compile(": new price$")).nth(1)).to_have_value("5.20")
	expect(page.locator(".indicator-pill:visible", has_text="2 edited")).to_be_visible()
	search = page.locator(".page-form [data-fieldname=search] input")
	search.fill("MUG-OCHRE")
	search.press("Enter")
	expect(grid.locator("tbody tr")).to_have_count(1)
	expect(page.locator(".indicator-pill:visible", has_text="2 edited")).to_be_visible()
	search.fill("")
	search.press("Enter")
	expect(grid.get_by_label(re.compile(": new price$")).first).to_have_value("5.10")
	page.locator(".page-form [data-fieldname=show] select").select_option("rows")
	expect(grid.locator("tbody tr")).to_have_count(3)
	expect(grid.locator("tbody tr").first).to_contain_text("All Items")
	expect(grid.get_by_label("Homeware: new price")).to_have_value("8 %")
	page.get_by_role("button", name="Drop Edits").click()
	expect(page.get_by_role("button", name="Preview…")).to_be_hidden()


def test_another_tier_asks_about_what_is_not_saved(login, page, tier) -> None:
	login("manager")
	grid = opened(page, tier)
	cell(grid, "MUG-OCHRE", "new price").fill("4.30")
	page.evaluate("cur_page.page.price_grid.fields.tier.set_value('Silver')")
	question = page.locator(".modal-dialog:visible", has_text="Edited and not saved: 1")
	question.get_by_role("button", name="No").click()
	expect(question).to_be_hidden()
	expect(cell(grid, "MUG-OCHRE", "new price")).to_have_value("4.30")
	assert page.evaluate("cur_page.page.price_grid.fields.tier.get_value()") == tier
	page.evaluate("cur_page.page.price_grid.fields.tier.set_value('Silver')")
	question.get_by_role("button", name="Yes").click()
	expect(grid).to_have_attribute("aria-label", "Prices of Silver")
	expect(page.get_by_role("button", name="Preview…")).to_be_hidden()


def test_the_grid_opens_from_the_tier_and_fits_a_phone(login, page, shot, tier) -> None:
	login("manager")
	page.goto(f"/app/trade-price-tier/{tier}")
	page.get_by_role("button", name="Price Grid").click()
	grid = page.locator(".b2b-price-grid")
	grid.locator("tbody tr").first.wait_for()
	page.set_viewport_size(PHONE)
	mug = line(grid, "MUG-OCHRE")
	mug.scroll_into_view_if_needed()
	width = page.evaluate("document.documentElement.scrollWidth")
	assert width <= PHONE["width"], f"the page is {width} wide on a phone"
	shot("price-grid-phone")
	cell(grid, "MUG-OCHRE", "new price").fill("4.25")
	expect(cell(grid, "MUG-OCHRE", "change in percent")).to_have_value("6.25")
	page.get_by_role("button", name="Preview…").click()
	dialog = page.locator(".modal-dialog:visible", has_text=f"Change {tier} from")
	expect(dialog).to_contain_text("£ 4.25")
	shot("price-grid-preview-phone")


def test_who_may_only_look_edits_nothing(login, page, tier) -> None:
	login("desk")
	grid = opened(page, tier)
	expect(page.locator(".b2b-price-grid-page")).to_contain_text("You may look at this tier")
	expect(cell(grid, "MUG-OCHRE", "new price")).to_be_disabled()


def test_no_quantity_break_is_hidden_and_figures_mean_what_saving_takes_them_for(
	login, page, api, shot, tier
) -> None:
	doc = api.get("Trade Price Tier", tier)
	doc["rows"] += [
		{
			"apply_on": "Item Code",
			"item_code": "MUG-OCHRE",
			"price_or_discount": "Price",
			"rate": 3.5 - step / 20,
			"min_qty": 24 + 24 * step,
		}
		for step in range(1, 10)
	]
	api.call("frappe.client.save", doc=doc)
	login("manager")
	grid = opened(page, tier)
	expect(cell(grid, "MUG-OCHRE", "quantity of break 10")).to_have_value("240")
	expect(cell(grid, "MUG-OCHRE", "quantity of break 11")).to_have_value("")
	shot("price-grid-ten-breaks")
	percent = cell(grid, "MUG-OCHRE", "change in percent")
	# a comma parts thousands, as when it is saved, and is no decimal sign
	for typed, difference in (("1,000", "24900"), ("4.5", "12.5"), ("4,5", ""), ("50 %", "-43.75")):
		cell(grid, "MUG-OCHRE", "new price").fill(typed)
		expect(percent).to_have_value(difference)
	cell(grid, "MUG-OCHRE", "new price").fill("4,5")
	page.get_by_role("button", name="Preview…").click()
	dialog = page.locator(".modal-dialog:visible", has_text=f"Change {tier} from")
	expect(dialog).to_contain_text("4,5 is no price or discount")
