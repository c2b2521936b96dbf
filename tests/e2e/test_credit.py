"""The credit panel on quotations and orders, before they are submitted and as they are typed; on the account."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import CHANGED_PRICE

PHONE = {"width": 390, "height": 844}
CUSTOMER = "Quayside Interiors"


@pytest.fixture
def draft(api):
	"""`draft(qty)` makes a draft order of a customer with a limit of 500, of which 300 are used by an order."""
	template = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
	kept = {key: template[key] for key in ("company", "selling_price_list", "delivery_date")}
	row = {key: template["items"][0][key] for key in ("warehouse", "delivery_date")}

	def make(qty):
		row.update(item_code="NOTEBOOK-A5", qty=qty, rate=5, **CHANGED_PRICE)
		return api.make("Sales Order", customer=CUSTOMER, items=[dict(row)], **kept)

	if not api.names("Customer", customer_name=CUSTOMER):
		like = api.get("Customer", template["customer"])
		api.make("Customer", customer_name=CUSTOMER, **{k: like[k] for k in ("customer_group", "territory")})
		api.make(
			"Trade Account",
			account_name=CUSTOMER,
			customer=CUSTOMER,
			company=kept["company"],
			credit_limit=500,
			customer_limit=600,
			currency="",
		)
		api.submit(make(60))
	return make


def test_an_order_shows_its_credit_as_it_is_typed(login, page, shot, draft) -> None:
	order = draft(20)["name"]
	login("desk")
	page.goto(f"/app/sales-order/{order}")
	panel = page.locator(".b2b-credit")
	panel.wait_for()
	expect(panel).to_contain_text("Nearly Used Up")
	expect(panel).to_contain_text("£ 100.00 of £ 500.00 left")
	page.evaluate("frappe.model.set_value('Sales Order Item', cur_frm.doc.items[0].name, 'qty', 50)")
	expect(panel).to_contain_text("Will Be Held")
	expect(panel).to_contain_text("£ 50.00 over the limit of £ 500.00")
	expect(panel.locator("dl > div", has_text="This Order")).to_contain_text("£ 250.00")
	panel.scroll_into_view_if_needed()
	shot("credit-order")
	page.set_viewport_size(PHONE)
	panel.scroll_into_view_if_needed()
	shot("credit-order-phone")


def test_the_account_shows_its_exposure(login, page, shot, draft) -> None:
	draft(1)
	login("manager")
	page.goto(f"/app/trade-account/{CUSTOMER}")
	panel = page.locator(".b2b-credit")
	panel.wait_for()
	expect(panel).to_contain_text("Within the Limit")
	expect(panel).to_contain_text("All accounts of Quayside Interiors: £ 300.00 of £ 600.00")
	shot("credit-account", height=1400)


def test_a_quotation_shows_it_too_and_who_may_not_see_it_sees_no_panel(login, page, api, draft) -> None:
	order = draft(1)
	quotation = api.make(
		"Quotation",
		quotation_to="Customer",
		party_name=CUSTOMER,
		company=order["company"],
		items=[{"item_code": "NOTEBOOK-A5", "qty": 10, "rate": 5, **CHANGED_PRICE}],
	)["name"]
	login("desk")
	page.goto(f"/app/quotation/{quotation}")
	panel = page.locator(".b2b-credit")
	panel.wait_for()
	expect(panel).to_contain_text("Within the Limit")
	expect(panel.locator("dl > div", has_text="This Quotation")).to_contain_text("£ 50.00")
