"""From the picked list to twelve parcels, their slips, and the order that says what became of it."""

from __future__ import annotations

from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}


def order_of(api, reference: str) -> str:
	return api.names("Sales Order", po_no=reference, docstatus=1)[0]


def print_view(page, doctype: str, name: str, print_format: str) -> None:
	query = f"doctype={doctype}&name={name}&format={print_format}&no_letterhead=1"
	page.goto(f"/printview?{query}".replace(" ", "%20"))


def test_twelve_stores_are_dispatched_by_one_press(login, page, api, shot) -> None:
	order = order_of(api, "TWELVE-STORES")
	picks = api.call(
		"frappe.client.get_list",
		doctype="Pick List Item",
		parent="Pick List",
		filters={"sales_order": order},
		fields=["parent"],
	)
	pick = picks[0]["parent"]
	login("stock")
	page.set_viewport_size(PHONE)
	page.goto(f"/app/pick-list/{pick}")
	page.wait_for_function("window.cur_frm && cur_frm.doc.docstatus === 1")
	expect(page.locator(".page-head")).to_be_visible()
	shot("dispatch-pick-list-phone")
	page.set_viewport_size({"width": 1360, "height": 900})
	page.get_by_role("button", name="Dispatch", exact=True).click()
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname='tracking_number'] input").fill("PP 7741 9000")
	shot("dispatch-dialog")
	dialog.get_by_role("button", name="Dispatch", exact=True).click()
	expect(page.locator(".modal.show .b2b-table tbody tr")).to_have_count(12, timeout=90_000)
	shot("dispatch-notes")
	notes = api.names("Delivery Note", b2b_tracking_number="PP 7741 9000", docstatus=1)
	assert len(notes) == 12
	assert api.call("wholesale_b2b.api.v1.dispatch", pick_list=pick)["made"] == []
	print_view(page, "Delivery Note", notes[0], "Wholesale Packing Slip")
	expect(page.locator(".b2b-slip")).to_contain_text("your order is complete")


def test_the_order_says_what_shipped_what_comes_and_what_is_owed(login, page, api, shot) -> None:
	order = order_of(api, "THREE-PARTS")
	login("sales")
	page.goto(f"/app/sales-order/{order}")
	panel = page.locator("[data-fieldname='b2b_status_html']")
	expect(panel).to_contain_text("PP 7741 2209", timeout=30_000)
	expect(panel).to_contain_text("Advance Left")
	expect(panel.locator(".b2b-table").nth(1)).to_contain_text("60")
	panel.scroll_into_view_if_needed()
	shot("order-status")
	page.set_viewport_size(PHONE)
	panel.scroll_into_view_if_needed()
	shot("order-status-phone")
	page.set_viewport_size({"width": 1000, "height": 900})
	(note,) = api.names("Delivery Note", po_no="THREE-PARTS")
	print_view(page, "Delivery Note", note, "Wholesale Packing Slip")
	expect(page.locator(".b2b-slip")).to_contain_text("Still to follow")
	shot("packing-slip")
	page.set_viewport_size(PHONE)
	shot("packing-slip-phone")


def test_the_papers_of_a_shipment_abroad(login, page, api, shot) -> None:
	(note,) = api.names("Delivery Note", po_no="FRENCH-SHOP")
	login("sales")
	page.set_viewport_size({"width": 1000, "height": 900})
	print_view(page, "Delivery Note", note, "Wholesale Commercial Invoice")
	expect(page.locator(".b2b-paper")).to_contain_text("FR12345678900012")
	shot("commercial-invoice")
	print_view(page, "Delivery Note", note, "Wholesale Export Packing List")
	expect(page.locator(".b2b-paper")).to_contain_text("21.600")
	shot("export-packing-list")


def test_what_waits_for_its_invoice_is_listed(login, page, api, shot) -> None:
	login("accounts")
	(note,) = api.names("Delivery Note", po_no="THREE-PARTS")
	# the demo's other dispatches may fill the first page of the list
	page.goto(f"/app/dispatch-invoice?delivery_note={note}")
	expect(page.locator(".result")).to_contain_text("Cairn & Co", timeout=30_000)
	shot("dispatch-invoices")
	page.goto(f"/app/dispatch-invoice/{note}")
	page.wait_for_function("window.cur_frm && cur_frm.doc.status === 'Done'")
	shot("dispatch-invoice")
	page.goto("/app/customer-mail")
	expect(page.locator(".result")).to_contain_text("Dispatch", timeout=30_000)
	shot("customer-mail")
