"""ERPNext's Pricing Rules, as ERPNext reads them, for many lines at once.

Which rules there are and how they rank is `erpnext.accounts.doctype.pricing_rule.utils`; a test compares the two. Where
several rules of one priority hold, ERPNext refuses the document; here the lowest price wins. Of rules that apply together
ERPNext forgets an amount that comes after a percentage; here both count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .model import HUNDRED, ONE, ZERO, Item, Promotion, Request, is_valid
from .words import BRAND, GROUP, ITEM

# The order in which ERPNext looks.
KINDS = (ITEM, GROUP, BRAND)


@dataclass(frozen=True, slots=True)
class Line:
	"""A request with what rules ask about: the list rate, and its quantity in the stock UOM."""

	request: Request
	item: Item
	list_rate: Decimal
	qty: Decimal
	factor: Decimal

	@property
	def stock_qty(self) -> Decimal:
		return self.qty * self.factor

	@property
	def amount(self) -> Decimal:
		return self.list_rate * self.qty


def candidates(rules: Sequence[Promotion], line: Line) -> list[Promotion]:
	"""The rules that are about this item, customer, place and day, as far as ERPNext collects them, in its order."""
	found: list[Promotion] = []
	for kind in KINDS:
		found += sorted(
			(rule for rule in rules if rule.apply_on == kind and _is_about(rule, line)),
			key=lambda rule: (rule.priority, rule.name),
			reverse=True,
		)
		if found and not found[0].has_priority and not all(rule.several for rule in found):
			break
	return [rule for rule in found if not rule.condition or rule.name in line.request.sale.held]


def chosen(rules: Sequence[Promotion], line: Line, lines: Iterable[Line]) -> list[Promotion]:
	"""The rules that hold for a line, in the order in which they are applied. lines: those of the same sale."""
	sale = line.request.sale
	if not sale.promotions:
		return []
	lines = list(lines)
	found = [rule for rule in candidates(rules, line) if not rule.coupon or rule.name == sale.coupon]
	holding = [rule for rule in found if _is_reached(rule, line, lines)]
	if found and all(rule.several for rule in found):
		return sorted(holding, key=lambda rule: (rule.priority or 1, found.index(rule)))
	if len(holding) > 1:
		holding = [rule for rule in holding if rule.currency == sale.currency] or holding
	top = max((rule.priority for rule in holding), default=0)
	holding = [rule for rule in holding if rule.priority == top]
	if len(holding) > 1 and {rule.kind for rule in holding} == {"Discount Percentage"}:
		holding = [rule for rule in holding if rule.price_list == sale.price_list] or holding
	if len(holding) < 2:
		return holding
	return [min(holding, key=lambda rule: (apply([rule], line, line.list_rate), rule.name))]


def apply(rules: Iterable[Promotion], line: Line, base: Decimal) -> Decimal:
	"""What rules make of a rate `base` for the line's UOM, in the sale's currency; never below 0."""
	sale = line.request.sale
	rate, margin, percent, amount = base, ZERO, ZERO, ZERO
	for rule in rules:
		if rule.product or not _is_given_to(rule, line):
			continue
		if rule.margin_type == "Percentage":
			margin += rate * rule.margin / HUNDRED
		elif rule.margin_type == "Amount" and rule.currency == sale.currency:
			margin += rule.margin
		if rule.kind == "Rate" and rule.rate and rule.currency == sale.currency:
			rate, percent, amount = rule.rate * (ONE if _uom(rule, line) else line.factor), ZERO, ZERO
		elif rule.kind == "Discount Percentage":
			of = HUNDRED - percent if rule.on_discounted and percent else HUNDRED
			percent += of * rule.discount_percentage / HUNDRED
		elif rule.kind == "Discount Amount":
			amount += rule.discount_amount
	return max((rate + margin) * (HUNDRED - min(percent, HUNDRED)) / HUNDRED - amount, ZERO)


def gives_away(rules: Iterable[Promotion]) -> tuple[str, ...]:
	"""Those of the rules that give goods away."""
	return tuple(rule.name for rule in rules if rule.product)


def _is_about(rule: Promotion, line: Line) -> bool:
	sale = line.request.sale
	uom = line.request.uom or line.item.stock_uom
	same = any(target in _names(rule.apply_on, line.item) and of in ("", uom) for target, of in rule.targets)
	if not same and not (rule.other and rule.other_on == rule.apply_on and _is_other(rule, line.item)):
		return False
	return (
		rule.customer in ("", sale.customer)
		and (not rule.customer_group or rule.customer_group in sale.groups)
		and (not rule.territory or rule.territory in sale.territories)
		and rule.campaign in ("", sale.campaign)
		and rule.sales_partner in ("", sale.sales_partner)
		and rule.price_list in ("", sale.price_list)
		and (not rule.warehouse or rule.warehouse in line.request.warehouses)
		and is_valid(rule.valid_from, rule.valid_upto, sale.date)
	)


def _names(kind: str, item: Item) -> tuple[str, ...]:
	if kind == ITEM:
		return (item.code, item.template) if item.template else (item.code,)
	return item.groups if kind == GROUP else (item.brand,) if item.brand else ()


def _is_other(rule: Promotion, item: Item) -> bool:
	if rule.other_on == ITEM:
		return rule.other == item.code
	return (
		rule.other == (item.groups[0] if item.groups else "")
		if rule.other_on == GROUP
		else rule.other == item.brand
	)


def _is_given_to(rule: Promotion, line: Line) -> bool:
	"""Whether the line itself gets it: a rule may give its discount on another item than the one that earns it."""
	return not rule.other or _is_other(rule, line.item)


def _is_reached(rule: Promotion, line: Line, lines: Sequence[Line]) -> bool:
	own = {target for target, _uom in rule.targets}
	if rule.other and not rule.mixed:
		return any(
			_within(rule, each, each.stock_qty, each.stock_qty * each.list_rate)
			for each in lines
			if own.intersection(_names(rule.apply_on, each.item))
		)
	qty, amount = line.stock_qty, line.amount
	if rule.mixed:
		mixed = [each for each in lines if own.intersection(_names(rule.apply_on, each.item))]
		qty = sum((each.stock_qty for each in mixed), ZERO)
		amount = sum((each.amount for each in mixed), ZERO)
	for name in _past(rule, line.item):
		qty += rule.history[name][0]
		amount += rule.history[name][1]
	return _within(rule, line, qty, amount)


def _past(rule: Promotion, item: Item) -> Iterable[str]:
	history: Mapping[str, tuple[Decimal, Decimal]] = rule.history
	if not history:
		return ()
	if rule.mixed:
		return history
	return [name for name in _names(rule.apply_on, item)[:1] if name in history]


def _within(rule: Promotion, line: Line, qty: Decimal, amount: Decimal) -> bool:
	of = next((uom for target, uom in rule.targets if uom and target in _names(rule.apply_on, line.item)), "")
	factor = (line.item.factor(of) or ONE) if of else ONE
	if qty < rule.min_qty * factor or (rule.max_qty and qty > rule.max_qty * factor):
		return False
	if of == (line.request.uom or line.item.stock_uom):
		factor = ONE
	return amount >= rule.min_amount * factor and not (rule.max_amount and amount > rule.max_amount * factor)


def _uom(rule: Promotion, line: Line) -> bool:
	"""Whether the rule's rate is for the line's own UOM."""
	uom = line.request.uom or line.item.stock_uom
	return any(of == uom for target, of in rule.targets if target in _names(rule.apply_on, line.item))
