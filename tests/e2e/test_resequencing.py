"""A re-sequencing by a Wholesale Manager: segments, simulation with table and charts, apply, undo."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

ORDERS = {"Fell & Dale Stores": 40, "The Pantry & Home Co": 30, "Web Shop": 20, "Harbour Gifts Ltd": 50}
DRAWN = "bar => bar.getBoundingClientRect().height > 20"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def rush(api) -> dict[str, str]:
	"""Customer → its order for an item of which there are 60 on hand and 40 to come; the last one gets nothing."""
	template = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
	bought = api.get("Purchase Order", api.names("Purchase Order", supplier="Longton Potteries")[0])
	item = f"BELL-{int(time.time())}"
	api.make("Item", item_code=item, item_name="Brass Shop Bell", item_group="Giftware", is_stock_item=1)
	place, date = template["items"][0]["warehouse"], template["delivery_date"]
	stock = {"item_code": item, "qty": 60, "t_warehouse": place, "basic_rate": 3}
	api.submit(
		api.make(
			"Stock Entry", stock_entry_type="Material Receipt", company=template["company"], items=[stock]
		)
	)
	row = {"item_code": item, "qty": 40, "rate": 3, "warehouse": place}
	row["schedule_date"] = bought["schedule_date"]
	api.submit(
		api.make(
			"Purchase Order",
			supplier=bought["supplier"],
			company=template["company"],
			schedule_date=row["schedule_date"],
			items=[row],
		)
	)
	orders = {"item": item}
	for customer, qty in ORDERS.items():
		line = {"item_code": item, "qty": qty, "rate": 5, "delivery_date": date, "warehouse": place}
		kept = {key: template[key] for key in ("company", "selling_price_list")}
		doc = api.make("Sales Order", customer=customer, delivery_date=date, items=[line], **kept)
		orders[customer] = api.submit(doc)["name"]
	return orders


def fill_link(page: Page, field: str, value: str) -> None:
	box = page.locator(f"[data-fieldname={field}] input").first
	box.click()
	box.fill(value)
	page.locator("[role=option]:visible", has_text=value).first.click()


def add_segment(page: Page, mode: str, customer: str | None = None) -> None:
	page.locator("[data-fieldname=segments] .grid-add-row").click()
	row = page.locator("[data-fieldname=segments] .grid-body .grid-row").last
	row.locator("[data-fieldname=mode]").first.click()
	row.locator("[data-fieldname=mode] select").select_option(mode)
	if customer:
		row.locator("[data-fieldname=customer]").first.click()
		row.locator("[data-fieldname=customer] input").fill(customer)
		page.locator("[role=option]:visible", has_text=customer).first.click()


def press(page: Page, label: str, confirm: bool = False) -> None:
	page.locator(".page-head .custom-actions button", has_text=label).first.click()
	if confirm:
		page.locator(".modal.show .btn-primary").click()


def covered(api, orders: dict[str, str]) -> dict[str, tuple[float, float]]:
	"""Customer → units reserved and pre-allocated."""
	lines = {name: api.get("Sales Order", orders[name])["items"][0] for name in ORDERS}
	return {name: (line["b2b_reserved_qty"], line["b2b_pre_allocated_qty"]) for name, line in lines.items()}


def test_stock_is_dealt_out_again_and_taken_back(login, page, api, shot, rush) -> None:
	before = covered(api, rush)
	assert list(before.values()) == [(40, 0), (20, 10), (0, 20), (0, 10)]
	login("manager")
	page.goto("/app/allocation-run/new")
	page.locator("[data-fieldname=reason] textarea").fill("The windows of Harbour Gifts open on Friday")
	fill_link(page, "item_code", rush["item"])
	add_segment(page, "Win", "Harbour Gifts Ltd")
	add_segment(page, "Fill", "The Pantry & Home Co")
	add_segment(page, "Lose")
	page.get_by_role("button", name="Save").click()
	expect(page.locator(".indicator-pill", has_text="Draft").first).to_be_visible()
	press(page, "Simulate")
	table = page.locator(".b2b-panel[aria-label='Order lines that change']")
	expect(table.locator("tr", has_text="Harbour Gifts Ltd")).to_contain_text("+40")
	expect(table.locator("tr", has_text="Fell & Dale Stores")).to_contain_text("Lost")
	page.locator(".b2b-switch select").select_option("segments")
	units = page.locator(".b2b-units-chart")
	expect(units).to_have_attribute("aria-label", re.compile(r"1\. Win: Customer H.*Gained 40, Lost 0"))
	page.locator(".b2b-switch select").select_option("customers")
	for chart in (".b2b-units-chart", ".b2b-dates-chart"):
		page.wait_for_function(
			f"place => [...document.querySelectorAll(place)].some({DRAWN})", arg=f"{chart} svg .bar"
		)
	assert covered(api, rush) == before
	page.locator(".alert.show, .desk-alert").first.wait_for(state="detached")
	shot("re-sequencing", height=1960)
	press(page, "Apply", confirm=True)
	expect(page.locator(".indicator-pill", has_text="Applied").first).to_be_visible()
	assert covered(api, rush)["Harbour Gifts Ltd"] == (40, 10)
	press(page, "Undo", confirm=True)
	expect(page.locator(".indicator-pill", has_text="Undone").first).to_be_visible()
	assert covered(api, rush) == before


def test_the_trade_desk_reads_but_decides_nothing(login, page, api) -> None:
	run = api.make(
		"Allocation Run",
		company=api.names("Company")[0],
		reason="Only to look at",
		segments=[{"mode": "Redistribute"}],
	)["name"]
	page.set_viewport_size(PHONE)
	login("desk")
	page.goto(f"/app/allocation-run/{run}")
	expect(page.locator("[data-fieldname=simulation_html]")).to_contain_text("Nothing is simulated yet")
	expect(page.locator(".custom-actions button", has_text="Simulate")).to_have_count(0)
	assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
