"""A payment of which something was taken off, bank charges say, before it reached the bank. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from wholesale_b2b.accounting.rules.amounts import CENT, rounded
from wholesale_b2b.accounting.rules.papers import ZERO


def split(
	credited: Decimal, banked: Decimal, deductions: Sequence[Decimal], unit: Decimal = CENT
) -> tuple[list[Decimal], Decimal]:
	"""([what reached the bank, what each deduction took], rate): in the customer's currency, and what one of it costs.

	credited: what the customer is credited with, in their currency. banked, deductions: in the company's. A negative deduction
	is what the customer paid on top: it stays on account, and takes nothing.
	"""
	rate = (banked + sum(deductions, ZERO)) / credited if credited else Decimal(1)
	taken = [max(rounded(one / rate, unit), ZERO) if rate else ZERO for one in deductions]
	on_top = sum((one for one in deductions if one < 0), ZERO)
	extra = rounded(-on_top / rate, unit) if rate else ZERO
	return [credited + extra - sum(taken, ZERO), *taken], rate
