"""Switching on: what is checked, what is mended, what is refused."""

import frappe
import pytest
from builders import COMPANY, make_user

from wholesale_b2b.setup import preflight, version


@pytest.fixture
def stock_settings():
	"""Stock Settings put back as they were."""
	names = (
		"allow_partial_reservation",
		"auto_reserve_stock_for_sales_order_on_purchase",
		"allow_negative_stock",
		"auto_insert_price_list_rate_if_missing",
	)
	before = {name: frappe.db.get_single_value("Stock Settings", name) for name in names}
	yield
	frappe.db.rollback()
	for name, value in before.items():
		frappe.db.set_single_value("Stock Settings", name, value)
	frappe.db.commit()
	frappe.clear_document_cache("Stock Settings", "Stock Settings")


def test_this_site_is_fit():
	assert all(finding.ok for finding in preflight.findings())


def test_what_may_be_mended_is(stock_settings):
	frappe.db.set_single_value("Stock Settings", "auto_reserve_stock_for_sales_order_on_purchase", 1)
	frappe.db.set_single_value("Stock Settings", "auto_insert_price_list_rate_if_missing", 1)
	assert not all(finding.ok for finding in preflight.findings())
	preflight.mend()
	assert all(finding.ok for finding in preflight.findings())


def test_negative_stock_is_not_ours_to_switch_off(stock_settings):
	frappe.db.set_single_value("Stock Settings", "allow_negative_stock", 1)
	settings = frappe.get_doc("Wholesale Settings")
	other = frappe.get_doc(
		{
			"doctype": "Company",
			"company_name": "Elsewhere Ltd",
			"abbr": "ELS",
			"default_currency": "GBP",
			"country": "United Kingdom",
		}
	)
	if not frappe.db.exists("Company", other.company_name):
		other.insert()
	settings.append("companies", {"company": other.company_name, "enabled": 1})
	with pytest.raises(frappe.ValidationError, match="Negative stock is off"):
		settings.save()


def test_a_company_is_listed_once():
	settings = frappe.get_doc("Wholesale Settings")
	settings.append("companies", {"company": COMPANY, "enabled": 0})
	with pytest.raises(frappe.ValidationError, match="twice"):
		settings.save()


def test_another_erpnext_is_refused(monkeypatch):
	import erpnext

	version.check()
	monkeypatch.setattr(erpnext, "__version__", "16.7.0")
	with pytest.raises(frappe.ValidationError, match=r"needs ERPNext 15; this bench has ERPNext 16\.7\.0"):
		version.check()


def test_only_managers_may_mend():
	settings = frappe.get_doc("Wholesale Settings")
	frappe.set_user(make_user("Sales User").name)
	assert settings.get_preflight()
	with pytest.raises(frappe.PermissionError):
		settings.mend()
	frappe.set_user(make_user("HR User").name)
	with pytest.raises(frappe.PermissionError):
		settings.get_preflight()
