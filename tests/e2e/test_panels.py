"""The panels on a draft, a bundle, an Item, an order nobody waits for; on a phone; for a company that is switched off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

PHONE = {"width": 390, "height": 844}


def test_a_draft_shows_what_is_available_before_it_is_submitted(login, page, trade_order) -> None:
	order = trade_order("VASE-BUD", 140, submit=False)
	login("sales")
	page.goto(f"/app/sales-order/{order}")
	line = page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table tbody tr")
	expect(line.locator("[data-label='Available to Sell']")).to_have_text("144")
	expect(line).to_contain_text("In Stock")
	page.evaluate("frappe.model.set_value('Sales Order Item', cur_frm.doc.items[0].name, 'qty', 150)")
	expect(line).to_contain_text("6 to Backorder")


def test_a_bundle_shows_what_covers_its_components(login, page, api, trade_order) -> None:
	api.make(
		"Item", item_code="E2E-SET", item_name="Mug & Candle Set", item_group="Giftware", is_stock_item=0
	)
	api.make("Product Bundle", new_item_code="E2E-SET", items=[{"item_code": "CANDLE-FIG", "qty": 2}])
	login("sales")
	page.goto(f"/app/sales-order/{trade_order('E2E-SET', 3)}")
	line = page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table tbody tr")
	expect(line.locator(".b2b-component")).to_contain_text("CANDLE-FIG × 6")
	expect(line.locator(".b2b-component")).to_contain_text("6 on the shelf")
	expect(line).to_contain_text("Ready")


def test_an_uncovered_line_stands_out(login, page, trade_order) -> None:
	login("sales")
	page.goto(f"/app/sales-order/{trade_order('TEATOWEL-3', 310)}")
	line = page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table tbody tr")
	expect(line).to_contain_text("10 uncovered")
	expect(line).to_contain_text("Partly Covered")
	expect(page.locator(".form-message")).to_contain_text("Nothing covers 10 of the 310 units")


def test_the_stock_of_an_item_per_warehouse(login, page, shot, trade_order) -> None:
	trade_order("MUG-OCHRE", 300)
	login("stock")
	page.goto("/app/item/MUG-OCHRE")
	rows = page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table tbody tr")
	expect(rows).to_have_count(3)
	expect(rows.first.locator("[data-label='Available to Sell']")).to_have_text("0")
	expect(rows.first.locator("[data-label='Pre-Allocated']")).to_have_text("60")
	expect(rows.first.locator("[data-label='Next to Promise']")).to_contain_text("440 on")
	expect(rows.last).to_contain_text("All Warehouses")
	expect(rows.last.locator("[data-label='Available to Sell']")).to_have_text("120")
	expect(rows.last.locator("[data-label='Inbound']")).to_have_text("500")
	rows.last.scroll_into_view_if_needed()
	shot("item-stock")


def test_an_item_without_stock_says_so(login, page, api) -> None:
	api.make("Item", item_code="E2E-EMPTY", item_group="Giftware", is_stock_item=1)
	login("stock")
	page.goto("/app/item/E2E-EMPTY")
	expect(page.locator(".b2b-empty")).to_contain_text("None in stock and none on order")


def test_a_purchase_order_nobody_waits_for_is_free(login, page, api, purchase_order) -> None:
	login("purchase")
	page.goto(f"/app/purchase-order/{purchase_order('TIN-TRAVEL', 12)}")
	expect(page.locator(".b2b-supply")).to_contain_text("Nobody waits for this row")
	expect(page.locator(".b2b-supply")).to_contain_text("0 promised · 12 free")


def test_who_waits_for_a_work_order(login, page, api, trade_order, shot) -> None:
	row = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
	company, place = row["company"], row["items"][0]["warehouse"]
	api.make("Item", item_code="E2E-MADE", item_name="Gift Box", item_group="Giftware", is_stock_item=1)
	bom = api.submit(
		api.make(
			"BOM",
			item="E2E-MADE",
			company=company,
			quantity=1,
			items=[{"item_code": "CANDLE-FIG", "qty": 1, "rate": 1}],
		)
	)
	made = api.make(
		"Work Order",
		company=company,
		production_item="E2E-MADE",
		bom_no=bom["name"],
		qty=20,
		fg_warehouse=place,
		wip_warehouse=place,
		source_warehouse=place,
		skip_transfer=1,
		planned_start_date="2030-05-01 08:00:00",
	)
	made = api.submit(made)["name"]
	order = trade_order("E2E-MADE", 12)
	login("stock")
	page.goto(f"/app/work-order/{made}")
	panel = page.locator(".b2b-supply")
	expect(panel).to_contain_text("12 promised · 8 free")
	expect(panel.locator("tbody tr")).to_contain_text(order)
	expect(page.locator(".form-message")).to_contain_text("12 units to come are promised to one order")
	panel.scroll_into_view_if_needed()
	shot("work-order-waiting")
	page.set_viewport_size(PHONE)
	assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 0


def test_what_a_cancelled_order_had_is_kept_until_it_is_released(login, page, api, trade_order, shot) -> None:
	order = trade_order("VASE-BUD", 10)
	api.call("frappe.client.cancel", doctype="Sales Order", name=order)
	login("sales")
	page.goto(f"/app/sales-order/{order}")
	message = page.locator(".form-message", has_text="Kept for the amendment until")
	message.wait_for()
	expect(message).to_contain_text("10 × VASE-BUD")
	shot("cancelled-order-kept")
	page.get_by_role("button", name="Release Now").click()
	page.get_by_role("button", name="Yes").click()
	expect(message).to_have_count(0)
	expect(page.get_by_role("button", name="Release Now")).to_have_count(0)
	assert api.names("Stock Hold", for_name=order, status="Active") == []


@pytest.mark.parametrize("route", ["item/MUG-OCHRE", "sales-order/{order}"])
def test_panels_fit_a_phone(login, page, api, route) -> None:
	(order,) = api.names("Sales Order", po_no="TUESDAY-RETAIL")
	page.set_viewport_size(PHONE)
	login("sales")
	page.goto(f"/app/{route.format(order=order)}")
	panel = page.locator(".b2b-panel:not([aria-label=Prices])")
	panel.wait_for()
	assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 0
	assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_company_that_is_switched_off_sees_plain_erpnext(login, page, api) -> None:
	(order,) = api.names("Sales Order", po_no="TUESDAY-TRADE")
	login("sales")
	page.goto(f"/app/sales-order/{order}")
	page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table").wait_for()
	page.evaluate("frappe.boot.wholesale_b2b.companies = []; cur_frm.refresh()")
	expect(page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table")).to_have_count(0)
	expect(page.locator("[data-fieldname=b2b_allocation_section]")).to_be_hidden()


def test_the_list_of_orders_shows_their_allocation(login, page) -> None:
	login("sales")
	# the demo has more orders than the list shows at first
	page.goto("/app/sales-order?customer_name=Web+Shop")
	expect(headings(page)).to_contain_text("Allocation Status")
	expect(page.locator(".list-row", has_text="Web Shop").first).to_contain_text("Partly Backordered")
	expect(page.locator(".list-row", has_text="Web Shop").first).to_contain_text("To Deliver")


def headings(page: Page):
	return page.locator(".list-row-head")
