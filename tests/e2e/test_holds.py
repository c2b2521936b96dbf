"""What is held, why, since when and who releases it: on every form, in the list of orders, on the report."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import from_menu

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1360, "height": 900}
CUSTOMER = "Harbour Lane Gifts"


@pytest.fixture
def ordered(api):
	"""`ordered(qty)` submits an order of a customer with an account of its own; the order's name."""
	template = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
	kept = {key: template[key] for key in ("company", "selling_price_list", "delivery_date")}
	row = {key: template["items"][0][key] for key in ("warehouse", "delivery_date")}
	if not api.names("Customer", customer_name=CUSTOMER):
		like = api.get("Customer", template["customer"])
		api.make("Customer", customer_name=CUSTOMER, **{k: like[k] for k in ("customer_group", "territory")})
		api.make(
			"Trade Account", account_name=CUSTOMER, customer=CUSTOMER, company=kept["company"], currency=""
		)

	def make(qty=4):
		items = [{**row, "item_code": "NOTEBOOK-A5", "qty": qty}]
		return api.submit(api.make("Sales Order", customer=CUSTOMER, items=items, **kept))["name"]

	return make


@pytest.fixture
def stopped(api, ordered):
	"""The account is on hold during the test; an order of it."""
	order = ordered()
	pick = api.call("erpnext.selling.doctype.sales_order.sales_order.create_pick_list", source_name=order)
	note = api.call("erpnext.selling.doctype.sales_order.sales_order.make_delivery_note", source_name=order)
	kept = {"pick": api.make(**_plain(pick))["name"], "note": api.make(**_plain(note))["name"]}
	_status(api, "On Hold", "Two invoices are overdue.")
	yield {"order": order, **kept}
	_status(api, "Active", "")


def _plain(doc):
	return {key: value for key, value in doc.items() if not key.startswith("__")}


def phone(page, shot, name) -> None:
	page.set_viewport_size(PHONE)
	page.wait_for_timeout(600)  # the sidebar slides out
	shot(name)
	page.set_viewport_size(DESKTOP)


def _status(api, status, reason):
	values = {"status": status, "status_reason": reason}
	api.call("frappe.client.set_value", doctype="Trade Account", name=CUSTOMER, fieldname=values)


def test_every_form_says_what_is_held_and_why(login, page, api, shot, stopped) -> None:
	login("desk")
	banner = page.locator(".b2b-holds:visible")
	page.goto(f"/app/sales-order/{stopped['order']}")
	expect(banner).to_contain_text("Held: nothing of this order is picked or shipped.")
	expect(banner).to_contain_text("Two invoices are overdue.")
	expect(banner).to_contain_text("Who releases it: Wholesale Manager")
	expect(banner).to_contain_text("Since")
	expect(page.locator(".page-head .indicator-pill:visible").first).to_contain_text("Held")
	shot("held-order")
	phone(page, shot, "held-order-phone")


def test_so_do_the_papers_of_the_warehouse(login, page, shot, stopped) -> None:
	login("stock")
	banner = page.locator(".b2b-holds:visible")
	for path, words, name in (
		(f"pick-list/{stopped['pick']}", "Stop picking", "held-pick-list"),
		(f"delivery-note/{stopped['note']}", "cannot be shipped yet", "held-delivery-note"),
	):
		page.goto(f"/app/{path}")
		expect(banner).to_contain_text(words)
		expect(banner).to_contain_text("Two invoices are overdue.")
		shot(name)
		phone(page, shot, f"{name}-phone")


def test_the_account_says_what_its_status_does(login, page, shot, stopped) -> None:
	login("manager")
	page.goto(f"/app/trade-account/{CUSTOMER}")
	banner = page.locator(".b2b-holds:visible")
	expect(banner).to_contain_text("nothing of this account is picked or shipped")
	expect(banner).to_contain_text("held")
	shot("held-account", height=1000)
	banner.get_by_role("link").last.click()
	page.wait_for_url("**/query-report/Held%20Orders**")
	expect(page.locator(".datatable")).to_contain_text(stopped["order"])


def test_an_order_is_held_and_released_by_hand(login, page, api, shot, ordered) -> None:
	order = ordered()
	login("desk")
	page.goto(f"/app/sales-order/{order}")
	page.wait_for_function("window.cur_frm && cur_frm.doc.docstatus === 1")
	banner = page.locator(".b2b-holds:visible")
	expect(banner).to_have_count(0)
	from_menu(page, "Status", "Hold with a Reason…")
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname='reason'] textarea").fill("The shop is being refitted.")
	page.wait_for_timeout(500)  # the dialog comes in slowly
	shot("hold-ask")
	dialog.get_by_role("button", name="Hold", exact=True).click()
	expect(banner).to_contain_text("The shop is being refitted.")
	expect(banner).to_contain_text("by ")
	shot("held-by-hand")
	banner.get_by_role("button", name="Release").click()
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname='reason'] textarea").fill("They have opened again.")
	dialog.get_by_role("button", name="Release", exact=True).click()
	expect(banner).to_have_count(0)
	page.reload()
	timeline = page.locator(".new-timeline")
	expect(timeline).to_contain_text("Held: The shop is being refitted.")
	expect(timeline).to_contain_text("No longer held: The shop is being refitted.")


def test_the_list_and_the_report(login, page, api, shot, stopped, ordered) -> None:
	other = ordered(2)
	hold = "wholesale_b2b.wholesale_b2b.doctype.order_hold.order_hold.hold"
	api.call(hold, sales_order=other, reason="They asked us to wait for the new colours.")
	login("desk")
	page.goto(f"/app/sales-order?customer={CUSTOMER}")
	rows = page.locator(".list-row-container:visible .indicator-pill.red", has_text="Held")
	expect(rows.first).to_be_visible()
	shot("held-list")
	phone(page, shot, "held-list-phone")
	page.goto("/app/query-report/Held Orders")
	table = page.locator(".datatable")
	expect(table).to_contain_text(other)
	expect(table).to_contain_text("Two invoices are overdue")
	expect(page.locator(".report-summary")).to_contain_text("Held Orders")
	shot("held-orders")
	phone(page, shot, "held-orders-phone")
	page.goto("/app/query-report/Held Orders?kind=Set by Hand")
	expect(table).to_contain_text(other)
	expect(table).not_to_contain_text(stopped["order"])
	page.goto("/app/order-hold")
	expect(page.locator(".list-row-container:visible").first).to_be_visible()
	shot("order-hold-list")
	page.goto(f"/app/order-hold/{api.names('Order Hold', sales_order=other, manual=1)[0]}")
	expect(page.get_by_role("button", name="Release")).to_be_visible()
	shot("order-hold-form")


def test_a_hold_is_set_from_its_own_form(login, page, shot, ordered) -> None:
	order = ordered(1)
	login("desk")
	page.goto(f"/app/order-hold/new?sales_order={order}")
	page.wait_for_function("window.cur_frm && cur_frm.doc.sales_order")
	page.locator("[data-fieldname='reason'] textarea").fill("Waiting for the new address.")
	shot("order-hold-new")
	page.keyboard.press("Control+s")
	page.wait_for_function("!cur_frm.is_new()")
	release = page.get_by_role("button", name="Release")
	expect(release).to_be_visible()
	release.click()
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname='reason'] textarea").fill("It has come.")
	dialog.get_by_role("button", name="Release", exact=True).click()
	expect(page.locator(".page-head .indicator-pill:visible").first).to_contain_text("Released")


def test_nothing_held_shows_nothing(login, page, shot) -> None:
	login("desk")
	page.goto("/app/query-report/Held Orders?days=9999")
	expect(page.get_by_text("Nothing to show").first).to_be_visible()
	shot("held-orders-empty")
