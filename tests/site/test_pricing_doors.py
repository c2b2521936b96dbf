"""The same price by every door: mapping, Update Items, amendment, returns, REST, Data Import, tills; and ERPNext's own questions."""

import json

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_customer,
	make_item,
	make_quotation,
	make_sales_order,
	order_quotation,
	unique,
	update_items,
	update_items_request,
	warehouse,
)
from frappe.utils import add_days, nowdate
from pricing_case import (
	TRADE,
	item_price,
	make_tier,
	price_list,
	priced_item,
	rates,
	tier_row,
	trade_customer,
)
from till import Till

from wholesale_b2b.pricing import overrides

WHY = {"b2b_override_reason": "agreed on the phone"}


@pytest.fixture
def customer():
	return trade_customer(make_tier(tier_row(20), tier_row(25, min_qty=24)).name)


def order(customer, *rows, **fields):
	return make_sales_order([{"rate": None, **row} for row in rows], customer=customer.name, **fields)


def quote(customer, *rows, **fields):
	return make_quotation([{"rate": None, **row} for row in rows], customer=customer.name, **fields)


# ---- mapping ----------------------------------------------------------------------------------------------------


def test_a_quoted_price_is_kept_on_the_order(customer):
	item = priced_item()
	quoted = quote(customer, {"item_code": item.name, "qty": 24, "rate": 7, **WHY})
	item_price(item.name, 30, valid_from=nowdate())
	frappe.db.commit()
	made = order_quotation(quoted, do_not_submit=True)
	row = made.items[0]
	assert (row.rate, row.b2b_price_source, row.b2b_calculated_rate) == (7, f"Quotation – {quoted.name}", 7)
	# fewer of it, on the same quotation
	row.qty = 1
	made.save()
	assert rates(made) == [7]
	made.items[0].rate = 6
	with pytest.raises(frappe.ValidationError, match=r"costs £ 7\.00 \(Quotation\), not £ 6\.00"):
		made.save()


def test_a_quotation_that_has_expired_is_priced_anew(customer):
	item = priced_item()
	quoted = quote(customer, {"item_code": item.name, "qty": 1, "rate": 7, **WHY})
	frappe.db.set_value("Quotation", quoted.name, "valid_till", add_days(nowdate(), -1))
	frappe.db.set_single_value("Selling Settings", "allow_sales_order_creation_for_expired_quotation", 1)
	frappe.db.commit()
	try:
		made = order_quotation(quoted)
	finally:
		frappe.db.set_single_value("Selling Settings", "allow_sales_order_creation_for_expired_quotation", 0)
		frappe.db.commit()
	assert rates(made) == [8]
	kept = frappe.parse_json(made.items[0].b2b_price_decision)
	assert kept["reasons"][0]["why"] == "agreed_ended" and kept["reasons"][0]["about"]["name"] == quoted.name


def test_deliveries_and_invoices_cost_what_the_order_says(customer):
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as of_delivery

	item = priced_item()
	add_stock(item.name, 50)
	made = order(customer, {"item_code": item.name, "qty": 30})
	item_price(item.name, 99, valid_from=nowdate())
	frappe.db.commit()
	note = make_delivery_note(made.name)
	note.items[0].qty = 5
	note.insert()
	assert (rates(note), note.items[0].discount_percentage) == ([7.5], 25)
	assert note.items[0].b2b_price_source == f"Sales Order – {made.name}"
	note.submit()
	frappe.db.commit()
	for invoice in (of_delivery(note.name), make_sales_invoice(made.name)):
		assert rates(invoice) == [7.5]
		invoice.insert()
		assert (rates(invoice), invoice.items[0].price_list_rate) == ([7.5], 10)
		invoice.items[0].rate = 7
		with pytest.raises(frappe.ValidationError, match="Reason for Changed Price"):
			invoice.save()
		frappe.db.rollback()


def test_a_return_takes_the_price_of_the_original(customer):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	item = priced_item()
	add_stock(item.name, 50)
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": COMPANY,
			"customer": customer.name,
			"items": [{"item_code": item.name, "qty": 24, "warehouse": warehouse()}],
		}
	)
	note.insert().submit()
	frappe.db.commit()
	assert rates(note) == [7.5]
	item_price(item.name, 99, valid_from=nowdate())
	back = make_sales_return(note.name)
	back.items[0].qty = -2
	back.insert()
	assert (rates(back), back.items[0].b2b_price_source) == ([7.5], f"Original Document – {note.name}")
	# a part of the price is given back
	back.items[0].rate = 5
	back.save()
	assert rates(back) == [5]
	back.items[0].rate = 0
	back.save()
	assert rates(back) == [7.5]


# ---- after submit -----------------------------------------------------------------------------------------------


def test_update_items_prices_by_the_new_quantity(customer):
	item, other = priced_item(), priced_item(20)
	made = order(customer, {"item_code": item.name, "qty": 1}, {"item_code": other.name, "qty": 1})
	item_price(other.name, 99, valid_from=nowdate())
	frappe.db.commit()
	update_items(made, {0: {"qty": 24}})
	# the row that was not touched keeps its price
	assert (rates(made), made.items[0].discount_percentage) == ([7.5, 16], 25)
	assert made.net_total == 24 * 7.5 + 16
	assert made.items[0].b2b_price_source.startswith("Quantity Break")


def test_update_items_asks_for_a_reason_and_logs_it(customer):
	item = priced_item()
	made = order(customer, {"item_code": item.name, "qty": 1})
	with pytest.raises(frappe.ValidationError, match="Reason for Changed Price"):
		update_items_request(made, {0: {"rate": 7}})
	frappe.db.rollback()
	update_items(made, {0: {"rate": 7, "b2b_override_reason": "late delivery"}})
	assert (rates(made), made.items[0].b2b_override_reason) == ([7], "late delivery")
	logged = frappe.get_all(
		"Price Override", {"reference_name": made.name}, ["rate", "calculated_rate", "reason"]
	)
	assert logged == [{"rate": 7, "calculated_rate": 8, "reason": "late delivery"}]
	update_items(made, {0: {"qty": 30}})
	assert (rates(made), made.items[0].b2b_calculated_rate) == ([7], 7.5)


def test_a_row_that_update_items_adds_is_priced(customer):
	item, new = priced_item(), priced_item(20)
	made = order(customer, {"item_code": item.name, "qty": 1})
	row = {
		"item_code": new.name,
		"qty": 24,
		"rate": 0,
		"uom": "Nos",
		"conversion_factor": 1,
		"delivery_date": made.items[0].delivery_date,
	}
	for shown in (0, 16, 20):
		rows = [
			{
				"docname": made.items[0].name,
				"item_code": item.name,
				"qty": 1,
				"rate": 8,
				"uom": "Nos",
				"conversion_factor": 1,
			},
			{**row, "rate": shown},
		]
		frappe.call(
			frappe.get_attr(
				frappe.override_whitelisted_method(
					"erpnext.controllers.accounts_controller.update_child_qty_rate"
				)
			),
			parent_doctype="Sales Order",
			trans_items=frappe.as_json(rows),
			parent_doctype_name=made.name,
		)
		made.reload()
		assert rates(made) == [8, 15]
		frappe.db.rollback()


def test_update_items_by_python_is_priced_too(customer):
	from erpnext.controllers.accounts_controller import update_child_qty_rate

	item = priced_item()
	made = order(customer, {"item_code": item.name, "qty": 1})
	row = made.items[0]
	update_child_qty_rate(
		"Sales Order",
		json.dumps(
			[
				{
					"docname": row.name,
					"item_code": item.name,
					"qty": 24,
					"rate": row.rate,
					"uom": "Nos",
					"conversion_factor": 1,
				}
			]
		),
		made.name,
	)
	made.reload()
	assert rates(made) == [7.5]


def test_rows_of_a_mix_follow_a_changed_one():
	rows = (tier_row(0), tier_row(10, min_qty=24, mix="ceramics"))
	customer = trade_customer(make_tier(*rows).name)
	one, other = priced_item(), priced_item(20)
	made = order(customer, {"item_code": one.name, "qty": 12}, {"item_code": other.name, "qty": 11})
	assert rates(made) == [10, 20]
	update_items(made, {1: {"qty": 12}})
	assert (rates(made), made.net_total) == ([9, 18], 12 * 9 + 12 * 18)
	update_items(made, {1: {"qty": 5}})
	assert rates(made) == [10, 20]


def test_an_amended_order_costs_the_same(customer):
	item, other = priced_item(), priced_item(20)
	made = order(
		customer, {"item_code": item.name, "qty": 24}, {"item_code": other.name, "qty": 1, "rate": 15, **WHY}
	)
	made.cancel()
	frappe.db.commit()
	amended = frappe.copy_doc(made)
	amended.amended_from = made.name
	amended.insert()
	assert rates(amended) == [7.5, 15]
	assert amended.items[1].b2b_override_reason == "agreed on the phone"
	amended.items[0].qty = 1
	amended.save()
	assert rates(amended) == [8, 15]


# ---- REST, import, till -----------------------------------------------------------------------------------------


def test_rest_prices_what_it_is_given(customer):
	from frappe.client import insert, save

	item = priced_item()
	doc = {
		"doctype": "Sales Order",
		"company": COMPANY,
		"customer": customer.name,
		"delivery_date": add_days(nowdate(), 7),
		"selling_price_list": TRADE,
		"items": [{"item_code": item.name, "qty": 24, "warehouse": warehouse()}],
	}
	made = insert(json.dumps(doc))
	assert made["items"][0]["rate"] == 7.5
	sent = frappe.get_doc("Sales Order", made["name"]).as_dict(convert_dates_to_str=True)
	sent["items"][0]["qty"] = 1
	assert save(json.dumps(sent, default=str))["items"][0]["rate"] == 8
	doc["items"][0]["rate"] = 5
	with pytest.raises(frappe.ValidationError, match="Reason for Changed Price"):
		insert(json.dumps(doc))
	doc["items"][0].update(
		{"rate": 5, "b2b_calculated_rate": 5, "b2b_price_source": "Tier Price", "b2b_price_decision": "{}"}
	)
	assert insert(json.dumps(doc))["items"][0]["rate"] == 7.5


def test_data_import_prices_what_it_brings(customer, worker):
	item = priced_item()
	heading = [
		"Customer",
		"Company",
		"Delivery Date",
		"Price List",
		"Item Code (Items)",
		"Quantity (Items)",
		"Delivery Warehouse (Items)",
	]
	reference = unique("PO")
	text = "\n".join(
		[
			",".join([*heading, "Customer's Purchase Order"]),
			f"{customer.name},{COMPANY},{add_days(nowdate(), 7)},{TRADE},{item.name},24,{warehouse()},{reference}",
		]
	)
	file = frappe.get_doc(
		{"doctype": "File", "file_name": f"{unique('orders')}.csv", "content": text}
	).insert()
	doc = frappe.get_doc(
		{
			"doctype": "Data Import",
			"reference_doctype": "Sales Order",
			"import_type": "Insert New Records",
			"import_file": file.file_url,
		}
	).insert()
	frappe.db.commit()
	doc.start_import()
	worker()
	found = frappe.db.get_value("Sales Order", {"po_no": reference})
	assert found, frappe.get_all("Data Import Log", {"data_import": doc.name}, ["messages", "exception"])
	assert rates(frappe.get_doc("Sales Order", found)) == [7.5]


def test_a_till_sells_at_the_price_of_the_tier(customer):
	till = Till()
	item = priced_item()
	add_stock(item.name, 50)
	till.customer = customer.name
	frappe.db.set_value("POS Profile", till.profile, "selling_price_list", price_list())
	frappe.db.commit()
	frappe.clear_document_cache("POS Profile", till.profile)
	sold = till.sell(item.name, 24, 7.5)
	assert (rates(sold), sold.items[0].b2b_price_source.split(" – ")[0]) == ([7.5], "Quantity Break")
	back = till.take_back(sold, 2)
	assert (rates(back), back.items[0].b2b_price_source) == ([7.5], f"Original Document – {sold.name}")
	till.close()
	consolidated = frappe.get_doc(
		"Sales Invoice", frappe.db.get_value("POS Invoice", sold.name, "consolidated_invoice")
	)
	assert rates(consolidated) == [7.5]


# ---- ERPNext's forms --------------------------------------------------------------------------------------------


def form_of(customer, *rows):
	doc = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"name": "new-sales-order-1",
			"company": COMPANY,
			"customer": customer.name,
			"b2b_trade_account": customer.account,
			"currency": "GBP",
			"conversion_rate": 1,
			"selling_price_list": TRADE,
			"price_list_currency": "GBP",
			"plc_conversion_rate": 1,
			"transaction_date": nowdate(),
			"items": [
				{"name": f"row-{n}", "doctype": "Sales Order Item", **row} for n, row in enumerate(rows)
			],
		}
	)
	return json.loads(frappe.as_json(doc.as_dict()))


def args_of(doc, row=None):
	same = (
		"customer",
		"company",
		"currency",
		"conversion_rate",
		"price_list_currency",
		"plc_conversion_rate",
		"transaction_date",
	)
	return {
		**{field: doc[field] for field in same},
		"doctype": "Sales Order",
		"name": doc["name"],
		"price_list": TRADE,
		**(row or {}),
	}


def test_choosing_an_item_brings_its_price(customer):
	item = priced_item()
	doc = form_of(customer, {"item_code": item.name, "qty": 24, "uom": "Nos", "conversion_factor": 1})
	row = {"item_code": item.name, "qty": 24, "child_docname": "row-0", "child_doctype": "Sales Order Item"}
	out = overrides.get_item_details(json.dumps(args_of(doc, row)), json.dumps(doc))
	assert (out["rate"], out["price_list_rate"], out["discount_amount"], out["b2b_calculated_rate"]) == (
		7.5,
		10,
		2.5,
		7.5,
	)
	# the dialog of Update Items has no row yet, and shows the list rate as the rate
	out = overrides.get_item_details(
		json.dumps(args_of(doc, {"item_code": item.name, "qty": 1})), json.dumps(doc)
	)
	assert out["price_list_rate"] == 8


def test_changing_the_quantity_brings_the_price(customer):
	item = priced_item()
	row = {
		"item_code": item.name,
		"qty": 24,
		"uom": "Nos",
		"conversion_factor": 1,
		"rate": 8,
		"b2b_calculated_rate": 8,
		"b2b_price_decision": "{}",
	}
	doc = form_of(customer, row)
	asked = {
		"items": [
			{
				"doctype": "Sales Order Item",
				"name": "row-0",
				"child_docname": "row-0",
				"parenttype": "Sales Order",
				"stock_qty": 24,
				"stock_uom": "Nos",
				**row,
			}
		]
	}
	for question in (overrides.apply_price_list, overrides.apply_pricing_rule):
		answer = question(json.dumps({**args_of(doc), **asked}), doc=json.dumps(doc))
		child = (answer["children"] if isinstance(answer, dict) else answer)[0]
		assert (child["rate"], child["price_list_rate"], child["discount_amount"]) == (7.5, 10, 2.5)
		assert list(child)[-1] == "rate"


def test_forms_of_those_who_may_not_sell_get_erpnexts_own_answer(customer):
	from builders import make_user

	item = priced_item()
	doc = form_of(customer, {"item_code": item.name, "qty": 24, "uom": "Nos", "conversion_factor": 1})
	row = {"item_code": item.name, "qty": 24, "child_docname": "row-0"}
	frappe.set_user(make_user("Employee").name)
	out = overrides.get_item_details(json.dumps(args_of(doc, row)), json.dumps(doc))
	frappe.set_user("Administrator")
	assert out["price_list_rate"] == 10 and "b2b_calculated_rate" not in out


# ---- awkward ----------------------------------------------------------------------------------------------------


def test_two_units(customer):
	item = priced_item(uoms=[{"uom": "Nos", "conversion_factor": 1}, {"uom": "Box", "conversion_factor": 12}])
	made = order(
		customer,
		{"item_code": item.name, "qty": 1, "uom": "Box"},
		{"item_code": item.name, "qty": 1, "uom": "Nos"},
		{"item_code": item.name, "qty": 2, "uom": "Box"},
	)
	assert rates(made) == [96, 8, 90]
	assert [row.price_list_rate for row in made.items] == [120, 10, 120]


def test_bundles_and_variants(customer):
	kit = make_bundle({make_item().name: 2})
	item_price(kit.name, 30)
	template = make_item(has_variants=1, attributes=[{"attribute": colour()}], item_code=unique("TEMPLATE"))
	variant = frappe.get_doc(
		{
			"doctype": "Item",
			"item_code": f"{template.name}-RED",
			"item_name": "Red",
			"item_group": template.item_group,
			"stock_uom": "Nos",
			"variant_of": template.name,
			"attributes": [{"attribute": colour(), "attribute_value": "Red"}],
		}
	).insert()
	item_price(variant.name, 10)
	tier = frappe.get_doc(
		"Trade Price Tier", frappe.db.get_value("Trade Account", customer.account, "price_tier")
	)
	tier.append("rows", tier_row(50, item_code=template.name))
	tier.save()
	frappe.db.commit()
	made = order(customer, {"item_code": kit.name, "qty": 1}, {"item_code": variant.name, "qty": 1})
	assert rates(made) == [24, 5]


def colour():
	name = "Pricing Test Colour"
	if not frappe.db.exists("Item Attribute", name):
		frappe.get_doc(
			{
				"doctype": "Item Attribute",
				"attribute_name": name,
				"item_attribute_values": [{"attribute_value": "Red", "abbr": "RED"}],
			}
		).insert()
	return name


def test_an_item_that_moves_to_another_group_takes_its_price():
	groups = []
	for name in ("Pricing Test Mugs", "Pricing Test Vases"):
		if not frappe.db.exists("Item Group", name):
			frappe.get_doc(
				{"doctype": "Item Group", "item_group_name": name, "parent_item_group": "All Item Groups"}
			).insert()
		groups.append(name)
	tier = make_tier(tier_row(10, item_group=groups[0]), tier_row(30, item_group=groups[1]))
	customer, item = trade_customer(tier.name), priced_item(item_group=groups[0])
	made = order(customer, {"item_code": item.name, "qty": 1}, do_not_submit=True)
	assert rates(made) == [9]
	item.item_group = groups[1]
	item.save()
	made.save()
	assert rates(made) == [7]


def test_quantities_are_rounded_up_to_full_cases(customer):
	item = priced_item(b2b_case_pack=12, b2b_case_rounding="Round Up")
	made = order(customer, {"item_code": item.name, "qty": 13})
	assert (made.items[0].qty, made.items[0].stock_qty, rates(made), made.net_total) == (24, 24, [7.5], 180)
	refused = priced_item(b2b_case_pack=12, b2b_case_rounding="Refuse")
	with pytest.raises(frappe.ValidationError, match="full cases of 12; 13 is no multiple"):
		order(customer, {"item_code": refused.name, "qty": 13})
	shopper = make_customer(default_price_list=price_list())
	assert make_sales_order(item.name, 13, None, shopper.name, selling_price_list=TRADE).items[0].qty == 13


def test_an_account_in_euro_is_invoiced_in_euro():
	tier = make_tier(tier_row(20))
	customer = trade_customer(tier.name, currency="EUR")
	item = priced_item()
	made = order(customer, {"item_code": item.name, "qty": 3}, currency="EUR", conversion_rate=0.8)
	assert (made.currency, rates(made), made.items[0].price_list_rate) == ("EUR", [10], 12.5)
	assert (made.net_total, made.base_net_total) == (30, 24)


def test_sums_are_erpnexts_own(customer):
	items = [priced_item(rate).name for rate in (0.35, 3.33, 19.99, 1234.56)]
	made = order(customer, *({"item_code": item, "qty": 7} for item in items))
	assert made.net_total == pytest.approx(sum(round(row.rate * row.qty, 2) for row in made.items), abs=1e-9)
	for row in made.items:
		assert row.discount_amount == pytest.approx(row.price_list_rate - row.rate)
	before = rates(made)
	made.run_method("calculate_taxes_and_totals")
	assert rates(made) == before


def test_alternatives_do_not_count_for_the_mix_of_others():
	customer = trade_customer(make_tier(tier_row(10, min_qty=20, mix="all")).name)
	one, other = priced_item(), priced_item()
	quoted = quote(
		customer,
		{"item_code": one.name, "qty": 10},
		{"item_code": other.name, "qty": 10, "is_alternative": 1},
		do_not_submit=True,
	)
	assert rates(quoted) == [10, 10]


def test_a_tier_of_the_customers_group_and_of_an_order_rule():
	from builders import make_order_rule

	by_group, by_rule = make_tier(tier_row(5)), make_tier(tier_row(30))
	group = frappe.get_doc(
		{
			"doctype": "Customer Group",
			"customer_group_name": unique("Group"),
			"parent_customer_group": "All Customer Groups",
			"is_group": 1,
			"b2b_price_tier": by_group.name,
		}
	).insert()
	below = frappe.get_doc(
		{
			"doctype": "Customer Group",
			"customer_group_name": unique("Group"),
			"parent_customer_group": group.name,
		}
	).insert()
	customer = make_customer(customer_group=below.name)
	item = priced_item()
	plain = {"selling_price_list": TRADE, "rate": None, "customer": customer.name}
	made = make_sales_order(item.name, 1, do_not_submit=True, **plain)
	assert (rates(made), made.items[0].b2b_price_tier) == ([9.5], by_group.name)
	rule = make_order_rule(channel="trade-show", price_tier=by_rule.name)
	try:
		made.b2b_channel = "Trade-Show"
		made.save()
		assert (rates(made), made.items[0].b2b_price_tier) == ([7], by_rule.name)
	finally:
		rule.delete()
		frappe.db.set_value("Customer Group", group.name, "b2b_price_tier", None)
		frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="cannot ask for an order value"):
		make_order_rule(price_tier=by_rule.name, min_value=100)
