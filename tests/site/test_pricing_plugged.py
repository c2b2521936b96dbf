"""A second app brings a price source: it competes with the tier, comes first where it says net, and is asked once per batch."""

from decimal import Decimal

import frappe
import pytest
from builders import make_sales_order
from pricing_case import make_tier, priced_item, rates, tier_row, trade_customer

from wholesale_b2b.api.v1 import price
from wholesale_b2b.ordering.trade_accounts.service import terms
from wholesale_b2b.pricing.base import Offer, PriceSource
from wholesale_b2b.pricing.service.price_lists import of_account

ASKED = []


class Contracts(PriceSource):
	"""What another app could bring: so much for everything, under a contract."""

	rate = Decimal(7)
	net = False

	def offers(self, company, requests):
		ASKED.append((company, len(requests)))
		return {request.key: [Offer("Contract", self.rate, "GBP", "C-7", self.net)] for request in requests}


class Dear(Contracts):
	rate = Decimal(9)


class DearAndNet(Dear):
	net = True


class Broken(PriceSource):
	def offers(self, company, requests):
		raise RuntimeError("their server is down")


@pytest.fixture
def plug(monkeypatch):
	"""`plug("Contracts")`: as if an app with this hook were installed."""
	real, installed = frappe.get_hooks, frappe.get_installed_apps
	ASKED.clear()

	def put(name):
		def with_theirs(hook=None, *args, **kwargs):
			found = real(hook, *args, **kwargs)
			return [*found, f"{__name__}.{name}"] if hook == "b2b_price_sources" else found

		monkeypatch.setattr(frappe, "get_hooks", with_theirs)
		monkeypatch.setattr(frappe, "get_installed_apps", lambda **kw: [*installed(**kw), __name__])

	return put


@pytest.mark.parametrize(
	("name", "rate", "source"),
	[
		("Contracts", 7, "Contract – C-7"),
		("Dear", 8, "Tier Discount"),
		("DearAndNet", 9, "Contract – C-7"),
	],
)
def test_what_it_offers(plug, name, rate, source):
	plug(name)
	customer = trade_customer(make_tier(tier_row(20)).name)
	rows = [{"item_code": priced_item().name, "qty": 1, "rate": None} for _n in range(3)]
	made = make_sales_order(rows, customer=customer.name, do_not_submit=True)
	assert rates(made) == [rate] * 3
	assert made.items[0].b2b_price_source.startswith(source)
	assert ASKED == [(made.company, 3)]
	line = price(customer=customer.name, lines=[{"item_code": rows[0]["item_code"], "qty": 1}])["lines"][0]
	assert line["rate"] == rate
	assert any("Contract C-7" in text for text in line["why"])


def test_the_price_list_of_an_account_has_it_too(plug):
	plug("Contracts")
	customer = trade_customer(make_tier(tier_row(20), tier_row(40, min_qty=24)).name)
	item = priced_item()
	groups = of_account(terms([customer.account])[customer.account], item.item_group)["groups"]
	(line,) = (line for group in groups for line in group["lines"] if line["item_code"] == item.name)
	assert (line["rate"], line["breaks"]) == (7, [{"qty": 24, "mix": "", "rate": 6}])


def test_one_that_fails_lets_nothing_be_priced_wrongly(plug):
	plug("Broken")
	customer = trade_customer()
	with pytest.raises(RuntimeError, match="their server is down"):
		make_sales_order(priced_item().name, 1, None, customer.name)
