"""Fulfilment Policies in the browser: what the order says, Ship Now, what is cancelled and brought back, the forms."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import from_menu

PHONE = {"width": 390, "height": 844}
PANEL = "[data-fieldname='b2b_policy_html']"


def open_order(page, api, reference: str) -> str:
	(order,) = api.names("Sales Order", po_no=reference)
	page.goto(f"/app/sales-order/{order}")
	page.wait_for_function("window.cur_frm && cur_frm.doc.docstatus === 1")
	expect(page.locator(f"{PANEL} .b2b-table")).to_be_visible()
	return order


def choose(page, action: str):
	from_menu(page, "Fulfilment", action)
	return page.locator(".modal.show")


def test_an_order_says_what_ships_and_what_waits(login, page, api, shot) -> None:
	login("manager")
	open_order(page, api, "VECTIS-BACKORDER")
	panel = page.locator(PANEL)
	expect(panel).to_contain_text("Ship and Backorder")
	expect(panel).to_contain_text("200 are expected on")
	panel.scroll_into_view_if_needed()
	shot("policy-backorder")
	page.set_viewport_size(PHONE)
	open_order(page, api, "VECTIS-BACKORDER")
	panel.scroll_into_view_if_needed()
	shot("policy-backorder-phone")


def test_an_order_that_waits_is_let_go_with_a_reason(login, page, api, shot) -> None:
	login("manager")
	order = open_order(page, api, "VECTIS-COMPLETE")
	expect(page.locator(".b2b-holds")).to_contain_text("The order ships complete, and 60 % of it is in stock")
	shot("policy-waits", height=1300)
	dialog = choose(page, "Ship Now")
	dialog.locator("[data-fieldname='reason'] textarea").fill("They open their shop on Saturday.")
	shot("policy-ship-now")
	dialog.get_by_role("button", name="Ship Now").click()
	expect(page.locator(PANEL)).to_contain_text("They open their shop on Saturday.", timeout=30_000)
	expect(page.locator(".b2b-holds")).to_have_count(0)
	shot("policy-let-go", height=1300)
	assert api.get("Sales Order", order)["b2b_ship_now"] == "They open their shop on Saturday."
	dialog = choose(page, "Keep the Policy")
	dialog.locator("[data-fieldname='reason'] textarea").fill("They can wait.")
	dialog.get_by_role("button", name="Keep the Policy").click()
	expect(page.locator(".b2b-holds")).to_contain_text("60 %", timeout=30_000)


def test_what_was_cancelled_is_shown_and_brought_back(login, page, api, shot) -> None:
	login("manager")
	order = open_order(page, api, "VECTIS-ONCE")
	panel = page.locator(PANEL)
	expect(panel).to_contain_text("Cancelled")
	assert api.get("Sales Order", order)["status"] == "Closed"
	shot("policy-cancelled", height=1500)
	dialog = choose(page, "Restore Cancelled Units")
	dialog.locator("[data-fieldname='reason'] textarea").fill("They want the rest after all.")
	dialog.get_by_role("button", name="Restore Cancelled Units").click()
	expect(panel).to_contain_text("Waits", timeout=30_000)
	assert api.get("Sales Order", order)["items"][0]["b2b_cancelled_qty"] == 0
	dialog = choose(page, "Cancel the Rest")
	expect(dialog).to_contain_text("CAR-GREEN: 200 Nos")
	shot("policy-cancel-the-rest")
	dialog.locator("[data-fieldname='reason'] textarea").fill("No, they do not.")
	dialog.get_by_role("button", name="Cancel the Rest").click()
	expect(panel.locator("tbody")).not_to_contain_text("Waits", timeout=30_000)
	assert api.get("Sales Order", order)["items"][0]["b2b_cancelled_qty"] == 200


def test_the_forms_of_policies(login, page, api, shot) -> None:
	login("manager")
	page.goto("/app/fulfilment-policy/Wait for 80 %25")
	expect(page.locator(".page-title").first).to_contain_text("Wait for 80 %")
	expect(page.locator(".frappe-control[data-fieldname='min_fill_percent']")).to_contain_text(
		"complete enough"
	)
	shot("policy-form", height=1150)
	page.set_viewport_size(PHONE)
	shot("policy-form-phone")
	page.set_viewport_size({"width": 1360, "height": 900})
	page.goto("/app/fulfilment-policy")
	expect(page.locator(".list-row-container").first).to_be_visible()
	shot("policy-list")
	page.goto("/app/order-rule/new")
	field = page.locator(".frappe-control[data-fieldname='fulfilment_policy']")
	expect(field).to_contain_text("What of the order ships when")
	field.scroll_into_view_if_needed()
	shot("policy-order-rule", height=1400)
	page.goto("/app/wholesale")
	expect(
		page.locator(".workspace, .layout-main").get_by_text("Fulfilment Policy", exact=True).first
	).to_be_visible()
