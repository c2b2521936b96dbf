"""Orders that go abroad: what their papers lack holds them, and what the papers show."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_customer,
	make_item,
	make_sales_order,
	warehouse,
)
from dispatching import make_account, make_address, pick

from wholesale_b2b.api.v1 import dispatch, order_status
from wholesale_b2b.fulfilment.export.hold_rule import ExportDetailsMissing
from wholesale_b2b.fulfilment.export.service import b2b_export_papers
from wholesale_b2b.fulfilment.holds.service import showing

pytestmark = pytest.mark.usefixtures("promises_hold")

CODE = "69120025"


@pytest.fixture(autouse=True)
def exporter():
	"""The company has an EORI during the test."""
	before = frappe.db.get_value("Company", COMPANY, "b2b_eori")
	frappe.db.set_value("Company", COMPANY, "b2b_eori", "GB123456789000")
	if not frappe.db.exists("Customs Tariff Number", CODE):
		frappe.get_doc({"doctype": "Customs Tariff Number", "tariff_number": CODE}).insert()
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_value("Company", COMPANY, "b2b_eori", before)
	frappe.db.commit()


def abroad(items, country="Germany", account=None, **fields):
	"""An order of a trade account to an address in another country."""
	account = account or make_account(incoterm="DAP", eori="DE1234567")
	address = make_address(account.customer, country=country, city="Hamburg").name
	frappe.db.commit()
	return make_sales_order(
		[{"item_code": item, "qty": 2} for item in items],
		customer=account.customer,
		b2b_trade_account=account.name,
		shipping_address_name=address,
		**fields,
	)


def hold(order):
	return ExportDetailsMissing().orders([order.name]).get(order.name)


def complete(item):
	item.update(
		{
			"customs_tariff_number": CODE,
			"country_of_origin": "United Kingdom",
			"weight_per_unit": 0.4,
			"weight_uom": "Kg",
		}
	)
	item.save()
	frappe.db.commit()


def test_what_is_missing_is_named_and_holds_until_it_is_entered(item):
	account = make_account()
	order = abroad([item.name], account=account)
	found = hold(order)
	assert found.kind == "Export Details Missing"
	for words in (
		"Germany",
		"your EORI or IOSS",
		"incoterm",
		"commodity code of " + item.name,
		"origin",
		"weight",
	):
		assert words in found.reason
	assert "our own EORI" not in found.reason
	assert "Trade Account" in found.release and "Item" in found.release
	complete(item)
	assert "commodity code" not in hold(order).reason
	account.reload()
	account.update({"ioss": "IM2760000742", "incoterm": "DDP"})
	account.save()
	frappe.db.commit()
	assert hold(order) is None
	frappe.db.set_value("Company", COMPANY, "b2b_eori", "")
	assert "our own EORI" in hold(order).reason


def test_nothing_is_asked_for_at_home_or_without_an_account(item):
	assert hold(abroad([item.name], "United Kingdom")) is None
	customer = make_account().customer
	address = make_address(customer, country="Germany").name
	frappe.db.commit()
	plain = make_sales_order(item.name, 1, customer=customer, shipping_address_name=address)
	if not plain.b2b_trade_account:
		assert hold(plain) is None


def test_one_store_abroad_among_many_and_components_of_bundles_count(item):
	account = make_account(incoterm="DAP", eori="FR12345678901")
	home = make_address(account.customer).name
	away = make_address(account.customer, country="France", city="Lyon").name
	parts = [make_item() for _ in range(2)]
	kit = make_bundle({part.name: 1 for part in parts})
	complete(parts[0])
	order = make_sales_order(
		[
			{"item_code": item.name, "qty": 1, "b2b_delivery_address": home},
			{"item_code": kit.name, "qty": 1, "b2b_delivery_address": away},
		],
		customer=account.customer,
		b2b_trade_account=account.name,
	)
	reason = hold(order).reason
	assert "France" in reason and parts[1].name in reason
	assert parts[0].name not in reason and item.name not in reason


def test_the_hold_keeps_it_from_being_picked_and_ends_by_itself(item):
	add_stock(item.name, 2)
	order = abroad([item.name])

	def open_holds():
		return frappe.get_all(
			"Order Hold", {"sales_order": order.name, "status": "Open", "kind": "Export Details Missing"}
		)

	assert len(open_holds()) == 1
	with pytest.raises(frappe.ValidationError, match="customs papers for Germany"):
		pick(order)
	frappe.db.rollback()
	assert order_status(order.name)["holds"][0]["kind"] == "Export Details Missing"
	complete(item)
	assert open_holds() == []
	pick(order)


def test_the_address_and_the_company_are_looked_at_again(item):
	complete(item)
	order = abroad([item.name], "United Kingdom", make_account())
	assert hold(order) is None
	address = frappe.get_doc("Address", order.shipping_address_name)
	address.country = "Germany"
	address.save()
	frappe.db.commit()
	assert frappe.db.exists("Order Hold", {"sales_order": order.name, "status": "Open"})
	address.country = "United Kingdom"
	address.save()
	frappe.db.commit()
	assert not frappe.db.exists("Order Hold", {"sales_order": order.name, "status": "Open"})


def test_many_orders_take_one_set_of_questions(item):
	orders = [abroad([item.name]).name for _ in range(3)]
	counts = []
	for names in (orders[:1], orders):
		before = frappe.db.sql("show session status like 'Questions'")[0][1]
		assert set(ExportDetailsMissing().orders(names)) == set(names)
		counts.append(int(frappe.db.sql("show session status like 'Questions'")[0][1]) - int(before))
	assert counts[0] == counts[1]


def test_the_papers_show_what_customs_ask_for(item):
	complete(item)
	add_stock(item.name, 2)
	order = abroad([item.name])
	assert hold(order) is None
	(note,) = dispatch(pick(order).name, submit=True)["made"]
	frappe.db.commit()
	invoice = frappe.get_print("Delivery Note", note, "Wholesale Commercial Invoice")
	for words in ("GB123456789000", "DE1234567", CODE, "United Kingdom", "0.800", "DAP", "HAMBURG", "20.00"):
		assert words in invoice, words
	packing = frappe.get_print("Delivery Note", note, "Wholesale Export Packing List")
	assert "0.800" in packing and CODE in packing and "20.00" not in packing
	assert "needs no such paper" not in invoice


def open_hold(order):
	return frappe.db.exists(
		"Order Hold", {"sales_order": order.name, "status": "Open", "kind": "Export Details Missing"}
	)


def test_an_eori_that_is_entered_on_the_account_or_the_company_releases(item, worker):
	complete(item)
	account = make_account(incoterm="DAP")
	order = abroad([item.name], account=account)
	assert open_hold(order)
	account.reload()
	account.eori = "DE1234567"
	account.save()
	assert not open_hold(order)

	company = frappe.get_doc("Company", COMPANY)
	company.b2b_eori = ""
	company.save()
	# a company with many orders is gone through by a worker
	worker()
	assert open_hold(order)
	company.reload()
	company.b2b_eori = "gb 123456789000"
	company.save()
	worker()
	assert company.b2b_eori == "GB123456789000"
	assert not open_hold(order)
	company.reload()
	company.b2b_eori = "GB12"
	with pytest.raises(frappe.ValidationError, match="12 or 15 digits"):
		company.save()


def test_what_says_where_an_incoterm_is_entered_is_true(item):
	complete(item)
	account = make_account(eori="DE1234567")
	order = abroad([item.name], account=account)
	assert hold(order).release == "Enter: Incoterm on the Trade Account."
	account.reload()
	account.incoterm = "DAP"
	account.save()
	assert hold(order) is None


def test_an_order_that_is_older_than_its_account_is_held_too(item):
	customer = make_customer().name
	address = make_address(customer, country="Germany", city="Hamburg").name
	frappe.db.commit()
	order = make_sales_order(item.name, 2, customer=customer, shipping_address_name=address)
	assert hold(order) is None
	account = make_account(customer)
	order.reload()
	assert not order.b2b_trade_account
	assert "Germany" in hold(order).reason and open_hold(order)
	account.reload()
	account.update({"eori": "DE1234567", "incoterm": "DAP"})
	account.save()
	complete(item)
	assert not open_hold(order)


def delivery(customer, item, address, doctype="Delivery Note", **fields):
	"""The draft of a delivery without an order."""
	row = {"item_code": item, "qty": 1, "rate": 10, "warehouse": warehouse()}
	return frappe.get_doc(
		{
			"doctype": doctype,
			"company": COMPANY,
			"customer": customer,
			"shipping_address_name": address,
			"items": [row],
			**fields,
		}
	).insert()


@pytest.mark.parametrize("fields", [{}, {"doctype": "Sales Invoice", "update_stock": 1}])
def test_a_delivery_without_an_order_is_looked_at(item, fields):
	add_stock(item.name, 2)
	account = make_account(incoterm="DAP")
	home = make_address(account.customer).name
	away = make_address(account.customer, country="Germany", city="Hamburg").name
	frappe.db.commit()
	delivery(account.customer, item.name, home, **fields).submit()
	note = delivery(account.customer, item.name, away, **fields)
	with pytest.raises(frappe.ValidationError, match="Germany still need your EORI"):
		note.submit()
	frappe.db.rollback()
	account.reload()
	account.eori = "DE1234567"
	account.save()
	complete(item)
	add_stock(item.name, 2)
	delivery(account.customer, item.name, away, **fields).submit()


def test_an_address_abroad_on_the_note_alone_is_looked_at(item):
	account = make_account(incoterm="DAP")
	home = make_address(account.customer).name
	away = make_address(account.customer, country="Germany", city="Hamburg").name
	add_stock(item.name, 2)
	order = make_sales_order(
		item.name,
		2,
		customer=account.customer,
		b2b_trade_account=account.name,
		shipping_address_name=home,
	)
	(name,) = dispatch(pick(order).name, submit=False)["made"]
	note = frappe.get_doc("Delivery Note", name)
	assert showing.of_document(note) == []
	note.shipping_address_name = away
	# the panel of the draft says what the veto will
	(shown,) = showing.of_document(note)
	assert (shown["doctype"], shown["name"], shown["kind"]) == (
		"Trade Account",
		account.name,
		"Export Details Missing",
	)
	with pytest.raises(frappe.ValidationError, match="Germany still need your EORI"):
		note.submit()
	note = frappe.get_doc("Delivery Note", name)
	note.shipping_address_name = home
	note.submit()


def test_grams_and_kilograms_are_not_added(item):
	light = make_item()
	complete(item)
	complete(light)
	light.update({"weight_per_unit": 250, "weight_uom": "Gram"})
	light.save()
	for one in (item, light):
		add_stock(one.name, 2)
	order = abroad([item.name, light.name])
	(note,) = dispatch(pick(order).name, submit=True)["made"]
	papers = b2b_export_papers(frappe.get_doc("Delivery Note", note))
	assert papers["weight_uom"] == "Kg"
	assert sorted(row["weight"] for row in papers["rows"]) == [pytest.approx(0.5), pytest.approx(0.8)]
	assert papers["net_weight"] == pytest.approx(1.3)
	assert "1.300" in frappe.get_print("Delivery Note", note, "Wholesale Export Packing List")


def test_the_papers_show_the_tax_id_of_the_document_where_the_account_has_no_vat_number(item):
	complete(item)
	add_stock(item.name, 4)
	order = abroad([item.name])
	note = frappe.get_doc("Delivery Note", dispatch(pick(order).name, submit=True)["made"][0])
	note.tax_id = "DE136695976"
	assert b2b_export_papers(note)["parties"]["vat"] == "DE136695976"
	frappe.db.set_value("Trade Account", note.b2b_trade_account, "vat_number", "DE129273398")
	assert b2b_export_papers(note)["parties"]["vat"] == "DE129273398"
	frappe.db.rollback()
