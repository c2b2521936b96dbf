"""What a journal pays of invoices: a write-off, a bad debt, money that was booked by hand. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wholesale_b2b.accounting.rules.amounts import CENT, rounded
from wholesale_b2b.accounting.rules.papers import INVOICE, ZERO, Use


@dataclass(frozen=True, slots=True)
class Entry:
	"""A row of a journal. key: by which it is known. debit, credit: in its account's currency, which costs `rate` of the company's.

	invoice: that it names, if any; is_return: whether that is a return.
	"""

	key: str
	account: str
	debit: Decimal
	credit: Decimal
	currency: str
	rate: Decimal = Decimal(1)
	customer: str = ""
	invoice: str = ""
	is_return: bool = False


@dataclass(frozen=True, slots=True)
class Part:
	"""So much that pays invoices of one customer, out of one account."""

	key: str
	account: str
	customer: str
	currency: str
	rate: Decimal
	amount: Decimal
	uses: tuple[Use, ...]


class NotPlain(ValueError):
	"""What pays what cannot be said; in plain words."""


def touches_invoices(entries: Sequence[Entry]) -> bool:
	"""Whether invoices become more or less open by anything but each other: what journals allocate of returns is theirs."""
	named = [one for one in entries if one.invoice and (one.debit or one.credit)]
	return bool(named) and any((one.debit or one.credit) and not one.invoice for one in entries)


def parts(entries: Sequence[Entry], unit: Decimal = CENT) -> list[Part]:
	"""Out of one account, a part for each row that pays an invoice; out of several, one for each of them.

	Raises NotPlain where no package could be told what pays what.
	"""
	moved = [one for one in entries if one.debit or one.credit]
	paying = [one for one in moved if one.invoice and one.credit and not one.is_return]
	sources = [one for one in moved if not one.invoice and one.debit]
	for one in moved:
		if one.is_return and one.invoice:
			raise NotPlain(f"it books {one.debit or one.credit} on return {one.invoice}")
		if one.invoice and one.debit:
			raise NotPlain(f"it adds {one.debit} to what is open on {one.invoice}")
		if not one.invoice and one.credit:
			raise NotPlain(f"it credits {one.account} too, so that nobody can say what pays the invoice")
	if len({one.account for one in sources}) == 1:
		account = sources[0].account
		return [
			Part(
				one.key, account, one.customer, one.currency, one.rate, one.credit, (Use(INVOICE, one.credit, one.invoice),)
			)
			for one in paying
		]  # fmt: skip
	if len({(one.customer, one.currency, one.rate) for one in paying}) > 1:
		raise NotPlain("it pays invoices of several customers out of several accounts")
	owed = paying[0]
	amounts = [rounded(one.debit * one.rate / owed.rate, unit) for one in sources[:-1]]
	amounts.append(sum((one.credit for one in paying), ZERO) - sum(amounts, ZERO))
	uses = portions([Use(INVOICE, one.credit, one.invoice) for one in paying], amounts)
	return [
		Part(source.key, source.account, owed.customer, owed.currency, owed.rate, amount, part)
		for source, amount, part in zip(sources, amounts, uses, strict=True)
	]


def portions(uses: Sequence[Use], amounts: Sequence[Decimal]) -> list[tuple[Use, ...]]:
	"""Which uses each amount pays: the first the first ones, until it is used up."""
	left = [[use, use.amount] for use in uses]
	found = []
	for amount in amounts:
		mine = []
		for one in left:
			part = min(amount, one[1])
			if part > 0:
				mine.append(Use(one[0].kind, part, one[0].number, one[0].their_id))
				one[1] -= part
				amount -= part
		found.append(tuple(mine))
	return found
