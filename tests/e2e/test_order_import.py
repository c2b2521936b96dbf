"""A file of orders in Order Import: uploaded, previewed, started, watched to its end."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

ORDERS = 12
# the bench has one queue for all its sites
WORKER_BUSY = 240_000
HEADER = "Order No,SKU,Quantity,Unit Price,Customer,Order Date"


def test_a_file_is_imported_under_the_eyes_of_the_user(login, page, api, shot, tmp_path) -> None:
	file = tmp_path / "orders.csv"
	file.write_text("\n".join([HEADER, *rows()]) + "\n")
	login("manager")
	new_import(page, api, file)
	page.get_by_role("button", name="Preview", exact=True).click()
	preview = page.locator("[data-fieldname=preview_html]")
	expect(preview).to_contain_text("E2E-001")
	expect(preview).to_contain_text(f"{ORDERS} of {ORDERS + 1} rows will be ordered")

	page.get_by_role("button", name="Start", exact=True).click()
	page.wait_for_timeout(500)  # a dialog that is still opening does not close
	page.get_by_role("button", name="Yes", exact=True).click()
	progress = page.locator("[data-fieldname=progress_html]")
	expect(progress.get_by_role("progressbar")).to_be_visible()
	expect(progress).to_contain_text(re.compile(rf"{ORDERS + 1} of {ORDERS + 1} orders"), timeout=WORKER_BUSY)
	expect(progress).to_contain_text("Completed with Exceptions")
	progress.scroll_into_view_if_needed()
	shot("order-import")
	assert len(api.names("Imported Order", external_order_no=["like", "E2E-%"], outcome="Ordered")) == ORDERS


def rows() -> list[str]:
	lines = [f"E2E-{n:03d},NOTEBOOK-A5,2,4.20,Fell & Dale Stores,2026-11-20" for n in range(1, ORDERS + 1)]
	return [*lines, "E2E-BAD,NO-SUCH-ITEM,1,4.20,Fell & Dale Stores,2026-11-20"]


def new_import(page: Page, api, file) -> None:
	page.goto("/app/order-import/new")
	page.wait_for_function("cur_frm && cur_frm.doctype === 'Order Import'")
	company = api.names("Company")[0]
	warehouse = api.names("Warehouse", warehouse_name="Leeds")[0]
	page.evaluate("values => cur_frm.set_value(values)", {"company": company, "warehouse": warehouse})
	page.locator("[data-fieldname=import_file] .btn-attach").click()
	with page.expect_file_chooser() as chooser:
		page.locator(".file-uploader .btn-file-upload").first.click()
	chooser.value.set_files(str(file))
	page.get_by_role("button", name="Upload", exact=True).click()
	expect(page.locator("[data-fieldname=import_file] .attached-file")).to_be_visible()
	if page.evaluate("cur_frm.is_new() || cur_frm.is_dirty()"):
		page.get_by_role("button", name="Save", exact=True).click()
	page.wait_for_function("!cur_frm.is_new() && cur_frm.doc.columns.length > 0")
