"""The forward order in the browser: pegs, promise dates, who waits, a receipt seen as it happens, the pick list."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_a_forward_order_from_its_pegs_to_its_pick_list(login, page, api, shot) -> None:
	login("sales")
	(order,) = api.names("Sales Order", po_no="FORWARD-ORDER")
	purchase_order = supply_of(api, order)
	open_order(page, order)
	line = page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table tbody tr")
	expect(line).to_have_count(1)
	expect(cell(line, "Pre-Allocated")).to_have_text("40")
	expect(cell(line, "Promise Date")).to_contain_text(shown_date(page, api, purchase_order))
	expect(cell(line, "Status")).to_have_text("Covered")
	expect(page.locator(".form-message")).to_contain_text("All that is owed is covered")

	cell(line, "Covered By").get_by_role("link", name=purchase_order).click()
	page.wait_for_url(f"**/purchase-order/{purchase_order}")
	waiting = page.locator(".b2b-supply", has_text="LANTERN-BRASS")
	expect(waiting).to_contain_text("40 promised · 60 free")
	expect(waiting.get_by_role("link", name=order)).to_be_visible()
	shot("purchase-order-waiting")

	page.go_back()
	expect(cell(line, "Pre-Allocated")).to_have_text("40")
	page.wait_for_function("frappe.realtime.socket && frappe.realtime.socket.connected")
	modified = api.get("Sales Order", order)["modified"]
	receive(api, purchase_order, 30)
	# nobody touched the page: the engine told it
	expect(cell(line, "Reserved")).to_have_text("30")
	expect(cell(line, "Pre-Allocated")).to_have_text("10")
	expect(cell(line, "Covered By")).to_contain_text("30 on the shelf in Leeds")
	assert api.get("Sales Order", order)["modified"] == modified, "an open form could not be saved"
	shot("sales-order-pegs", height=1060)

	page.get_by_role("button", name="Create", exact=True).click()
	page.get_by_role("link", name="Pick List", exact=True).click()
	page.wait_for_url("**/pick-list/new-pick-list-*")
	page.wait_for_function("cur_frm && cur_frm.doctype === 'Pick List' && cur_frm.doc.locations.length")
	picked = page.evaluate("cur_frm.doc.locations.map(row => [row.item_code, row.qty])")
	assert picked == [["LANTERN-BRASS", 30]]


def test_a_form_with_unsaved_words_takes_the_figures_in_and_saves(login, page, api, trade_order) -> None:
	order = trade_order("CANDLE-CEDAR", 85)
	login("sales")
	open_order(page, order)
	line = page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table tbody tr")
	expect(cell(line, "Backordered")).to_contain_text("5 uncovered")
	page.wait_for_function("frappe.realtime.socket && frappe.realtime.socket.connected")
	page.evaluate("cur_frm.set_value('po_no', 'TYPED-MEANWHILE')")
	stock(api, order, 5)
	expect(cell(line, "Reserved")).to_have_text("85")
	expect(cell(line, "Status")).to_have_text("Ready")
	assert page.evaluate("cur_frm.doc.po_no") == "TYPED-MEANWHILE"
	page.evaluate("cur_frm.save('Update')")
	page.wait_for_function("!cur_frm.is_dirty()")
	saved = api.get("Sales Order", order)
	assert (saved["po_no"], saved["items"][0]["b2b_reserved_qty"]) == ("TYPED-MEANWHILE", 85)


def open_order(page: Page, order: str) -> None:
	page.goto(f"/app/sales-order/{order}")
	page.locator(".b2b-panel:not([aria-label=Prices]) .b2b-table").wait_for()
	page.locator(".b2b-panel:not([aria-label=Prices])").scroll_into_view_if_needed()


def cell(line, label: str):
	return line.locator(f"td[data-label='{label}']")


def supply_of(api, order: str) -> str:
	(line,) = api.call("wholesale_b2b.api.v1.order_allocation", sales_order=order)["lines"]
	(name,) = {peg["name"] for peg in line["cover"] if peg["doctype"] == "Purchase Order"}
	return name


def shown_date(page: Page, api, purchase_order: str) -> str:
	date = api.get("Purchase Order", purchase_order)["schedule_date"]
	return page.evaluate("date => frappe.datetime.str_to_user(date)", date)


def receive(api, purchase_order: str, qty: float) -> None:
	receipt = api.call(
		"erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_receipt",
		source_name=purchase_order,
	)
	receipt["items"][0] |= {"qty": qty, "received_qty": qty}
	api.submit(receipt)


def stock(api, order: str, qty: float) -> None:
	"""Units on the shelf that no purchase order announced."""
	doc = api.get("Sales Order", order)
	row = doc["items"][0]
	item = {"item_code": row["item_code"], "t_warehouse": row["warehouse"], "qty": qty, "basic_rate": 1}
	api.submit(
		api.make("Stock Entry", company=doc["company"], stock_entry_type="Material Receipt", items=[item])
	)
