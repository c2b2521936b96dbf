"""Prices in the browser: they appear with the item and follow the quantity, say why, and ask why when they are changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

PHONE = {"width": 390, "height": 844}
CUSTOMER = "Harbour Gifts Ltd"
METHOD = "wholesale_b2b.wholesale_b2b.doctype.trade_price_tier.trade_price_tier"

# every text that the rate of the first row shows, frame by frame
WATCH = """() => {
	window.seen_rates = [];
	const look = () => {
		const cell = document.querySelector('.grid-body .rows .grid-row [data-fieldname="rate"]');
		const text = cell ? cell.innerText.trim() : "";
		if (text && window.seen_rates.at(-1) !== text) window.seen_rates.push(text);
		requestAnimationFrame(look);
	};
	look();
}"""


@pytest.fixture
def quotation(api) -> str:
	return api.names("Quotation", b2b_channel="TWENTY-FOUR MORE")[0]


def new_order(page: Page, api) -> None:
	"""A new order of Harbour Gifts, on the form."""
	template = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
	page.goto("/app/sales-order/new")
	page.wait_for_function("window.cur_frm && cur_frm.doctype === 'Sales Order' && cur_frm.is_new()")
	page.evaluate(
		"""async ([customer, date]) => {
			await cur_frm.set_value("customer", customer);
			await cur_frm.set_value("delivery_date", date);
		}""",
		[CUSTOMER, template["delivery_date"]],
	)
	page.wait_for_function("cur_frm.doc.b2b_trade_account && cur_frm.doc.selling_price_list === 'Trade'")


def settled(page: Page) -> None:
	page.wait_for_load_state("networkidle")
	page.wait_for_timeout(700)
	page.wait_for_load_state("networkidle")


def test_a_quotation_says_what_each_line_costs_and_why(login, page, shot, quotation) -> None:
	login("desk")
	page.goto(f"/app/quotation/{quotation}")
	panel = page.locator("[data-fieldname=b2b_prices_html] .b2b-panel")
	panel.wait_for()
	mug = panel.locator("tbody tr", has_text="MUG-OCHRE")
	expect(mug).to_contain_text(re.compile(r"\d+ Nos more and each costs £ 0\.\d\d less"))
	expect(mug).to_contain_text("Silver")
	expect(panel.locator("tbody tr", has_text="TEATOWEL-3")).to_contain_text("Net Price")
	expect(panel.locator("tbody tr", has_text="CANDLE-FIG")).to_contain_text("Override")
	panel.scroll_into_view_if_needed()
	shot("prices-on-a-quotation")
	mug.get_by_role("button", name="Why?").click()
	dialog = page.locator(".modal-dialog:visible")
	expect(dialog).to_contain_text("Holds")
	expect(dialog).to_contain_text("Tier Silver: 10 % on Homeware")
	shot("why-this-price")
	dialog.locator(".btn-modal-close").click()
	page.set_viewport_size(PHONE)
	panel.scroll_into_view_if_needed()
	shot("prices-on-a-phone")


def test_a_line_shows_its_reasons(login, page, shot, quotation) -> None:
	login("desk")
	page.goto(f"/app/quotation/{quotation}")
	page.locator("[data-fieldname=b2b_prices_html] .b2b-panel").wait_for()
	page.locator(".grid-row[data-idx='1'] .btn-open-row").first.click()
	reasons = page.locator(".grid-row-open .b2b-reasons")
	reasons.wait_for()
	expect(reasons).to_contain_text("Tier Silver: 5 % on Homeware")
	reasons.scroll_into_view_if_needed()
	shot("price-of-a-row")


def test_the_price_comes_with_the_item_and_follows_the_quantity(login, page, api) -> None:
	login("desk")
	new_order(page, api)
	page.evaluate(WATCH)
	page.evaluate(
		"frappe.model.set_value(cur_frm.doc.items[0].doctype, cur_frm.doc.items[0].name, 'item_code', 'MUG-OCHRE')"
	)
	page.wait_for_function("cur_frm.doc.items[0].b2b_calculated_rate > 0")
	settled(page)
	# 4.50 on the list, 5 % off for homeware, 3 % off that, to the next 0.05
	assert page.evaluate("cur_frm.doc.items[0].rate") == 4.15
	page.evaluate(
		"frappe.model.set_value(cur_frm.doc.items[0].doctype, cur_frm.doc.items[0].name, 'qty', 48)"
	)
	page.wait_for_function("cur_frm.doc.items[0].rate === 3.95")
	settled(page)
	page.evaluate("frappe.model.set_value(cur_frm.doc.items[0].doctype, cur_frm.doc.items[0].name, 'qty', 1)")
	page.wait_for_function("cur_frm.doc.items[0].rate === 4.15")
	settled(page)
	row = page.evaluate("cur_frm.doc.items[0]")
	assert (row["rate"], row["price_list_rate"]) == (4.15, 4.5)
	assert abs(row["discount_amount"] - 0.35) < 1e-6
	seen = page.evaluate("window.seen_rates")
	assert "£ 4.50" not in seen, f"back to the list price in between: {seen}"
	assert [text for text in seen if text != "£ 0.00"] == ["£ 4.15", "£ 3.95", "£ 4.15"]


def boxed_item(api) -> str:
	"""10.00 each on the list, in boxes of twelve too, which were 20.00 once."""
	item = "E2E-PRICE-BOX"
	if not api.names("Item", name=item):
		units = [{"uom": "Nos", "conversion_factor": 1}, {"uom": "Box", "conversion_factor": 12}]
		api.make("Item", item_code=item, item_group="Homeware", stock_uom="Nos", uoms=units)
		api.make(
			"Item Price", item_code=item, price_list="Trade", price_list_rate=10, valid_from="2020-01-01"
		)
		# boxes were cheap once
		once = {"valid_from": "2020-01-01", "valid_upto": "2020-06-30", "uom": "Box", "price_list_rate": 20}
		api.make("Item Price", item_code=item, price_list="Trade", **once)
	return item


def test_the_price_follows_unit_customer_and_date(login, page, api) -> None:
	item = boxed_item(api)
	other = api.make(
		"Customer", customer_name=f"E2E Prices {len(api.names('Customer'))}", default_price_list="Trade"
	)
	login("desk")
	new_order(page, api)
	page.evaluate(WATCH)
	row = "cur_frm.doc.items[0]"
	page.evaluate(f"frappe.model.set_value({row}.doctype, {row}.name, 'item_code', '{item}')")
	page.wait_for_function(f"{row}.b2b_calculated_rate > 0")
	settled(page)
	single = page.evaluate(f"{row}.rate")
	assert 0 < single < 10
	page.evaluate(f"frappe.model.set_value({row}.doctype, {row}.name, 'uom', 'Box')")
	page.wait_for_function(f"{row}.rate > 50")
	settled(page)
	boxed = page.evaluate(f"{row}.rate")
	assert abs(boxed - 12 * single) <= 12 * 0.05
	# a customer without a tier pays the list
	page.evaluate(f"cur_frm.set_value('customer', '{other['name']}')")
	page.wait_for_function(f"{row}.rate === 120")
	settled(page)
	assert page.evaluate(f"[{row}.rate, {row}.price_list_rate]") == [120, 120]
	page.evaluate(f"cur_frm.set_value('customer', '{CUSTOMER}')")
	page.wait_for_function(f"{row}.rate === {boxed}")
	settled(page)
	page.evaluate("cur_frm.set_value('transaction_date', '2020-03-01')")
	page.wait_for_function(f"{row}.rate < 20 && {row}.rate > 0")
	settled(page)
	assert page.evaluate(f"{row}.price_list_rate") == 20


# the customer's field, what else a new document needs, and the date that prices follow
FORMS = {
	"Quotation": ("party_name", {"quotation_to": "Customer"}, "transaction_date"),
	"Sales Order": ("customer", {}, "transaction_date"),
	"Sales Invoice": ("customer", {"set_posting_time": 1}, "posting_date"),
	"POS Invoice": ("customer", {"set_posting_time": 1}, "posting_date"),
}


@pytest.fixture
def till(api) -> None:
	"""A POS Profile, without which there is no POS Invoice."""
	if api.names("POS Profile"):
		return
	company = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])["company"]
	(cash, *_more) = api.names("Account", company=company, account_type="Cash", is_group=0)
	mode = api.get("Mode of Payment", "Cash")
	if not mode["accounts"]:
		api.call(
			"frappe.client.save",
			doc={**mode, "accounts": [{"company": company, "default_account": cash}]},
		)
	api.make(
		"POS Profile",
		__newname="E2E Till",
		name="E2E Till",
		company=company,
		warehouse=api.names("Warehouse", company=company, warehouse_name="Stores")[0],
		currency="GBP",
		selling_price_list="Trade",
		write_off_account=api.names("Account", company=company, root_type="Expense", is_group=0)[0],
		write_off_cost_center=api.names("Cost Center", company=company, is_group=0)[0],
		payments=[{"mode_of_payment": "Cash", "default": 1}],
	)


@pytest.fixture
def silver_customer(api) -> str:
	"""Somebody else, on the tier above that of Harbour Gifts: a little dearer."""
	company = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])["company"]
	name = f"E2E Silver {len(api.names('Customer'))}"
	api.make("Customer", customer_name=name, default_price_list="Trade")
	api.make(
		"Trade Account",
		account_name=name,
		customer=name,
		company=company,
		price_list="Trade",
		price_tier="Silver",
		is_default=1,
	)
	return name


@pytest.mark.parametrize("doctype", FORMS)
def test_the_list_price_is_never_shown_in_between(sign_in, page, api, till, silver_customer, doctype) -> None:
	item = boxed_item(api)
	by, head, date = FORMS[doctype]
	sign_in()
	page.goto(f"/app/{doctype.lower().replace(' ', '-')}/new")
	page.wait_for_function(f"window.cur_frm && cur_frm.doctype === '{doctype}' && cur_frm.is_new()")
	settled(page)
	for field, value in {**head, by: CUSTOMER}.items():
		page.evaluate("([field, value]) => cur_frm.set_value(field, value)", [field, value])
	page.wait_for_function("cur_frm.doc.b2b_trade_account && cur_frm.doc.selling_price_list === 'Trade'")
	settled(page)
	row = "cur_frm.doc.items[0]"
	page.evaluate("cur_frm.doc.items && cur_frm.doc.items.length || cur_frm.add_child('items')")
	page.evaluate("cur_frm.refresh_field('items')")
	page.evaluate(WATCH)

	def after(change: str, value: str, reached: str) -> float:
		"""What the line costs once it has settled after a field was changed."""
		where = f"{row}.doctype, {row}.name" if change in ("item_code", "qty", "uom") else None
		page.evaluate(
			f"frappe.model.set_value({where}, '{change}', {value})"
			if where
			else f"cur_frm.set_value('{change}', {value})"
		)
		page.wait_for_function(f"{row}.{reached}")
		settled(page)
		return page.evaluate(f"{row}.rate")

	single = after("item_code", f"'{item}'", "b2b_calculated_rate > 0")
	many = after("qty", "48", f"rate < {single}")
	assert after("qty", "1", f"rate > {many}") == single
	boxed = after("uom", "'Box'", "rate > 50")
	silver = after(by, f"'{silver_customer}'", f"rate > {boxed}")
	once = after(date, "'2020-03-01'", "rate < 20")
	seen = [text for text in page.evaluate("window.seen_rates") if text != "£ 0.00"]
	assert seen == [f"£ {rate:.2f}" for rate in (single, many, single, boxed, silver, once)]


def test_lines_of_a_mix_follow_each_other(login, page, api) -> None:
	login("desk")
	new_order(page, api)
	page.evaluate(
		"""async () => {
			const [first] = cur_frm.doc.items;
			await frappe.model.set_value(first.doctype, first.name, "item_code", "MUG-OCHRE");
			const second = cur_frm.add_child("items");
			await frappe.model.set_value(second.doctype, second.name, "item_code", "VASE-BUD");
		}"""
	)
	page.wait_for_function("cur_frm.doc.items[1] && cur_frm.doc.items[1].b2b_calculated_rate > 0")
	settled(page)
	page.evaluate(
		"frappe.model.set_value(cur_frm.doc.items[1].doctype, cur_frm.doc.items[1].name, 'qty', 47)"
	)
	page.wait_for_function("cur_frm.doc.items[0].rate === 3.95")
	settled(page)
	page.evaluate("cur_frm.save()")
	page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	assert page.evaluate("cur_frm.doc.items.map((row) => row.rate)") == [3.95, 4.7]


def test_a_changed_price_asks_why(login, page, api, shot) -> None:
	login("desk")
	new_order(page, api)
	page.evaluate(
		"frappe.model.set_value(cur_frm.doc.items[0].doctype, cur_frm.doc.items[0].name, 'item_code', 'MUG-OCHRE')"
	)
	page.wait_for_function("cur_frm.doc.items[0].b2b_calculated_rate > 0")
	settled(page)
	page.evaluate(
		"frappe.model.set_value(cur_frm.doc.items[0].doctype, cur_frm.doc.items[0].name, 'rate', 4)"
	)
	dialog = page.locator(".modal-dialog:visible", has_text="Why £ 4.00 for MUG-OCHRE?")
	dialog.wait_for()
	expect(dialog).to_contain_text("£ 4.15 is calculated")
	shot("price-changed")
	dialog.get_by_role("button", name="Take £ 4.15").click()
	page.wait_for_function("cur_frm.doc.items[0].rate === 4.15")
	settled(page)
	page.evaluate(
		"frappe.model.set_value(cur_frm.doc.items[0].doctype, cur_frm.doc.items[0].name, 'rate', 4)"
	)
	dialog.wait_for()
	dialog.locator("[data-fieldname=reason] textarea").fill("Promised at the fair")
	dialog.get_by_role("button", name="Keep £ 4.00").click()
	settled(page)
	page.evaluate("cur_frm.save()")
	page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	order = page.evaluate("cur_frm.doc.name")
	assert page.evaluate("cur_frm.doc.items[0].rate") == 4
	(name,) = api.names("Price Override", reference_name=order)
	entry = api.get("Price Override", name)
	assert (entry["rate"], entry["calculated_rate"], entry["reason"]) == (4, 4.15, "Promised at the fair")
	page.goto(f"/app/price-override/{name}")
	page.locator("[data-fieldname=reason]", has_text="Promised at the fair").wait_for()
	shot("price-override")


def test_update_items_has_room_for_a_reason(login, page, api, shot) -> None:
	template = api.get("Sales Order", api.names("Sales Order", po_no="FORWARD-ORDER")[0])
	kept = {key: template[key] for key in ("company", "selling_price_list", "delivery_date")}
	row = {"item_code": "VASE-BUD", "qty": 2, "warehouse": template["items"][0]["warehouse"]}
	order = api.submit(api.make("Sales Order", customer=CUSTOMER, items=[row], **kept))["name"]
	login("manager")
	page.goto(f"/app/sales-order/{order}")
	page.get_by_role("button", name="Update Items").click()
	dialog = page.locator(".modal-dialog:visible", has_text="Update Items")
	dialog.locator("[data-fieldname=b2b_reason] textarea").fill("Chipped glaze")
	page.evaluate(
		"""() => {
			const grid = cur_dialog.fields_dict.trans_items;
			grid.df.data[0].rate = 4;
			grid.grid.refresh();
		}"""
	)
	shot("update-items-reason")
	dialog.get_by_role("button", name="Update", exact=True).click()
	# ERPNext asks again when something is reserved
	page.get_by_role("button", name="Yes", exact=True).click()
	page.wait_for_function("cur_frm.doc.items[0].rate === 4")
	assert api.get("Sales Order", order)["items"][0]["b2b_override_reason"] == "Chipped glaze"


def test_a_tier_shows_what_it_comes_to(login, page, shot) -> None:
	login("manager")
	page.goto("/app/trade-price-tier/Gold")
	panel = page.locator("[data-fieldname=preview_html] .b2b-panel")
	panel.wait_for()
	expect(panel.locator("tbody tr", has_text="MUG-OCHRE")).to_contain_text("£ 4.15")
	expect(panel.locator("tbody tr", has_text="MUG-OCHRE")).to_contain_text("from 48: £ 3.95")
	panel.scroll_into_view_if_needed()
	shot("tier-prices", height=1500)
	page.set_viewport_size(PHONE)
	panel.scroll_into_view_if_needed()
	shot("tier-prices-phone")


def test_a_file_is_looked_at_before_it_changes_a_tier(login, page, api, shot, tmp_path) -> None:
	file = tmp_path / "silver.csv"
	file.write_text(
		"Item Code,Minimum Quantity,Price,Discount %\nCANDLE-FIG,24,5.45,\nMUG-COBALT,,4.05,\nNOWHERE,,1,\n"
	)
	login("manager")
	page.goto("/app/trade-price-tier/Silver")
	page.locator("[data-fieldname=preview_html] .b2b-panel").wait_for()
	page.get_by_role("button", name="Many Rows").click()
	page.locator(".dropdown-menu:visible").get_by_text("Import…").click()
	dialog = page.locator(".modal-dialog:visible", has_text="Import into Silver")
	dialog.get_by_role("button", name="Attach").click()
	page.locator(".file-uploader input[type=file]").set_input_files(file)
	page.locator(".modal-dialog:visible", has_text="Upload").get_by_role(
		"button", name="Upload", exact=True
	).click()
	dialog.locator(".attached-file-link").wait_for()
	dialog.get_by_role("button", name="Preview").click()
	expect(dialog).to_contain_text("Line 4: there is no item NOWHERE")
	expect(dialog.locator("tbody tr", has_text="CANDLE-FIG")).to_contain_text("£ 5.45")
	shot("tier-import")
	dialog.get_by_role("button", name="Preview").wait_for()
	dialog.locator("input[data-fieldname=only_good]").check()
	dialog.get_by_role("button", name="Preview").click()
	dialog.get_by_role("button", name="Change the Tier").click()
	expect(dialog).to_be_hidden()
	rows = api.get("Trade Price Tier", "Silver")["rows"]
	assert [row["rate"] for row in rows if row.get("item_code") == "MUG-COBALT"] == [4.05]


def test_papers_print_as_the_account_prefers(login, page, shot, quotation, api) -> None:
	login("desk")
	page.goto(f"/printview?doctype=Quotation&name={quotation}&format=Trade%20Quotation&no_letterhead=1")
	paper = page.locator(".b2b-tp")
	paper.wait_for()
	expect(paper).to_contain_text("List Price")
	expect(paper).to_contain_text("Net Price")
	shot("trade-quotation", height=1150)
	order = api.names("Sales Order", po_no="FORWARD-ORDER")[0]
	page.goto(
		f"/printview?doctype=Sales%20Order&name={order}&format=Trade%20Order%20Confirmation&no_letterhead=1"
	)
	expect(paper).to_contain_text(order)
	expect(paper.locator(".sums .due")).to_contain_text("£")
	shot("trade-order-confirmation", height=1150)
	page.set_viewport_size(PHONE)
	assert page.evaluate("document.querySelector('.b2b-tp').scrollWidth") <= PHONE["width"]
	shot("trade-order-confirmation-phone")


def test_an_account_has_its_price_list(login, page, api) -> None:
	login("desk")
	(account,) = api.names("Trade Account", customer=CUSTOMER)
	page.goto(f"/app/trade-account/{account}")
	page.get_by_role("button", name="Price List").click()
	with page.expect_download() as caught:
		page.locator(".dropdown-menu:visible").get_by_text("XLSX").click()
	assert caught.value.suggested_filename.endswith(".xlsx")
