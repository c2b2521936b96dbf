"""The workspace on the first day, and the settings with their pre-flight."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("who", ["manager", "desk", "sales", "stock"])
def test_the_workspace_opens_for_those_who_work_with_orders(login, page, shot, who) -> None:
	login(who)
	page.goto("/app/wholesale")
	expect(
		page.locator(".number-widget-box", has_text="Orders to Deliver").locator(".number")
	).not_to_have_text("0")
	expect(page.get_by_text("First Steps")).to_be_visible()
	expect(page.locator(".shortcut-widget-box", has_text="Pre-Allocations")).to_contain_text("Open")
	if who == "manager":
		expect(page.locator(".shortcut-widget-box", has_text="Order Import")).to_be_visible()
		page.locator(".frappe-chart").wait_for()
		page.wait_for_timeout(1000)
		shot("workspace", height=1060)


def test_signing_in_leads_to_the_desk(page, logins) -> None:
	page.goto("/login")
	page.fill("#login_email", logins["sales"]["user"])
	page.fill("#login_password", logins["sales"]["password"])
	page.click(".btn-login")
	page.wait_for_url("**/app/**")


def test_a_shortcut_leads_to_the_uncovered_orders(login, page) -> None:
	login("sales")
	page.goto("/app/wholesale")
	page.locator(".shortcut-widget-box", has_text="Uncovered Orders").click()
	page.wait_for_url("**/sales-order/view/list?**")
	expect(page.locator(".list-row", has_text="Web Shop").first).to_be_visible()


def test_a_need_that_does_not_hold_is_shown_and_mended(login, page, api) -> None:
	setting = {
		"doctype": "Stock Settings",
		"name": "Stock Settings",
		"fieldname": "allow_partial_reservation",
	}
	api.call("frappe.client.set_value", **setting, value=0)
	login("manager")
	page.goto("/app/wholesale-settings")
	need = page.locator(".b2b-needs li", has_text="Part of a line may be reserved")
	expect(need).to_contain_text("Missing")
	page.get_by_role("button", name="Mend What Can Be Mended").click()
	expect(need).to_contain_text("Holds")
	assert int(api.get("Stock Settings", "Stock Settings")["allow_partial_reservation"]) == 1
