"""A customer's Trade Accounts on its form, the account's own form, and accounts that are not there yet."""

from __future__ import annotations

from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}
CUSTOMER = "Moorland Trading Co"


def test_the_customer_shows_its_accounts(login, page, shot, api) -> None:
	name = api.names("Customer", customer_name=CUSTOMER)[0]
	login("sales")
	page.goto(f"/app/customer/{name}")
	page.locator(".b2b-account").nth(1).wait_for()
	first, second = page.locator(".b2b-account").all()
	expect(first.locator("summary")).to_contain_text("Active")
	expect(first.locator(".b2b-credit")).to_contain_text("£ 2,000.00")
	expect(first.locator(".b2b-table").first).to_contain_text("MOORLAND-SHELVES")
	waiting = first.locator("tr", has_text="JUG-ENAMEL")
	expect(waiting).to_contain_text("15")
	expect(second.locator("summary")).to_contain_text("Staff Shop")
	expect(second.locator(".b2b-facts")).not_to_be_visible()
	first.scroll_into_view_if_needed()
	shot("customer-accounts", height=1100)
	second.locator("summary").click(position={"x": 5, "y": 10})
	expect(second.locator(".b2b-table").first).to_contain_text("MOORLAND-STAFF")
	page.set_viewport_size(PHONE)
	page.wait_for_timeout(500)
	first.scroll_into_view_if_needed()
	shot("customer-accounts-phone", height=1400)


def test_a_customer_without_an_account_is_offered_one(login, page, shot, api) -> None:
	name = api.names("Customer", customer_name="The Pantry & Home Co")[0]
	login("manager")
	page.goto(f"/app/customer/{name}")
	button = page.get_by_role("button", name="Create Trade Account")
	button.scroll_into_view_if_needed()
	shot("customer-no-account")
	button.click()
	page.wait_for_url("**/trade-account/new-**")
	assert page.evaluate("cur_frm.doc.customer") == name
	assert page.evaluate("cur_frm.doc.account_name") == "The Pantry & Home Co"


def test_the_account_shows_what_names_it_and_how_it_is_served(login, page, shot) -> None:
	login("manager")
	page.goto(f"/app/trade-account/{CUSTOMER}")
	orders = page.locator(".document-link", has_text="Sales Order")
	expect(orders.locator(".count")).to_have_text("2")
	expect(page.locator("[data-fieldname=priority]").first).to_contain_text("20")
	shot("trade-account", height=1800)
	page.set_viewport_size(PHONE)
	page.wait_for_timeout(500)
	shot("trade-account-phone", height=2200)


def test_a_new_order_ships_to_the_default_address_of_its_account(login, page, api) -> None:
	country = api.get("Company", api.names("Company")[0])["country"]
	customer = api.make("Customer", customer_name="Two Doors Ltd")["name"]
	front, back = (
		api.make(
			"Address",
			address_title=f"Two Doors {door}",
			address_type="Shipping",
			address_line1="1 Lane",
			city="Leeds",
			country=country,
			is_shipping_address=int(door == "Front"),
			links=[{"link_doctype": "Customer", "link_name": customer}],
		)["name"]
		for door in ("Front", "Back")
	)
	addresses = [{"address": front}, {"address": back, "is_default": 1}]
	company = api.names("Company")[0]
	api.make("Trade Account", account_name=customer, customer=customer, company=company, addresses=addresses)
	login("desk")
	page.goto("/app/sales-order/new")
	page.wait_for_function("window.cur_frm?.doc?.doctype === 'Sales Order' && cur_frm.doc.company")
	page.evaluate("customer => cur_frm.set_value('customer', customer)", customer)
	page.wait_for_function("address => cur_frm.doc.shipping_address_name === address", arg=back)
	# and it stays, whatever else of the customer is filled in
	page.evaluate("frappe.after_ajax()")
	page.wait_for_timeout(1000)
	assert page.evaluate("cur_frm.doc.shipping_address_name") == back


def test_the_workspace_leads_to_accounts_and_policies(login, page) -> None:
	login("manager")
	page.goto("/app/wholesale")
	card = page.locator(".links-widget-box", has_text="Trade Accounts")
	expect(card.get_by_text("Return Policy")).to_be_visible()
	card.get_by_text("Trade Account", exact=True).click()
	page.wait_for_url("**/trade-account**")
