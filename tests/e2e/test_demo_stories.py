"""The stories of docs/order-to-cash.md stand in the demo as that page says."""

from __future__ import annotations

from playwright.sync_api import expect


def order_of(api, reference: str) -> dict:
	(name,) = api.names("Sales Order", po_no=reference, docstatus=1)
	return api.get("Sales Order", name)


def to_pick(api, reference: str) -> float:
	"""Units on pick lists of the order that wait for a picker."""
	lists = api.names("Pick List", docstatus=0)
	name = order_of(api, reference)["name"]
	rows = [row for pick in lists for row in api.get("Pick List", pick)["locations"]]
	return sum(row["stock_qty"] for row in rows if row.get("sales_order") == name)


def test_a_draft_that_is_opened_is_not_changed_by_that(login, page, api) -> None:
	drafts = api.names("Delivery Note", customer="Gorse Hill Stores", docstatus=0)
	assert len(drafts) == 2
	login("manager")
	for name in drafts:
		page.goto(f"/app/delivery-note/{name}")
		expect(page.locator(".page-head .indicator-pill:visible").first).to_have_text("Draft")
		page.wait_for_timeout(1500)  # the time field makes its picker late
		assert not page.evaluate("cur_frm.is_dirty()")


def test_who_is_picked_and_who_waits(api) -> None:
	picked = {
		"UNPAID": 0,
		"PAID": 10,
		"PAYMENT-GONE": 10,
		"ON-HOLD": 0,
		"LIMIT-FIRST": 40,
		"LIMIT-SECOND": 0,
		"BASKETS-1": 20,
		"BASKETS-2": 15,
		"BASKETS-3": 10,
		"BASKETS-4": 0,
		"BASKETS-5": 0,
		"CREDITED": 0,
		"REPLACED": 4,
	}
	assert {reference: to_pick(api, reference) for reference in picked} == picked
	held = ("UNPAID", "PAYMENT-GONE", "ON-HOLD", "LIMIT-SECOND", "BASKETS-4")
	assert [name for name in picked if order_of(api, name)["b2b_hold_status"] == "Held"] == list(held)
	amended, behind = order_of(api, "AMENDED")["items"][0], order_of(api, "BEHIND-AMENDED")["items"][0]
	assert (amended["qty"], amended["delivered_qty"], amended["b2b_reserved_qty"]) == (18, 6, 4)
	assert (amended["b2b_pre_allocated_qty"], behind["b2b_pre_allocated_qty"]) == (8, 2)
	(paper,) = api.names("Trade Pro Forma", sales_order=order_of(api, "AMENDED")["name"])
	assert api.get("Trade Pro Forma", paper)["paid_amount"] == 100


def test_a_hold_and_the_list_of_held_orders(login, page, api, shot) -> None:
	(hold,) = api.names("Order Hold", sales_order=order_of(api, "LIMIT-SECOND")["name"], status="Open")
	login("manager")
	page.goto(f"/app/order-hold/{hold}")
	expect(page.locator(".form-message:visible")).to_contain_text("A payment of")
	expect(page.locator(".page-head .indicator-pill:visible").first).to_contain_text("Open")
	shot("order-hold", height=900)
	_phone(page, shot, "order-hold-phone")
	page.goto("/app/query-report/Held Orders")
	table = page.locator(".datatable")
	expect(table).to_contain_text("over its credit limit")
	shot("held-orders")
	_phone(page, shot, "held-orders-phone")
	page.goto("/app/order-hold?status=Open")
	title = f"Over Credit Limit · {order_of(api, 'LIMIT-SECOND')['name']}"
	expect(page.locator(".list-row-container:visible", has_text=title)).to_be_visible()
	shot("order-holds")
	_phone(page, shot, "order-holds-phone")


def test_on_a_phone_what_is_held_comes_before_the_filters_end(login, page, api, shot) -> None:
	page.set_viewport_size({"width": 390, "height": 844})
	login("manager")
	for path, row, name in (
		("order-hold?status=Open", ".list-row-container:visible", "order-holds-on-a-phone"),
		("query-report/Held Orders", ".datatable .dt-row-0", "held-orders-on-a-phone"),
	):
		page.goto(f"/app/{path}")
		first = page.locator(row).first
		expect(first).to_be_visible()
		shot(name)
		assert first.bounding_box()["y"] < 700, name
	# as the link on a Trade Account does: what narrows the list is seen
	account = api.names("Trade Account")[0]
	page.goto(f"/app/query-report/Held Orders?trade_account={account}")
	expect(page.locator(".page-form [data-fieldname=trade_account] input:visible")).to_have_value(account)
	expect(page.locator(".page-form .frappe-control[data-fieldname=customer]")).to_be_hidden()
	shot("held-orders-of-one-on-a-phone")


def _phone(page, shot, name: str) -> None:
	window = page.viewport_size
	page.set_viewport_size({"width": 390, "height": 844})
	page.wait_for_timeout(600)  # the sidebar slides out
	shot(name)
	page.set_viewport_size(window)
