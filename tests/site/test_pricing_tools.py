"""Many rows of a tier at once, what a tier refuses, and an account's price list as a file."""

import io
from datetime import date, timedelta

import frappe
import pytest
from builders import make_user, unique
from frappe.utils import nowdate
from openpyxl import load_workbook
from pricing_case import make_tier, priced_item, tier_row, trade_customer

from wholesale_b2b.api.v1 import price_list as download
from wholesale_b2b.wholesale_b2b.doctype.trade_price_tier import trade_price_tier as tools

HEADER = "Item Code,UOM,Minimum Quantity,Discount %,Price\n"
TOMORROW = str(date.today() + timedelta(days=1))


def file_of(content, name="tier.csv"):
	doc = frappe.get_doc(
		{"doctype": "File", "file_name": f"{unique('f')}-{name}", "content": content, "is_private": 1}
	).insert()
	frappe.db.commit()
	return doc.file_url


def exported(tier, kind):
	tools.export_tier(tier.name, kind)
	return frappe.response.pop("filecontent")


def figures(tier):
	tier.reload()
	return [
		(row.item_code, row.rate, str(row.valid_from or ""), str(row.valid_upto or "")) for row in tier.rows
	]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_comes_back_as_the_same(kind):
	item = priced_item()
	tier = make_tier(
		tier_row(5), tier_row(item_code=item.name, rate=8), tier_row(item_code=item.name, rate=7, min_qty=24)
	)
	seen = tools.preview_import(tier.name, file_of(exported(tier, kind), f"tier.{kind}"))
	assert (seen["counts"], seen["changes"], seen["bad"]) == ({"same": 3}, [], [])


def test_a_file_holds_from_its_day_on():
	item, other = priced_item(), priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8))
	url = file_of(f"{HEADER}{item.name},,,,9\n{other.name},,,10,\n")
	seen = tools.preview_import(tier.name, url, TOMORROW)
	change = next(row for row in seen["changes"] if row["target"] == item.name)
	assert (change["old_rate"], change["new_rate"], change["difference"]) == (8, 9, 12.5)
	assert figures(tier) == [(item.name, 8, "", "")]
	tools.import_file(tier.name, url, TOMORROW)
	assert set(figures(tier)) == {
		(item.name, 8, "", nowdate()),
		(item.name, 9, TOMORROW, ""),
		(other.name, 0, TOMORROW, ""),
	}


def test_bad_rows_stop_a_file_or_are_left_out_as_is_chosen():
	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8))
	url = file_of(f"{HEADER}{item.name},,,,9\nNOWHERE,,,,1\n{item.name},,24,10,5\n{item.name},Barrel,,,5\n")
	bad = [row["line"] for row in tools.preview_import(tier.name, url, TOMORROW)["bad"]]
	assert bad == [3, 4, 5]
	with pytest.raises(
		frappe.ValidationError, match=r"Nothing was changed: 3 rows.*line 3, there is no item"
	):
		tools.import_file(tier.name, url, TOMORROW)
	assert figures(tier) == [(item.name, 8, "", "")]
	assert tools.import_file(tier.name, url, TOMORROW, only_good=True)["left_out"] == 3
	assert [rate for _item, rate, *_days in figures(tier)] == [8, 9]


def test_a_file_without_prices():
	tier = make_tier(tier_row(5))
	with pytest.raises(frappe.ValidationError, match="no column"):
		tools.preview_import(tier.name, file_of("Item Code,Colour\nX,red\n"))


def test_prices_are_raised_by_a_percentage():
	item = priced_item()
	tier = make_tier(tier_row(5), tier_row(item_code=item.name, rate=8))
	assert tools.preview_raise(tier.name, 5, TOMORROW)["changes"][0]["difference"] == 5
	tools.raise_prices(tier.name, 5, TOMORROW)
	assert (item.name, 8.4, TOMORROW, "") in figures(tier)
	for percent in (0, 100):
		with pytest.raises(frappe.ValidationError, match="is not possible"):
			tools.raise_prices(tier.name, percent)


def test_a_copy_inherits_or_stands_alone():
	item = priced_item()
	silver = make_tier(tier_row(item_code=item.name, rate=8))
	gold = make_tier(parent_tier=silver.name, change_percent=-5)
	copy = frappe.get_doc("Trade Price Tier", tools.copy_tier(gold.name, unique("Copy")))
	flat = frappe.get_doc("Trade Price Tier", tools.copy_tier(gold.name, unique("Flat"), True))
	assert (copy.parent_tier, flat.parent_tier) == (silver.name, None)
	assert [(row.item_code, row.rate) for row in flat.rows] == [(item.name, 7.6)]


def test_tools_need_the_right_to_change_the_tier():
	item = priced_item()
	tier, url = make_tier(tier_row(item_code=item.name, rate=8)), file_of(f"{HEADER}{item.name},,,,9\n")
	for roles in (("Sales User",), ("Wholesale Buyer",), ()):
		frappe.set_user("Administrator")
		frappe.set_user(make_user(*roles).name if roles else "Guest")
		for tool in (
			lambda: tools.import_file(tier.name, url),
			lambda: tools.raise_prices(tier.name, 5),
			lambda: tools.preview_raise(tier.name, 5),
			lambda: tools.copy_tier(tier.name, "Stolen"),
		):
			with pytest.raises(frappe.PermissionError):
				tool()
		if "Sales User" not in roles:
			with pytest.raises(frappe.PermissionError):
				tools.export_tier(tier.name)
			with pytest.raises(frappe.PermissionError):
				tools.prices_of(tier.name)


def test_an_export_tells_costs_to_those_who_may_see_them():
	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=8))
	assert b"Margin %" in exported(tier, "csv")
	frappe.set_user(make_user("Sales User").name)
	told = exported(tier, "csv")
	assert b"Price Now" in told and b"Margin %" not in told and b"Cost" not in told


def test_rows_that_overlap_are_refused():
	item = priced_item()
	first = tier_row(item_code=item.name, rate=8, valid_upto="2030-06-30")
	with pytest.raises(frappe.ValidationError, match="overlaps with row 1"):
		make_tier(first, tier_row(item_code=item.name, rate=9, valid_from="2030-06-30"))
	make_tier(first, tier_row(item_code=item.name, rate=9, valid_from="2030-07-01"))


def test_a_circle_of_tiers_is_refused():
	silver = make_tier(tier_row(5))
	gold = make_tier(parent_tier=silver.name)
	silver.parent_tier = gold.name
	with pytest.raises(frappe.ValidationError, match="inherit from each other"):
		silver.save()
	with pytest.raises(frappe.LinkExistsError, match="inherits from"):
		frappe.delete_doc("Trade Price Tier", silver.name)


def test_a_currency_without_a_rate_is_told_of():
	frappe.clear_messages()
	currency = unique("Cur")
	frappe.get_doc({"doctype": "Currency", "currency_name": currency, "enabled": 1}).insert()
	make_tier(tier_row(5), currency=currency, do_not_save=True).insert()
	assert any("no exchange rate from" in str(one) for one in frappe.message_log)


def test_a_tier_below_one_in_another_currency_is_told_in_its_own():
	if not frappe.db.exists("Currency Exchange", {"from_currency": "EUR", "to_currency": "GBP"}):
		rate = {"from_currency": "EUR", "to_currency": "GBP", "exchange_rate": 0.8, "for_selling": 1}
		frappe.get_doc({"doctype": "Currency Exchange", "date": nowdate(), **rate}).insert()
	item = priced_item()
	silver = make_tier(tier_row(item_code=item.name, rate=10, uom="Nos"), currency="EUR")
	gold = make_tier(parent_tier=silver.name, change_percent=-10)
	(line,) = tools.prices_of(gold.name, search=item.name)["items"]
	assert (tools.prices_of(gold.name)["currency"], line["rate"], line["list_rate"]) == ("GBP", 7.2, 10)
	assert tools.prices_of(silver.name)["currency"] == "EUR"
	silver.reload()
	gold.append("rows", tier_row(item_code=item.name, rate=7))
	gold.save()
	assert (silver.rows[0].currency, gold.rows[0].currency) == ("EUR", "GBP")
	assert tools.preview_raise(gold.name, 10, TOMORROW)["currency"] == "GBP"


def test_large_figures_are_written_out():
	item = priced_item(12345678.5)
	tier = make_tier(tier_row(item_code=item.name, rate=1234567.89))
	url = file_of(f"{HEADER}{item.name},,,,1234568.01\n")
	(change,) = tools.preview_import(tier.name, url, TOMORROW)["changes"]
	assert (change["old"], change["new"]) == ("1234567.89", "1234568.01")


def sheet_of(account):
	download(account, "xlsx")
	book = load_workbook(io.BytesIO(frappe.response.pop("filecontent")))
	return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_a_price_list_has_the_breaks_of_its_account():
	item = priced_item()
	customer = trade_customer(make_tier(tier_row(20), tier_row(25, min_qty=24)).name)
	_about, heading, *lines = sheet_of(customer.account)
	line = dict(zip(heading, next(line for line in lines if line[1] == item.name), strict=True))
	assert (line["List Price"], line["Discount %"], line["Price"]) == (10, 20, 8)
	assert (line["From Quantity 1"], line["Price 1"]) == (24, 7.5)
	assert not [name for name in heading if "Cost" in name or "Margin" in name]
	with pytest.raises(frappe.ValidationError, match="pdf or xlsx"):
		download(customer.account, "docx")


def test_a_price_list_prints():
	item = priced_item()
	customer = trade_customer(make_tier(tier_row(20)).name)
	download(customer.account, "pdf", item.item_group)
	assert frappe.response.pop("filecontent").startswith(b"%PDF")


def test_a_price_list_is_for_its_own_customer():
	priced_item()
	own, other = trade_customer(make_tier(tier_row(20)).name), trade_customer(make_tier(tier_row(50)).name)
	user = make_user("Wholesale Buyer", user_type="Website User").name
	own.reload()
	own.append("portal_users", {"user": user})
	own.save()
	frappe.db.commit()
	frappe.set_user(user)
	assert len(sheet_of(trade_account_of(own))) > 2
	for account in (trade_account_of(other), "Nowhere"):
		with pytest.raises(frappe.PermissionError):
			download(account, "xlsx")
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		download(trade_account_of(own), "xlsx")


def trade_account_of(customer):
	return frappe.db.get_value("Trade Account", {"customer": customer.name})


def test_a_tier_that_was_changed_since_the_preview_is_not_changed_by_what_was_seen():
	item = priced_item()
	tier = make_tier(tier_row(item_code=item.name, rate=10))
	url = file_of(HEADER + f"{item.name},,,,12\n")
	looked = [tools.preview_import(tier.name, url)["seen"], tools.preview_raise(tier.name, 5)["seen"]]
	tier.reload()
	tier.description = "Somebody was here"
	tier.save()
	for act, args in ((tools.import_file, [url]), (tools.raise_prices, [5])):
		with pytest.raises(frappe.TimestampMismatchError, match="in the meantime"):
			act(tier.name, *args, seen=looked.pop(0))
	assert tools.import_file(tier.name, url, seen=tools.preview_import(tier.name, url)["seen"])["counts"]


def test_what_a_file_says_is_shown_as_text():
	tier = make_tier(tier_row(5))
	url = file_of(HEADER + "<img src=x onerror=alert(1)>,,,,12\n")
	(bad,) = tools.preview_import(tier.name, url)["bad"]
	assert "<img" not in bad["text"] and "&lt;img" in bad["text"]
	with pytest.raises(frappe.ValidationError) as refused:
		tools.import_file(tier.name, url)
	assert "<img" not in str(refused.value)
