"""What is paid with an invoice itself, at a till: rows of money, less the change that was given back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from wholesale_b2b.accounting.rules.papers import ZERO


@dataclass(frozen=True, slots=True)
class Taking:
	"""A row of money: negative where it was given back, as with a return. key: by which the row is known."""

	key: str
	account: str
	amount: Decimal


class ChangeFromElsewhere(ValueError):
	"""More change was given from an account than was paid into it."""


def used(rows: Sequence[Taking], total: Decimal) -> list[Decimal]:
	"""How much of each row pays the invoice, the first first; what is beyond its total stays on account. Without signs."""
	left, found = abs(total), []
	for row in rows:
		part = min(abs(row.amount), left)
		left -= part
		found.append(part)
	return found


def takings(rows: Sequence[Taking], change: Decimal, change_account: str) -> list[Taking]:
	"""The rows less the change, which comes off the account that it was given from, the first row first.

	They come to what was paid. Rows of which nothing is left are left out.
	"""
	left, found = change, []
	for row in rows:
		taken = min(left, row.amount) if row.account == change_account and row.amount > 0 else ZERO
		left -= taken
		if row.amount - taken:
			found.append(replace(row, amount=row.amount - taken))
	if left > 0:
		raise ChangeFromElsewhere(
			f"change of {left} was given from {change_account or 'no account'}, into which less was paid"
		)
	return found
