"""A return that waits for approval, in the browser: what is outside, who approves it, what is credited."""

from __future__ import annotations

from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}


def test_a_return_is_approved(login, page, shot, api) -> None:
	(name,) = api.names("Delivery Note", is_return=1, docstatus=0, b2b_return_status="Needs Approval")
	login("stock")
	page.goto(f"/app/delivery-note/{name}")
	message = page.locator(".form-message", has_text="Outside the Return Policy")
	expect(message).to_contain_text("Incomplete is not accepted")
	# the condition stands in the grid
	expect(page.locator(".grid-row[data-idx='1'] [data-fieldname=b2b_condition]")).to_contain_text(
		"Incomplete"
	)
	shot("return-approval", height=1000)
	page.set_viewport_size(PHONE)
	page.wait_for_timeout(500)
	shot("return-approval-phone", height=1200)
	page.set_viewport_size({"width": 1280, "height": 900})
	page.get_by_role("button", name="Approve Return").click()
	page.locator(".modal-dialog [data-fieldname=reason] textarea").fill("I would like to.")
	page.locator(".modal-dialog").get_by_role("button", name="Approve", exact=True).click()
	expect(page.locator(".msgprint", has_text="are approved by")).to_be_visible()

	page.context.clear_cookies()
	login("manager")
	page.goto(f"/app/delivery-note/{name}")
	page.get_by_role("button", name="Approve Return").click()
	page.locator(".modal-dialog [data-fieldname=reason] textarea").fill("The shade broke on its way to them.")
	page.locator(".modal-dialog").get_by_role("button", name="Approve", exact=True).click()
	approved = page.locator(".form-message", has_text="Approved by")
	expect(approved).to_be_visible()
	shot("return-approved", height=1000)
	assert (
		api.get("Delivery Note", name)["b2b_return_approval_reason"] == "The shade broke on its way to them."
	)


def test_the_fee_stands_below_the_taxes(login, page, shot, api) -> None:
	names = api.names("Delivery Note", is_return=1, docstatus=1, b2b_return_status="Within Policy")
	(name,) = [name for name in names if api.get("Delivery Note", name)["b2b_restocking_fee"]]
	login("accounts")
	page.goto(f"/app/delivery-note/{name}")
	row = page.locator("[data-fieldname=taxes] .grid-row[data-idx='1']")
	row.scroll_into_view_if_needed()
	expect(row).to_contain_text("Restocking Fees")
	shot("return-fee", height=1000)


def test_the_policy_form(login, page, shot) -> None:
	login("manager")
	page.goto("/app/return-policy/Trade Returns")
	expect(page.locator("[data-fieldname=conditions] .grid-row[data-idx='3']")).to_contain_text("Quarantine")
	shot("return-policy", height=1100)
