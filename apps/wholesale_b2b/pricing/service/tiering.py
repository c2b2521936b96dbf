"""Which tier a sale is on: by the first Order Rule that names one, its Trade Account, its customer's group."""

from collections.abc import Iterable, Mapping, Sequence

import frappe

from wholesale_b2b.ordering.order_rules import rules as order_rules
from wholesale_b2b.ordering.order_rules.service import naming_a_tier
from wholesale_b2b.ordering.trade_accounts.rules import Terms
from wholesale_b2b.pricing.rules import Item
from wholesale_b2b.pricing.service.questions import Question
from wholesale_b2b.pricing.store import parties

BY_RULE = "Order Rule"
BY_ACCOUNT = "Trade Account"
BY_GROUP = "Customer Group"


def tiers_of(
	questions: Sequence[Question],
	customers: Mapping[str, frappe._dict],
	accounts: Mapping[str, Terms],
	items: Mapping[str, Item],
) -> list[tuple[str, str]]:
	"""Per question: its tier and what named it (`Order Rule X`), two empty texts where nothing does."""
	rules = naming_a_tier()
	groups = parties.group_tiers(group for row in customers.values() for group in row.groups)
	return [
		_tier(
			question, customers.get(question.customer), accounts.get(question.account), items, rules, groups
		)
		for question in questions
	]


def _tier(
	question: Question,
	customer: frappe._dict | None,
	account: Terms | None,
	items: Mapping[str, Item],
	rules: Iterable[order_rules.Rule],
	groups: Mapping[str, str],
) -> tuple[str, str]:
	if rules and (rule := order_rules.match(rules, _facts(question, customer, items)).rule):
		return rule.price_tier, f"{BY_RULE} {rule.name}"
	if account and account.price_tier:
		return account.price_tier, f"{BY_ACCOUNT} {account.name}"
	for group in customer.groups if customer else ():
		if group in groups:
			return groups[group], f"{BY_GROUP} {group}"
	return "", ""


def _facts(
	question: Question, customer: frappe._dict | None, items: Mapping[str, Item]
) -> order_rules.OrderFacts:
	return order_rules.OrderFacts(
		order=question.name,
		company=question.company,
		customer=question.customer,
		customer_groups=customer.groups if customer else (),
		territories=customer.territories if customer else (),
		channel=question.channel,
		item_groups=tuple(items[line.item].groups for line in question.lines if line.item in items),
	)
