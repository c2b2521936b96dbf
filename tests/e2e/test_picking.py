"""Picking with a scanner on a phone, short; the lists; pick lists made now; a list that stops while somebody has it open."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}
GONG = f"GONG-{int(time.time())}"
COASTER, COASTERS, NAPKIN = "5060000100018", "5060000100025", "5060000100032"


def order_of(api, reference: str) -> str:
	return api.names("Sales Order", po_no=reference, docstatus=1)[0]


def list_of(api, order: str) -> str:
	rows = api.call(
		"frappe.client.get_list",
		doctype="Pick List Item",
		parent="Pick List",
		filters={"sales_order": order},
		fields=["parent"],
		limit_page_length=1,
	)
	return rows[0]["parent"]


def open_list(page, name: str) -> None:
	page.goto(f"/app/pick-list/{name}")
	page.wait_for_function(f"window.cur_frm && cur_frm.doc.name === '{name}' && !cur_frm.is_new()")


def scan(page, barcode: str) -> None:
	"""As a scanner does that is a keyboard to the phone; it does not wait for the answer."""
	field = page.locator(".b2b-scan")
	field.type(barcode)
	field.press("Enter")


def says(page, words: str) -> None:
	expect(page.locator(".b2b-scan-alert")).to_contain_text(words)


def picked(page) -> list[tuple[str, str, float]]:
	return [
		tuple(row)
		for row in page.evaluate("cur_frm.doc.locations.map(row => [row.item_code, row.uom, row.picked_qty])")
	]


def test_a_picker_scans_boxes_and_pieces_on_a_phone(login, page, api, shot) -> None:
	name = list_of(api, order_of(api, "SCAN-ME"))
	login("stock")
	page.set_viewport_size(PHONE)
	open_list(page, name)
	expect(page.locator(".b2b-picking tbody tr")).to_have_count(3)
	shot("picking-phone")
	scan(page, COASTERS)
	says(page, "12 picked, 12 left")
	shot("picking-phone-scanned")
	scan(page, COASTERS)
	says(page, "all 24 picked")
	scan(page, COASTERS)
	says(page, "6 are left")
	for _ in range(6):
		scan(page, COASTER)
	says(page, "all 6 picked")
	scan(page, COASTER)
	says(page, "All of COASTER-SLATE is picked")
	for _ in range(3):
		scan(page, NAPKIN)
	page.wait_for_function("cur_frm.doc.locations[2].picked_qty === 3")
	assert picked(page) == [
		("COASTER-SLATE", "Box", 24),
		("COASTER-SLATE", "Nos", 6),
		("NAPKIN-LINEN", "Nos", 3),
	]
	scan(page, "4000000000000")
	expect(page.locator(".desk-alert").last).to_contain_text("Cannot find Item")
	page.evaluate("cur_frm.save()")
	page.wait_for_function("!cur_frm.is_dirty()")
	page.wait_for_timeout(1500)  # ERPNext's own script loads the form again after it is saved
	page.locator(".b2b-scan").scroll_into_view_if_needed()
	shot("picking-phone-rows")
	page.evaluate("() => { cur_frm.savesubmit(); }")
	page.locator(".modal.show .btn-primary:has-text('Yes')").click()
	dialog = page.locator(".modal.show:has-text('Not all was picked')")
	expect(dialog).to_contain_text("NAPKIN-LINEN: 2 of 5")
	dialog.locator("select").select_option("Missing")
	page.wait_for_timeout(600)  # until it has come in
	shot("picking-phone-why")
	dialog.get_by_role("button", name="Submit", exact=True).click()
	page.wait_for_function("cur_frm.doc.docstatus === 1", timeout=60_000)
	done = api.get("Pick List", name)
	assert [(row["item_code"], row["picked_qty"]) for row in done["locations"]] == [
		("COASTER-SLATE", 24),
		("COASTER-SLATE", 6),
		("NAPKIN-LINEN", 3),
	]
	(short,) = api.names("Short Pick", pick_list=name)
	assert api.get("Short Pick", short)["status"] == "To Count"


def test_what_is_to_be_counted(login, page, api, shot) -> None:
	login("stock")
	page.goto("/app/short-pick")
	expect(page.locator(".result")).to_contain_text("NAPKIN-LINEN", timeout=30_000)
	shot("short-picks")
	(name,) = api.names("Short Pick", sales_order=order_of(api, "SHORT-PICK"))
	page.goto(f"/app/short-pick/{name}")
	page.wait_for_function("window.cur_frm && cur_frm.doc.qty === 3")
	expect(page.get_by_role("button", name="Found")).to_be_visible()
	shot("short-pick")
	page.get_by_role("button", name="Found").click()
	page.locator(".modal.show .btn-primary").click()
	page.wait_for_function("cur_frm.doc.status === 'Settled'")


@pytest.fixture
def gongs(api) -> None:
	"""Five on the shelf of an item that no other test orders."""
	template = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
	api.make("Item", item_code=GONG, item_name="Dinner gong", item_group="Giftware", valuation_rate=2)
	row = {"item_code": GONG, "qty": 5, "t_warehouse": template["items"][0]["warehouse"], "basic_rate": 2}
	entry = {"stock_entry_type": "Material Receipt", "company": template["company"]}
	api.submit(api.make("Stock Entry", items=[row], **entry))


def test_lists_made_now_and_one_that_stops(login, page, api, shot, trade_order, gongs) -> None:
	orders = [trade_order(GONG, 2), trade_order(GONG, 3)]
	login("manager")
	page.goto("/app/sales-order?customer=Fell+%26+Dale+Stores")
	for order in orders:
		page.locator(f".list-row-checkbox[data-name='{order}']").check()
	page.get_by_role("button", name="Actions").click()
	page.locator(".dropdown-menu.show").get_by_text("Make Pick Lists Now").click()
	dialog = page.locator(".modal.show")
	dialog.locator("input[data-fieldname='orders_per_list']").fill("2")
	shot("make-pick-lists-now")
	dialog.get_by_role("button", name="Make", exact=True).click()
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Pick List'")
	page.wait_for_function("frappe.realtime.socket && frappe.realtime.socket.connected")
	name = list_of(api, orders[0])
	assert name == list_of(api, orders[1])
	api.call(
		"wholesale_b2b.wholesale_b2b.doctype.order_hold.order_hold.hold",
		sales_order=orders[0],
		reason="Wrong address",
	)
	expect(page.locator(".modal.show")).to_contain_text(f"Stop picking {orders[0]}", timeout=30_000)
	page.keyboard.press("Escape")
	expect(page.locator(".form-message.red")).to_contain_text("Pick the others")
	page.wait_for_timeout(600)  # until the message is gone
	shot("pick-list-stopped")
	page.set_viewport_size(PHONE)
	open_list(page, name)
	expect(page.locator(".form-message.red")).to_contain_text("Pick the others")
	shot("pick-list-stopped-phone")
	page.set_viewport_size({"width": 1360, "height": 900})
	page.goto("/app/pick-list")
	expect(page.locator(f".list-row-container:has-text('{name}')")).to_contain_text("Held")
	expect(page.locator(".result")).to_contain_text("2 orders")
	shot("pick-lists")
	# the order itself says so, and offers no second list
	page.goto(f"/app/sales-order/{orders[0]}")
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Sales Order'")
	page.evaluate("wholesale_b2b.picking.make([cur_frm.doc.name], 1)")
	expect(page.locator(".modal.show")).to_contain_text("Wrong address", timeout=30_000)
	shot("not-on-a-list")
