"""The Allocation Board: see who has what, why, and move it; by mouse, by keyboard, on a phone, without the right."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

PHONE = {"width": 390, "height": 844}
ITEM = "LANTERN-STORM"


@pytest.fixture(scope="module")
def orders(api) -> dict[str, str]:
	"""An item with 40 on the shelf and 60 to come, and three orders: of 30, of 40 and of 50."""
	template = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
	bought = api.get("Purchase Order", api.names("Purchase Order", supplier="Longton Potteries")[0])
	place, date = template["items"][0]["warehouse"], template["delivery_date"]
	api.make(
		"Item", item_code=ITEM, item_name="Lantern, storm glass", item_group="Giftware", valuation_rate=2
	)
	entry = {"stock_entry_type": "Material Receipt", "company": template["company"]}
	row = {"item_code": ITEM, "qty": 40, "t_warehouse": place, "basic_rate": 2}
	api.submit(api.make("Stock Entry", items=[row], **entry))
	row = {
		"item_code": ITEM,
		"qty": 60,
		"rate": 1,
		"warehouse": place,
		"schedule_date": bought["schedule_date"],
	}
	kept = {key: bought[key] for key in ("company", "supplier", "schedule_date")}
	names = {"po": api.submit(api.make("Purchase Order", items=[row], **kept))["name"]}
	kept = {key: template[key] for key in ("company", "selling_price_list", "delivery_date")}
	for who, customer, qty in (
		("first", "Fell & Dale Stores", 30),
		("second", "The Pantry & Home Co", 40),
		("third", "Web Shop", 50),
	):
		row = {"item_code": ITEM, "qty": qty, "rate": 5, "delivery_date": date, "warehouse": place}
		names[who] = api.submit(api.make("Sales Order", customer=customer, items=[row], **kept))["name"]
	return names


def card(page: Page, order: str):
	return page.locator(".b2b-demand-card", has_text=order)


def figures(api, order: str) -> tuple[float, float]:
	row = api.get("Sales Order", order)["items"][0]
	return row["b2b_reserved_qty"], row["b2b_pre_allocated_qty"]


def open_board(page: Page) -> None:
	page.goto(f"/app/allocation-board/{ITEM}")
	expect(page.locator(".b2b-demand-card")).to_have_count(3)


def test_supply_demand_and_the_pegs_between(login, page, shot, orders) -> None:
	login("manager")
	open_board(page)
	expect(page.locator(".b2b-supply-card")).to_have_count(2)
	expect(page.locator(".b2b-supply-card").first).to_contain_text("40 on hand")
	expect(page.locator(".b2b-supply-card").last).to_contain_text(orders["po"])
	expect(page.locator(".b2b-supply-card").last).to_contain_text("60 promised")
	places = page.locator(".b2b-demand-card .b2b-place").all_text_contents()
	assert places == ["1", "2", "3"]
	expect(card(page, orders["third"])).to_contain_text("20 uncovered")
	expect(page.locator("svg.b2b-board-lines path")).to_have_count(4)
	page.locator(".b2b-chip.peg").first.hover()
	page.wait_for_timeout(300)
	shot("allocation-board")


def test_a_filter_narrows_the_demand(login, page, orders) -> None:
	login("manager")
	open_board(page)
	page.locator(".page-form [data-fieldname=only] select").select_option("waiting")
	expect(page.locator(".b2b-demand-card")).to_have_count(1)
	expect(card(page, orders["third"])).to_be_visible()
	page.locator(".page-form [data-fieldname=only] select").select_option("picking")
	expect(page.locator(".b2b-board-demand .b2b-empty")).to_contain_text("No order line passes these filters")
	page.goto(f"/app/allocation-board/{ITEM}?sales_order={orders['second']}")
	expect(page.locator(".b2b-demand-card")).to_have_count(1)


def test_a_peg_is_explained_where_it_is_pressed(login, page, orders) -> None:
	login("desk")
	open_board(page)
	chip = card(page, orders["third"]).locator(".b2b-chip.peg")
	chip.focus()
	page.keyboard.press("Enter")
	why = card(page, orders["third"]).locator(".b2b-why")
	expect(why).to_contain_text(f"still to come on Purchase Order {orders['po']}")
	expect(why).to_contain_text("It is number 3 of 3 in line.")
	expect(chip).to_have_attribute("aria-expanded", "true")
	page.keyboard.press("Enter")
	expect(why).to_be_hidden()


def test_who_may_not_move_sees_no_way_to(login, page, orders) -> None:
	login("desk")
	open_board(page)
	expect(page.locator(".b2b-board [draggable=true]")).to_have_count(0)
	expect(page.get_by_role("button", name="Move Units…")).to_have_count(0)
	page.locator(".b2b-chip.peg").first.click()
	expect(page.locator(".b2b-why").first).to_contain_text("in line")
	expect(page.get_by_role("button", name="Move Units…")).to_have_count(0)


def test_units_move_by_keyboard(login, page, api, shot, orders) -> None:
	before = figures(api, orders["first"])
	login("manager")
	open_board(page)
	chip = card(page, orders["first"]).locator(".b2b-chip.peg")
	chip.focus()
	page.keyboard.press("Enter")
	page.keyboard.press("Tab")
	button = card(page, orders["first"]).get_by_role("button", name="Move Units…")
	expect(button).to_be_visible()
	button.focus()
	page.keyboard.press("Enter")
	dialog = page.locator(".modal.show")
	expect(dialog).to_contain_text(f"Move Units of {ITEM}")
	taker = dialog.locator("[data-fieldname=to] select")
	choose(taker, orders["third"])
	dialog.locator("[data-fieldname=qty] input").fill("500")
	expect(dialog.locator(".b2b-refused")).to_contain_text("has only 30")
	expect(dialog.get_by_role("button", name="Move", exact=True)).to_be_disabled()
	dialog.locator("[data-fieldname=qty] input").fill("12")
	preview = dialog.locator(".b2b-move-preview")
	expect(preview).to_contain_text(f"{orders['first']}: reserved 30 → 18")
	expect(preview).to_contain_text(f"{orders['third']}: reserved 0 → 12")
	dialog.locator("[data-fieldname=reason] textarea").fill("The shop opens on Monday")
	page.wait_for_timeout(400)
	shot("allocation-board-move")
	dialog.get_by_role("button", name="Move", exact=True).press("Enter")
	expect(dialog).to_be_hidden()
	expect(card(page, orders["third"]).locator(".b2b-chip.peg")).to_have_count(2)
	assert figures(api, orders["first"])[0] == before[0] - 12
	assert figures(api, orders["third"])[0] == 12
	card(page, orders["third"]).locator(".b2b-chip.peg", has_text="Shelf").click()
	expect(card(page, orders["third"]).locator(".b2b-why")).to_contain_text("The shop opens on Monday")


def choose(select, order: str) -> None:
	"""The option that names an order."""
	value = select.locator("option", has_text=order).get_attribute("value")
	select.select_option(value)


def test_units_move_by_drag_and_drop(login, page, api, orders) -> None:
	before = figures(api, orders["second"])
	login("manager")
	open_board(page)
	chip = card(page, orders["second"]).locator(".b2b-chip.peg", has_text="Shelf")
	chip.drag_to(card(page, orders["third"]))
	dialog = page.locator(".modal.show")
	expect(dialog.locator("[data-fieldname=from] option:checked")).to_contain_text(orders["second"])
	expect(dialog.locator("[data-fieldname=to] option:checked")).to_contain_text(orders["third"])
	dialog.locator("[data-fieldname=qty] input").fill("3")
	expect(dialog.locator(".b2b-move-preview")).to_contain_text("reserved")
	dialog.locator("[data-fieldname=reason] textarea").fill("Agreed on the phone")
	page.wait_for_timeout(400)
	dialog.get_by_role("button", name="Move", exact=True).click()
	expect(dialog).to_be_hidden()
	expect(page.locator(".desk-alert")).to_contain_text("3 units moved")
	assert figures(api, orders["second"])[0] == before[0] - 3


def test_an_open_board_follows_what_others_do(login, page, api, orders, purchase_order) -> None:
	login("manager")
	open_board(page)
	more = purchase_order(ITEM, 7)
	expect(page.locator(".b2b-supply-card", has_text=more)).to_be_visible()


def test_the_board_before_an_item_and_of_one_that_nobody_wants(login, page, api) -> None:
	api.make("Item", item_code="E2E-BOARD-EMPTY", item_group="Giftware", is_stock_item=1)
	login("manager")
	page.goto("/app/allocation-board")
	expect(page.locator(".b2b-board-start")).to_contain_text("Choose an item")
	page.goto("/app/allocation-board/E2E-BOARD-EMPTY")
	expect(page.locator(".b2b-board")).to_contain_text("Nothing on the shelf and nothing on order.")
	expect(page.locator(".b2b-board")).to_contain_text("Nobody waits for this item")


def test_the_panels_open_the_board(login, page, orders) -> None:
	login("manager")
	page.goto(f"/app/purchase-order/{orders['po']}")
	page.locator(".b2b-supply .b2b-board-link").click()
	expect(page.locator(".b2b-supply-card", has_text=orders["po"])).to_be_visible()
	expect(card(page, orders["second"])).to_be_visible()
	expect(card(page, orders["first"])).to_have_count(0)
	page.goto(f"/app/sales-order/{orders['third']}")
	page.locator(".b2b-panel .b2b-board-link").click()
	expect(page.locator(".b2b-demand-card")).to_have_count(3)


def test_the_board_fits_a_phone(login, page, shot, orders) -> None:
	page.set_viewport_size(PHONE)
	login("manager")
	page.goto(f"/app/allocation-board/{ITEM}")
	page.locator(".b2b-demand-card").first.wait_for()
	assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
	page.locator(".b2b-chip.peg").first.click()
	expect(page.locator(".b2b-why").first).to_contain_text("in line")
	page.locator(".b2b-why").first.get_by_role("button", name="Move Units…").click()
	expect(page.locator(".modal.show")).to_contain_text(f"Move Units of {ITEM}")
