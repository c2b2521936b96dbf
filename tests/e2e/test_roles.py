"""Who sees what: a wrong role gets no figure, no name and no broken form."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from conftest import SITE, Api
from playwright.sync_api import expect


def test_accounts_see_the_pegs_without_what_they_may_not_open(login, page, api) -> None:
	(order,) = api.names("Sales Order", po_no="FORWARD-ORDER")
	login("accounts")
	page.goto(f"/app/sales-order/{order}")
	panel = page.locator(".b2b-panel:not([aria-label=Prices])")
	expect(panel).to_contain_text("PUR-ORD-")
	assert panel.locator("a[href*='purchase-order'], a[href*='stock-reservation-entry']").count() == 0
	expect(panel).not_to_contain_text("Brightwell")
	expect(page.locator(".modal.show")).to_have_count(0)


def test_purchasing_sees_who_waits_without_links_to_their_orders(login, page, api) -> None:
	(row,) = api.call(
		"frappe.client.get_list",
		doctype="Stock Pre Allocation",
		filters={"item_code": "LANTERN-BRASS", "status": "Open"},
		fields=["supply_name"],
		limit_page_length=1,
	)
	login("purchase")
	page.goto(f"/app/purchase-order/{row['supply_name']}")
	waiting = page.locator(".b2b-supply")
	expect(waiting).to_contain_text("The Pantry & Home Co")
	assert waiting.locator("a[href*='sales-order']").count() == 0
	expect(page.locator(".modal.show")).to_have_count(0)


@pytest.mark.parametrize(
	("who", "method", "values"),
	[
		("accounts", "availability", {"items": ["MUG-COBALT"]}),
		("desk", "purchase_order_allocation", {"purchase_order": "LANTERN"}),
		("purchase", "order_allocation", {"sales_order": "FORWARD-ORDER"}),
		("buyer", "order_allocation", {"sales_order": "FORWARD-ORDER"}),
	],
)
def test_the_api_refuses_those_without_the_permission(server, api, logins, who, method, values) -> None:
	values = {key: real_name(api, value) for key, value in values.items()}
	user = logins[who]
	asked = Api(server, user["user"], user["password"])
	assert status(asked, method, values) == 403


def test_a_website_user_does_not_reach_the_desk(login, page) -> None:
	login("buyer")
	page.goto("/app/wholesale")
	expect(page.get_by_text("Orders to Deliver")).to_have_count(0)
	assert page.evaluate("window.wholesale_b2b === undefined")


def real_name(api: Api, value: object) -> object:
	if value == "FORWARD-ORDER":
		return api.names("Sales Order", po_no=value)[0]
	if value == "LANTERN":
		return api.names("Purchase Order", supplier="Brightwell Metalware")[0]
	return value


def status(api: Api, method: str, values: dict) -> int:
	request = urllib.request.Request(
		f"{api.base}/api/method/wholesale_b2b.api.v1.{method}",
		data=json.dumps(values).encode(),
		headers={"Host": SITE, "Content-Type": "application/json", "Accept": "application/json"},
	)
	try:
		with api.opener.open(request, timeout=60) as answer:
			return answer.status
	except urllib.error.HTTPError as error:
		return error.code


def test_a_buyer_sees_what_can_be_had_and_no_more(server, logins) -> None:
	user = logins["buyer"]
	(row,) = Api(server, user["user"], user["password"]).call(
		"wholesale_b2b.api.v1.availability", items=["MUG-COBALT"]
	)["items"]
	assert row["item_code"] == "MUG-COBALT"
	assert not {"warehouses", "actual_qty", "reserved_qty", "pre_allocated_qty"} & set(row)
