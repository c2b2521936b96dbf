"""Our documents in the other side's codes: every line with its account and tax, to the penny, or all that is not mapped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wholesale_b2b.accounting.rules.amounts import CENT, PRICE_PLACES, priced, rounded, shared
from wholesale_b2b.accounting.rules.papers import CREDIT_NOTE, ZERO, Bill, Line, Use

# Kinds of mapping, and the DocType that each maps.
INCOME_ACCOUNT = "Income Account"
TAX_TEMPLATE = "Tax Template"
ITEM_TAX_TEMPLATE = "Item Tax Template"
TAX_ACCOUNT = "Tax Account"
CUSTOMER = "Customer"
ITEM = "Item"
BANK_ACCOUNT = "Bank Account"
COST_CENTER = "Cost Center"
CURRENCY = "Currency"
MAPS: Mapping[str, str] = {
	INCOME_ACCOUNT: "Account",
	TAX_TEMPLATE: "Sales Taxes and Charges Template",
	ITEM_TAX_TEMPLATE: "Item Tax Template",
	TAX_ACCOUNT: "Account",
	CUSTOMER: "Customer",
	ITEM: "Item",
	BANK_ACCOUNT: "Account",
	COST_CENTER: "Cost Center",
	CURRENCY: "Currency",
}
NO_TAX = "Tax Code Where There Is No Tax"
ROUNDING = "Account for Rounding"
# A difference of this much or more is not rounding.
LARGEST_ROUNDING = Decimal(1)


@dataclass(frozen=True, slots=True)
class Missing:
	"""Something of ours that is not mapped."""

	kind: str
	name: str


@dataclass(frozen=True, slots=True)
class Codes:
	"""What is mapped: (kind, our name) → code."""

	known: Mapping[tuple[str, str], str]
	no_tax: str = ""
	rounding: str = ""

	def of(self, kind: str, name: str, missing: list[Missing]) -> str:
		code = self.known.get((kind, name), "")
		if not code:
			missing.append(Missing(kind, name))
		return code

	def currency(self, name: str) -> str:
		return self.known.get((CURRENCY, name), name)


@dataclass(frozen=True, slots=True)
class OurLine:
	"""A row of ours. net: in the document's currency, after all discounts. key: by which taxes name it."""

	key: str
	text: str
	qty: Decimal
	net: Decimal
	account: str
	item: str = ""
	tax_template: str = ""
	cost_center: str = ""


@dataclass(frozen=True, slots=True)
class OurCharge:
	"""A row of the taxes table. is_tax: on an account of type Tax; others are charges, freight say. rates: percent by line."""

	account: str
	text: str
	amount: Decimal
	is_tax: bool
	rates: Mapping[str, Decimal]
	cost_center: str = ""


@dataclass(frozen=True, slots=True)
class OurPaper:
	"""An invoice, return or order as ERPNext has it; amounts of a return are negative."""

	kind: str
	number: str
	customer: str
	day: date
	due: date | None
	currency: str
	rate: Decimal
	lines: Sequence[OurLine]
	charges: Sequence[OurCharge]
	total: Decimal
	template: str = ""
	reference: str = ""
	uses: tuple[Use, ...] = ()
	unit: Decimal = CENT


class DoesNotAddUp(ValueError):
	"""The document's lines and taxes are not its total."""


def compose(
	paper: OurPaper, codes: Codes, contact: str, places: int = PRICE_PLACES
) -> tuple[Bill | None, list[Missing]]:
	"""The bill to send, or None and everything that is not mapped. The lines' net and tax add up to the document's."""
	missing: list[Missing] = []
	sign = -1 if paper.kind == CREDIT_NOTE else 1
	taxes = _taxes(paper)
	lines = []
	for row, tax in zip(paper.lines, taxes, strict=True):
		tax_code = _tax_code(paper, row, tax, codes, missing)
		item = codes.known.get((ITEM, row.item), "")
		account = codes.of(INCOME_ACCOUNT, row.account, missing)
		lines.append(
			_line(row.text, row.qty * sign, row.net * sign, tax * sign, paper.unit, places)
			| {
				"tax_code": tax_code,
				"account": account,
				"item": item,
				"tracking": codes.known.get((COST_CENTER, row.cost_center), ""),
			}
		)
	for charge in paper.charges:
		if charge.is_tax or not charge.amount:
			continue
		lines.append(
			_line(charge.text, Decimal(1), charge.amount * sign, ZERO, paper.unit, places)
			| {
				"tax_code": _no_tax(codes, missing),
				"account": codes.of(INCOME_ACCOUNT, charge.account, missing),
				"item": "",
				"tracking": codes.known.get((COST_CENTER, charge.cost_center), ""),
			}
		)
	rest = paper.total * sign - sum((line["net"] + line["tax"] for line in lines), ZERO)
	if abs(rest) >= LARGEST_ROUNDING:
		raise DoesNotAddUp(f"{paper.number} is {paper.total}, and its lines are {rest} off")
	if rest:
		if not codes.rounding:
			missing.append(Missing(ROUNDING, paper.currency))
		lines.append(
			_line(ROUNDING_TEXT, Decimal(1), rest, ZERO, paper.unit, places)
			| {
				"tax_code": _no_tax(codes, missing),
				"account": codes.rounding,
				"item": "",
				"tracking": "",
			}
		)
	if missing:
		return None, list(dict.fromkeys(missing))
	made = tuple(Line(**line) for line in lines)
	net, tax = sum((line.net for line in made), ZERO), sum((line.tax for line in made), ZERO)
	bill = Bill(
		kind=paper.kind,
		number=paper.number,
		contact=contact,
		day=paper.day,
		due=paper.due,
		currency=codes.currency(paper.currency),
		rate=paper.rate,
		lines=made,
		net=net,
		tax=tax,
		total=net + tax,
		reference=paper.reference,
		uses=paper.uses,
	)
	return bill, []


ROUNDING_TEXT = "Rounding"


def _line(text: str, qty: Decimal, net: Decimal, tax: Decimal, unit: Decimal, places: int) -> dict:
	count, price = priced(qty, net, unit, places)
	if count != qty and qty > 0:
		text = f"{text} ({qty.normalize():f})"
	return {"text": text, "qty": count, "unit_price": price, "net": net, "tax": tax}


def _taxes(paper: OurPaper) -> list[Decimal]:
	"""Each line's part of all taxes: by net amount and rate, adding up to each tax's amount."""
	found = [ZERO] * len(paper.lines)
	for charge in paper.charges:
		if not charge.is_tax or not charge.amount or not found:
			continue
		weights = [abs(row.net * charge.rates.get(row.key, ZERO)) for row in paper.lines]
		if not any(weights):
			weights = [abs(row.net) for row in paper.lines]
		signed = [
			weight if row.net >= 0 else -weight for weight, row in zip(weights, paper.lines, strict=True)
		]
		# lines of either sign: shares of their sum, unless they cancel out
		if sum(signed, ZERO):
			weights = signed if paper.total >= 0 else [-weight for weight in signed]
		parts = shared(rounded(charge.amount, paper.unit), weights, paper.unit)
		parts[-1] += charge.amount - sum(parts, ZERO)
		found = [before + part for before, part in zip(found, parts, strict=True)]
	return found


def _tax_code(paper: OurPaper, row: OurLine, tax: Decimal, codes: Codes, missing: list[Missing]) -> str:
	if row.tax_template:
		return codes.of(ITEM_TAX_TEMPLATE, row.tax_template, missing)
	taxing = [charge for charge in paper.charges if charge.is_tax and charge.rates.get(row.key)]
	if not tax and not taxing:
		return _no_tax(codes, missing)
	if paper.template:
		return codes.of(TAX_TEMPLATE, paper.template, missing)
	accounts = {charge.account for charge in taxing} or {c.account for c in paper.charges if c.is_tax}
	return codes.of(TAX_ACCOUNT, min(accounts), missing)


def _no_tax(codes: Codes, missing: list[Missing]) -> str:
	if not codes.no_tax:
		missing.append(Missing(NO_TAX, ""))
	return codes.no_tax
