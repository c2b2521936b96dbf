"""What stands on paper: quotations, order confirmations, invoices and price lists show list, discount and net as the account
prefers, and nothing that is not the customer's business."""

import io
import re

import frappe
import pytest
from builders import make_quotation, make_sales_order
from openpyxl import load_workbook
from pricing_case import make_tier, priced_item, tier_row, trade_customer
from pypdf import PdfReader

from wholesale_b2b.api.v1 import price_list as download

PREFERENCES = [
	("List, Discount and Net", True, True),
	("List and Net", True, False),
	("Net Only", False, False),
]


def account_of(tier, **fields):
	return trade_customer(tier.name, **fields)


def paper_of(doctype, customer, item):
	rows = [{"item_code": item.name, "qty": 24, "rate": None}]
	if doctype == "Quotation":
		return make_quotation(rows, customer=customer.name)
	order = make_sales_order(rows, customer=customer.name)
	if doctype == "Sales Order":
		return order
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	invoice = make_sales_invoice(order.name)
	invoice.insert().submit()
	frappe.db.commit()
	return invoice


def words(html):
	return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.S))


@pytest.mark.parametrize(("preference", "with_list", "with_discount"), PREFERENCES)
@pytest.mark.parametrize(
	("doctype", "format_name"),
	[
		("Quotation", "Trade Quotation"),
		("Sales Order", "Trade Order Confirmation"),
		("Sales Invoice", "Trade Invoice"),
	],
)
def test_papers_print_as_the_account_prefers(doctype, format_name, preference, with_list, with_discount):
	tier = make_tier(tier_row(20), tier_row(25, min_qty=24), floor_by="Cost", floor_percent=10)
	customer = account_of(tier, print_prices=preference)
	doc = paper_of(doctype, customer, priced_item(is_stock_item=0))
	text = words(frappe.get_print(doctype, doc.name, format_name, no_letterhead=1))
	assert "£ 7.50" in text and "£ 180.00" in text
	assert ("List Price" in text, "£ 10.00" in text) == (with_list, with_list)
	assert ("Saved on the list" in text and "£ 60.00" in text) == with_list
	assert ("Discount" in text, "25 %" in text) == (with_discount, with_discount)
	assert not re.search(r"Margin|Cost|floor|" + tier.name, text)


def test_what_costs_what_the_list_says_shows_no_discount():
	doc = paper_of("Sales Order", trade_customer(), priced_item(is_stock_item=0))
	text = words(frappe.get_print("Sales Order", doc.name, "Trade Order Confirmation", no_letterhead=1))
	assert "£ 10.00" in text and not re.search("List Price|Discount|Saved", text)


def pages_of(account, **filters):
	download(account, "pdf", **filters)
	pages = PdfReader(io.BytesIO(frappe.response.pop("filecontent"))).pages
	return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


def pdf_of(account, **filters):
	return " ".join(pages_of(account, **filters))


@pytest.fixture
def group():
	name = frappe.generate_hash(length=8)
	doc = {"doctype": "Item Group", "item_group_name": name, "parent_item_group": "All Item Groups"}
	return frappe.get_doc(doc).insert().name


@pytest.mark.parametrize(("preference", "with_list", "with_discount"), PREFERENCES)
def test_a_price_list_has_breaks_and_the_columns_that_the_account_prefers(
	group, preference, with_list, with_discount
):
	item = priced_item(item_group=group, b2b_case_pack=6, b2b_case_rounding="Round Up")
	rows = (tier_row(20), tier_row(25, min_qty=24), tier_row(40, min_qty=1200000, mix="Pallets"))
	customer = account_of(make_tier(*rows, floor_by="Cost", floor_percent=10), print_prices=preference)
	text = pdf_of(customer.account, item_group=group)
	assert item.name in text and "case of 6" in text and "£ 8.00" in text
	assert re.search(r"\b24: *£ 7\.50", text) and re.search(r"1200000: *£ 6\.00", text) and "Pallets" in text
	assert ("£ 10.00" in text, "20 %" in text) == (with_list, with_discount)
	assert not re.search("Margin|Cost|floor", text)

	download(customer.account, "xlsx", item_group=group)
	sheet = load_workbook(io.BytesIO(frappe.response.pop("filecontent"))).active
	_about, heading, line = [list(row) for row in sheet.iter_rows(values_only=True)]
	told = dict(zip(heading, line, strict=True))
	assert (told["Price"], told["From Quantity 1"], told["Price 1"], told["Price 2"]) == (8, 24, 7.5, 6)
	assert ("List Price" in told, "Discount %" in told) == (with_list, with_discount)


def test_the_lines_of_a_price_list_stay_whole_at_the_end_of_a_page(group):
	for number in range(20):
		priced_item(item_group=group, item_name=f"Serving bowl <{number}> & lid, " + "deep " * number)
	rows = (tier_row(5 * n, min_qty=12 * n, mix="Table" if n == 5 else "") for n in range(1, 6))
	customer = account_of(make_tier(*rows))
	pages = pages_of(customer.account, item_group=group)
	assert len(pages) > 1
	# a name, and the last of its quantities, on each page alike
	assert [page.count("Serving bowl <") for page in pages] == [page.count("from 60:") for page in pages]
	assert sum(page.count("mix Table *") for page in pages) == 20
	assert "counted together over an order" in pages[-1]
