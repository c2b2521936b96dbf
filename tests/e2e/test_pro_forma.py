"""Payment before picking: asked for on the order, on paper, paid, and the order goes on."""

from __future__ import annotations

import datetime

from playwright.sync_api import expect

from tests.e2e.conftest import from_menu

PHONE = {"width": 390, "height": 844}


def test_a_pro_forma_is_asked_for_printed_extended_and_paid(login, page, api, shot, trade_order) -> None:
	order = trade_order("MUG-OCHRE", 3)
	company = api.get("Sales Order", order)["company"]
	if not api.names("Bank Account", company=company, is_company_account=1):
		if not api.names("Bank", bank_name="Calder Bank"):
			api.make("Bank", bank_name="Calder Bank", swift_number="CALDGB2L")
		api.make(
			"Bank Account",
			account_name="Northgate Wholesale Ltd",
			bank="Calder Bank",
			is_company_account=1,
			is_default=1,
			company=company,
			branch_code="40-11-22",
			bank_account_no="31926819",
		)
	login("manager")
	page.goto(f"/app/sales-order/{order}")
	page.wait_for_function("window.cur_frm && cur_frm.doc.docstatus === 1")
	from_menu(page, "Create", "Pro Forma")
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname='kind'] select").select_option("Deposit")
	dialog.locator("[data-fieldname='deposit_percent'] input").fill("30")
	shot("pro-forma-ask")
	dialog.get_by_role("button", name="Raise Pro Forma").click()
	expect(page.locator(".form-message-container").first).to_contain_text(
		"before anything is picked", timeout=30_000
	)
	shot("pro-forma-order", height=1100)

	(name,) = api.names("Trade Pro Forma", sales_order=order)
	page.goto(f"/app/trade-pro-forma/{name}")
	expect(page.locator(".form-message").first).to_contain_text("is not picked before")
	shot("pro-forma-form")
	page.get_by_role("button", name="Extend").click()
	dialog = page.locator(".modal.show")
	expect(dialog).to_contain_text("Valid Until")
	until = datetime.date.today() + datetime.timedelta(30)
	dialog.locator("[data-fieldname='until'] input").fill(until.strftime("%d-%m-%Y"))
	dialog.locator(".modal-title").click()
	dialog.get_by_role("button", name="Extend").click()
	page.wait_for_function(f"cur_frm.doc.valid_until === '{until.isoformat()}'")

	page.goto(f"/printview?doctype=Trade%20Pro%20Forma&name={name}&format=Trade%20Pro%20Forma")
	paper = page.locator(".b2b-pf")
	expect(paper).to_contain_text(name)
	expect(paper).to_contain_text("31926819")
	expect(paper).to_contain_text("Deposit of 30 %")
	shot("pro-forma-paper", height=1150)
	page.set_viewport_size(PHONE)
	shot("pro-forma-paper-phone")
	page.set_viewport_size({"width": 1360, "height": 900})

	entry = api.call(
		"erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
		dt="Sales Order",
		dn=order,
		party_amount=api.get("Trade Pro Forma", name)["amount"],
	)
	api.submit({**entry, "reference_no": name, "reference_date": str(datetime.date.today())})
	page.goto(f"/app/trade-pro-forma/{name}")
	expect(page.locator(".form-message").first).to_contain_text("Paid: the order may be picked.")
	page.goto("/app/trade-pro-forma")
	expect(page.locator(".list-row-container").first).to_contain_text(name)
	shot("pro-forma-list")
