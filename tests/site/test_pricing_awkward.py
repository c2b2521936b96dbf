"""The awkward cases on real documents: nothing, exactly at the limit, on the last day, below cost, and what cannot be priced."""

import frappe
import pytest
from builders import COMPANY, make_quotation, make_sales_order, make_user, order_quotation, warehouse
from frappe.utils import add_days, nowdate
from pricing_case import (
	TRADE,
	forget_settings,
	item_price,
	make_tier,
	priced_item,
	rates,
	tier_row,
	trade_customer,
)

WHY = {"b2b_override_reason": "end of line"}


def order(customer, *rows, **fields):
	return make_sales_order([{"rate": None, **row} for row in rows], customer=customer.name, **fields)


def quote(customer, *rows, **fields):
	return make_quotation([{"rate": None, **row} for row in rows], customer=customer.name, **fields)


def reasons(row, outcome="won"):
	kept = frappe.parse_json(row.b2b_price_decision)
	return [reason["what"] for reason in kept["reasons"] if reason["outcome"] == outcome]


# ---- nothing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("row", "source"),
	[
		({"rate": 0}, "Tier Price"),
		({"discount": 100}, "Tier Discount"),
		({"rate": 0, "min_qty": 5}, "Quantity Break"),
	],
)
def test_a_price_of_nothing_is_a_price(row, source):
	item = priced_item()
	customer = trade_customer(make_tier(tier_row(item_code=item.name, **row)).name)
	made = order(customer, {"item_code": item.name, "qty": 5})
	line = made.items[0]
	assert (line.rate, line.b2b_calculated_rate, line.price_list_rate, made.net_total) == (0, 0, 10, 0)
	assert line.b2b_price_source.startswith(source) and reasons(line) == [source]
	made.reload()
	assert (rates(made), made.items[0].discount_percentage) == ([0], 100)
	# and somebody who charges for it says why
	made = order(customer, {"item_code": item.name, "qty": 5}, do_not_submit=True)
	made.items[0].rate = 3
	with pytest.raises(frappe.ValidationError, match=r"costs £ 0\.00 .*not £ 3\.00"):
		made.save()


def test_a_net_price_of_nothing_is_kept_to_the_invoice():
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	item, customer = priced_item(is_stock_item=0), trade_customer()
	item_price(item.name, 0, customer=customer.name)
	frappe.db.commit()
	made = order(customer, {"item_code": item.name, "qty": 2})
	assert (rates(made), made.items[0].b2b_price_source.split(" – ")[0]) == ([0], "Net Price")
	invoice = make_sales_invoice(made.name)
	invoice.insert()
	assert (rates(invoice), invoice.items[0].b2b_price_source) == ([0], f"Sales Order – {made.name}")


# ---- exactly ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("qty", "uom", "rate"),
	[(23, "Nos", 8), (23.999, "Nos", 8), (24, "Nos", 7.5), (1, "Box", 96), (2, "Box", 90), (1.5, "Box", 96)],
)
def test_a_break_holds_from_exactly_its_limit_on(qty, uom, rate):
	customer = trade_customer(make_tier(tier_row(20), tier_row(25, min_qty=24)).name)
	item = priced_item(uoms=[{"uom": "Nos", "conversion_factor": 1}, {"uom": "Box", "conversion_factor": 12}])
	frappe.db.set_value("UOM", uom, "must_be_whole_number", 0)
	made = quote(customer, {"item_code": item.name, "qty": qty, "uom": uom})
	assert rates(made) == [rate]


def test_a_mix_holds_from_exactly_its_limit_on():
	customer = trade_customer(make_tier(tier_row(10, min_qty=24, mix="ceramics")).name)
	one, other = priced_item(), priced_item()
	made = order(
		customer, {"item_code": one.name, "qty": 12}, {"item_code": other.name, "qty": 11}, do_not_submit=True
	)
	assert rates(made) == [10, 10]
	made.items[1].qty = 12
	made.save()
	assert rates(made) == [9, 9]


# ---- the last day -----------------------------------------------------------------------------------------------


def test_the_last_day_of_a_row_is_inside():
	item = priced_item()
	rows = [
		tier_row(item_code=item.name, rate=8, valid_upto=nowdate()),
		tier_row(item_code=item.name, rate=9, valid_from=add_days(nowdate(), 1)),
	]
	customer = trade_customer(make_tier(*rows).name)
	made = quote(customer, {"item_code": item.name, "qty": 1}, do_not_submit=True)
	assert rates(made) == [8]
	made.update({"transaction_date": add_days(nowdate(), 1), "valid_till": add_days(nowdate(), 30)})
	made.save()
	assert rates(made) == [9]


def test_the_last_day_of_an_item_price_is_inside():
	item, customer = priced_item(), trade_customer()
	item_price(item.name, 6, customer=customer.name, valid_upto=nowdate())
	frappe.db.commit()
	made = quote(customer, {"item_code": item.name, "qty": 1}, do_not_submit=True)
	assert rates(made) == [6]
	made.update({"transaction_date": add_days(nowdate(), 1), "valid_till": add_days(nowdate(), 30)})
	made.save()
	assert rates(made) == [10]


@pytest.mark.parametrize(("till", "rate"), [(0, 7), (-1, 8)])
def test_a_quotation_holds_on_its_last_day_and_not_after_it(till, rate):
	customer, item = trade_customer(make_tier(tier_row(20)).name), priced_item()
	quoted = quote(customer, {"item_code": item.name, "qty": 1, "rate": 7, **WHY})
	frappe.db.set_value("Quotation", quoted.name, "valid_till", add_days(nowdate(), till))
	frappe.db.set_single_value("Selling Settings", "allow_sales_order_creation_for_expired_quotation", 1)
	frappe.db.commit()
	try:
		made = order_quotation(quoted)
	finally:
		frappe.db.set_single_value("Selling Settings", "allow_sales_order_creation_for_expired_quotation", 0)
		frappe.db.commit()
	assert rates(made) == [rate]
	kept = frappe.parse_json(made.items[0].b2b_price_decision)
	assert any(reason["why"] == "agreed_ended" for reason in kept["reasons"]) == (till < 0)


# ---- below cost -------------------------------------------------------------------------------------------------


def test_below_cost_an_order_waits_for_approval():
	"""Items cost 5: a margin of 0 percent makes that the floor, and 4 is 25 percent below cost."""
	from wholesale_b2b.api.v1 import price_document

	item, customer = priced_item(), trade_customer()
	rep = make_user("Sales User", "Stock User").name
	forget_settings(floor_by="Margin", floor_percent=0)
	try:
		shown = order(customer, {"item_code": item.name, "qty": 5, "rate": 4, **WHY}, do_not_submit=True)
		told = price_document(frappe.as_json(shown.as_dict()))["rows"][shown.items[0].name]
		assert (told["margin"], told["floor"]) == (-25, 5)
		frappe.set_user(rep)
		made = order(customer, {"item_code": item.name, "qty": 5, "rate": 4, **WHY})
		held = frappe.get_all("Order Hold", {"sales_order": made.name, "status": "Open"}, pluck="kind")
		assert (rates(made), held) == ([4], ["Price Below Floor"])
		logged = frappe.get_all("Price Override", {"reference_name": made.name}, ["status", "below_floor"])
		assert logged == [{"status": "Awaiting Approval", "below_floor": 1}]
		# what is calculated is raised, and waits for nobody
		frappe.set_user("Administrator")
		cheap = trade_customer(make_tier(tier_row(60)).name)
		assert rates(order(cheap, {"item_code": item.name, "qty": 1})) == [5]
	finally:
		frappe.set_user("Administrator")
		forget_settings(floor_by="", floor_percent=0)


# ---- what cannot be priced --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("row", "head", "match"),
	[
		({"item_code": "Nowhere"}, {}, "Nowhere"),
		({"uom": "Barrel"}, {}, r"Row 1: .*Barrel.* is not known for"),
		({"qty": 0}, {}, r"(?i)quantity|qty"),
		({}, {"currency": "JPY"}, r"(?i)exchange rate"),
	],
)
def test_a_document_says_what_is_wrong(row, head, match):
	item, customer = priced_item(), trade_customer(make_tier(tier_row(20)).name)
	if not frappe.db.exists("UOM", "Barrel"):
		frappe.get_doc({"doctype": "UOM", "uom_name": "Barrel"}).insert()
	doc = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"company": COMPANY,
			"customer": customer.name,
			"delivery_date": add_days(nowdate(), 7),
			"selling_price_list": TRADE,
			"items": [{"item_code": item.name, "qty": 1, "warehouse": warehouse(), **row}],
			**head,
		}
	)
	with pytest.raises(frappe.ValidationError, match=match):
		doc.insert()


def test_a_disabled_item_is_not_ordered():
	item, customer = priced_item(), trade_customer(make_tier(tier_row(20)).name)
	item.disabled = 1
	item.save()
	with pytest.raises(frappe.ValidationError, match="disabled"):
		order(customer, {"item_code": item.name, "qty": 1})


# ---- more doors -------------------------------------------------------------------------------------------------


def test_items_that_an_invoice_takes_from_a_quotation_cost_what_was_quoted():
	from erpnext.selling.doctype.quotation.quotation import make_sales_invoice

	customer = trade_customer(make_tier(tier_row(20)).name)
	item, other = priced_item(is_stock_item=0), priced_item(is_stock_item=0)
	rows = [
		{"item_code": item.name, "qty": 1, "rate": 7, **WHY},
		{"item_code": other.name, "qty": 2},
		{"item_code": item.name, "qty": 5, "rate": 6, **WHY},
	]
	quoted = quote(customer, *rows)
	item_price(other.name, 99, valid_from=nowdate())
	frappe.db.commit()
	invoice = make_sales_invoice(quoted.name)
	assert (rates(invoice), invoice.net_total) == ([7, 8, 6], 53)
	invoice.insert()
	assert (rates(invoice), invoice.net_total) == ([7, 8, 6], 53)
	assert invoice.items[0].b2b_price_source == f"Quotation – {quoted.name}"
	# a second quotation on the same invoice, as the form's button brings it
	second = quote(customer, {"item_code": item.name, "qty": 1, "rate": 5, **WHY})
	more = make_sales_invoice(second.name, invoice)
	assert rates(more) == [7, 8, 6, 5]
	more.items[3].rate = 4
	with pytest.raises(frappe.ValidationError, match=r"costs £ 5\.00 \(Quotation\), not £ 4\.00"):
		more.save()


def test_what_was_quoted_to_one_customer_is_not_anothers():
	tier = make_tier(tier_row(20)).name
	customer, other, item = trade_customer(tier), trade_customer(tier), priced_item()
	quoted = quote(customer, {"item_code": item.name, "qty": 1, "rate": 7, **WHY})
	made = order_quotation(quoted, do_not_save=True)
	made.update({"customer": other.name, "b2b_trade_account": other.account, "customer_address": None})
	made.items[0].rate = 0
	made.insert()
	assert rates(made) == [8]


def test_a_credit_note_takes_the_price_of_the_invoice():
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	customer, item = trade_customer(make_tier(tier_row(20)).name), priced_item(is_stock_item=0)
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": COMPANY,
			"customer": customer.name,
			"items": [{"item_code": item.name, "qty": 3}],
		}
	)
	invoice.insert().submit()
	item_price(item.name, 99, valid_from=nowdate())
	frappe.db.commit()
	back = make_sales_return(invoice.name)
	back.items[0].qty = -1
	back.insert().submit()
	assert (rates(back), back.items[0].b2b_price_source) == ([8], f"Original Document – {invoice.name}")
	frappe.db.commit()
