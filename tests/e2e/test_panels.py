"""The panels on a draft, a bundle, an Item, an order nobody waits for; on a phone; for a company that is switched off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

PHONE = {"width": 390, "height": 844}


def test_a_draft_shows_what_is_available_before_it_is_submitted(login, page, trade_order) -> None:
	order = trade_order("VASE-BUD", 140, submit=False)
	login("sales")
	page.goto(f"/app/sales-order/{order}")
	line = page.locator(".b2b-table tbody tr")
	expect(line.locator("[data-label='Available to Sell']")).to_have_text("144")
	expect(line).to_contain_text("In Stock")
	page.evaluate("frappe.model.set_value('Sales Order Item', cur_frm.doc.items[0].name, 'qty', 150)")
	expect(line).to_contain_text("6 to Backorder")


def test_a_bundle_says_that_it_is_not_pegged(login, page, api, trade_order) -> None:
	api.make(
		"Item", item_code="E2E-SET", item_name="Mug & Candle Set", item_group="Giftware", is_stock_item=0
	)
	api.make("Product Bundle", new_item_code="E2E-SET", items=[{"item_code": "CANDLE-FIG", "qty": 2}])
	login("sales")
	page.goto(f"/app/sales-order/{trade_order('E2E-SET', 3)}")
	expect(page.locator(".b2b-table tbody tr")).to_contain_text("Product bundles are not pegged yet.")


def test_an_uncovered_line_stands_out(login, page, trade_order) -> None:
	login("sales")
	page.goto(f"/app/sales-order/{trade_order('TEATOWEL-3', 310)}")
	line = page.locator(".b2b-table tbody tr")
	expect(line).to_contain_text("10 uncovered")
	expect(line).to_contain_text("Partly Covered")
	expect(page.locator(".form-message")).to_contain_text("Nothing covers 10 of the 310 units")


def test_the_stock_of_an_item_per_warehouse(login, page, shot, trade_order) -> None:
	trade_order("MUG-OCHRE", 300)
	login("stock")
	page.goto("/app/item/MUG-OCHRE")
	rows = page.locator(".b2b-table tbody tr")
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


@pytest.mark.parametrize("route", ["item/MUG-OCHRE", "sales-order/{order}"])
def test_panels_fit_a_phone(login, page, api, route) -> None:
	(order,) = api.names("Sales Order", po_no="TUESDAY-RETAIL")
	page.set_viewport_size(PHONE)
	login("sales")
	page.goto(f"/app/{route.format(order=order)}")
	panel = page.locator(".b2b-panel")
	panel.wait_for()
	assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 0
	assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_company_that_is_switched_off_sees_plain_erpnext(login, page, api) -> None:
	(order,) = api.names("Sales Order", po_no="TUESDAY-TRADE")
	login("sales")
	page.goto(f"/app/sales-order/{order}")
	page.locator(".b2b-table").wait_for()
	page.evaluate("frappe.boot.wholesale_b2b.companies = []; cur_frm.refresh()")
	expect(page.locator(".b2b-table")).to_have_count(0)
	expect(page.locator("[data-fieldname=b2b_allocation_section]")).to_be_hidden()


def test_the_list_of_orders_shows_their_allocation(login, page) -> None:
	login("sales")
	page.goto("/app/sales-order")
	expect(headings(page)).to_contain_text("Allocation Status")
	expect(page.locator(".list-row", has_text="Web Shop").first).to_contain_text("Partly Backordered")
	expect(page.locator(".list-row", has_text="Web Shop").first).to_contain_text("To Deliver")


def headings(page: Page):
	return page.locator(".list-row-head")
