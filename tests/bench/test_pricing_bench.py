"""A thousand lines priced from a book of 50,000 Item Prices, 200 tiers and 5,000 customers, beside ERPNext's own look-up."""

from types import SimpleNamespace

import frappe
import pytest
from builders import COMPANY, make_customer, make_trade_account
from erpnext.stock.get_item_details import get_item_details
from frappe.utils import getdate, nowdate
from pricing_case import TRADE, item_price, make_tier, price_list, tier_row

from tests.bench.conftest import watch
from tests.bench.data import PREFIX, clear, copy, items_with_stock
from wholesale_b2b.api.v1 import price
from wholesale_b2b.ordering.trade_accounts.store import default_key
from wholesale_b2b.pricing.service import books
from wholesale_b2b.pricing.service.questions import Ask, Question

ITEMS, CUSTOMERS, TIERS = 10_000, 5_000, 200


def customers(count: int) -> list[str]:
	first = make_customer(customer_name=f"{PREFIX}-customer", default_price_list=price_list()).name
	names = [first, *(f"{first}-{number:05}" for number in range(1, count))]
	copy("Customer", {"name": first}, ({"name": name, "customer_name": name} for name in names[1:]))
	return names


def accounts(names: list[str], tiers: list[str]) -> list[str]:
	first = make_trade_account(
		names[0], account_name=f"{PREFIX}-account", price_list=TRADE, price_tier=tiers[0]
	).name
	made = [first, *(f"{first}-{number:05}" for number in range(1, len(names)))]
	copy(
		"Trade Account",
		{"name": first},
		(
			{
				"name": name,
				"account_name": name,
				"customer": customer,
				"price_tier": tiers[place % len(tiers)],
				"default_of": default_key(customer, COMPANY),
			}
			for place, (name, customer) in enumerate(zip(made[1:], names[1:], strict=True), 1)
		),
	)
	return made


def tiers(count: int, groups: list[str], items: list[str]) -> list[str]:
	"""Lines of three: a base with twenty rows, one below it with ten, one below that with ten."""
	made = []
	for number in range(count):
		own = items[number * 7 : number * 7 + 5]
		rows = [tier_row(5 + number % 10, item_group=group) for group in groups]
		rows += [tier_row(8 + number % 10, item_group=group, min_qty=24) for group in groups]
		rows += [tier_row(rate=6, item_code=item) for item in own]
		rows += [tier_row(rate=5, item_code=item, min_qty=50) for item in own]
		parent = made[-1] if number % 3 else None
		doc = make_tier(
			*rows,
			do_not_save=True,
			tier_name=f"{PREFIX}-tier-{number:03}",
			**({"parent_tier": parent, "change_percent": -3} if parent else {}),
			rounding="0.05",
			floor_by="Cost",
		)
		doc.insert()
		made.append(doc.name)
	return made


@pytest.fixture(scope="module")
def market():
	"""Everything, once; taken away again."""
	_clear_market()
	clear()
	items = items_with_stock(ITEMS, 10)
	groups = frappe.get_all("Item Group", {"is_group": 0}, pluck="name", limit=5)
	for place, group in enumerate(groups):
		frappe.db.sql(
			"update `tabItem` set item_group = %s where name like %s and mod(crc32(name), %s) = %s",
			[group, f"{items[0]}%", len(groups), place],
		)
	buyers = customers(CUSTOMERS)
	ladders = tiers(TIERS, groups, items)
	made = accounts(buyers, ladders)
	first = item_price(items[0], 10).name
	changes = [{"item_code": item, "price_list_rate": 5 + n % 90} for n, item in enumerate(items[1:])]
	for n, item in enumerate(items):
		changes += [
			{"item_code": item, "price_list": "Standard Selling", "price_list_rate": 20 + n % 90},
			*(
				{
					"item_code": item,
					"customer": buyers[(n * 3 + k) % len(buyers)],
					"price_list_rate": 4 + n % 60,
				}
				for k in range(3)
			),
		]
	copy("Item Price", {"name": first}, changes)
	frappe.db.commit()
	assert frappe.db.count("Item Price", {"item_code": ("like", f"{items[0]}%")}) == ITEMS * 5
	frappe.db.sql("analyze table `tabItem Price`, `tabItem`, `tabTrade Price Tier Row`, `tabBin`")
	yield SimpleNamespace(items=items, customers=buyers, accounts=made)
	frappe.db.rollback()
	_clear_market()
	clear()


def _clear_market() -> None:
	frappe.db.rollback()
	like = [f"{PREFIX}-%"]
	frappe.db.sql("delete from `tabItem Price` where item_code like %s", like)
	frappe.db.sql("delete from `tabTrade Price Tier Row` where parent like %s", like)
	frappe.db.sql("delete from `tabTrade Price Tier` where name like %s", like)
	frappe.db.sql("delete from `tabTrade Account` where name like %s", like)
	frappe.db.sql("delete from `tabCustomer` where name like %s", like)
	frappe.db.commit()


def question(market, count: int, place: int = 2, **fields) -> Question:
	# the account is on a tier two below its base
	return Question(
		COMPANY,
		market.customers[place],
		getdate(),
		[Ask(str(n), market.items[n * 7 % ITEMS], books.Decimal(1 + n % 60), "Nos") for n in range(count)],
		doctype="Sales Order",
		account=market.accounts[place],
		currency="GBP",
		price_list=TRADE,
		cases=True,
		**fields,
	)


def queries_of(work) -> int:
	"""How many statements `work()` sends."""
	real, sent = frappe.db.sql, []

	def counted(*args, **kwargs):
		sent.append(args)
		return real(*args, **kwargs)

	frappe.db.sql = counted
	try:
		work()
	finally:
		frappe.db.sql = real
	return len(sent)


def best(trials: int, work) -> float:
	seconds = []
	for _trial in range(trials):
		frappe.db.rollback()
		with watch() as w:
			work()
		seconds.append(w.seconds)
	return min(seconds)


def erpnexts_own(market, count: int) -> None:
	for line in question(market, count).lines:
		get_item_details(
			{
				"item_code": line.item,
				"company": COMPANY,
				"customer": market.customers[2],
				"doctype": "Sales Order",
				"currency": "GBP",
				"conversion_rate": 1,
				"price_list": TRADE,
				"selling_price_list": TRADE,
				"price_list_currency": "GBP",
				"plc_conversion_rate": 1,
				"qty": float(line.qty),
				"uom": "Nos",
				"transaction_date": nowdate(),
			}
		)


def test_a_thousand_lines(market, say):
	(decisions,), _book = books.decide([question(market, 1000)])
	assert all(decision.source for decision in decisions) and len({d.source for d in decisions}) >= 3
	ours = best(5, lambda: books.decide([question(market, 1000)]))
	erpnexts_own(market, 5)
	theirs = best(3, lambda: erpnexts_own(market, 100))
	say(
		f"price 1,000 lines from 50,000 Item Prices, 200 tiers, 5,000 customers: {ours:.2f} s (limit 0.3); "
		f"ERPNext's get_item_details on 100 of them: {theirs:.2f} s: "
		f"{theirs * 10 / ours:.0f} times as fast a line (at least 15)"
	)
	lines = [{"item_code": line.item, "qty": float(line.qty)} for line in question(market, 1000).lines]
	told = best(3, lambda: price(market.customers[2], lines, market.accounts[2]))
	say(f"the same by api.v1.price, with all reasons in words, costs and margins: {told:.2f} s")


def test_queries_do_not_grow_with_the_lines(market, say):
	books.decide([question(market, 10)])
	few = queries_of(lambda: books.decide([question(market, 10)]))
	many = queries_of(lambda: books.decide([question(market, 1000)]))
	for_many = queries_of(lambda: books.decide([question(market, 20, place=n) for n in range(1, 51)]))
	say(f"queries: {few} for 10 lines, {many} for 1,000 lines, {for_many} for 1,000 lines of 50 customers")
	assert few == many and for_many <= many + 3
