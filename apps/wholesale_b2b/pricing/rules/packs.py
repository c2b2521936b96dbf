"""Full cases."""

from decimal import ROUND_CEILING, Decimal

from .model import ZERO, Item, Request
from .words import REFUSE, ROUND_UP


def in_cases(request: Request, item: Item, factor: Decimal) -> tuple[Decimal, str]:
	"""The quantity in the request's UOM, never negative, and `pack` where the item refuses a quantity of no full cases."""
	qty = abs(request.qty)
	if not request.sale.cases or request.agreed or not item.case_rounding or item.case_pack <= 0 or not qty:
		return qty, ""
	cases = qty * factor / item.case_pack
	if cases == cases.to_integral_value():
		return qty, ""
	if item.case_rounding == REFUSE:
		return qty, "pack"
	if item.case_rounding != ROUND_UP:
		return qty, ""
	return full_cases(qty, item.case_pack, factor), ""


def full_cases(qty: Decimal, case_pack: Decimal, factor: Decimal) -> Decimal:
	"""The least quantity of full cases that is no less than `qty`; both in a UOM of `factor` stock units."""
	return _plain((qty * factor / case_pack).to_integral_value(ROUND_CEILING) * case_pack / factor)


def more_needed(least: Decimal, have: Decimal, qty: Decimal, factor: Decimal, case_pack: Decimal) -> Decimal:
	"""How many more of the UOM bring `have` stock units to `least`; whole ones where `qty` is whole, full cases of a pack."""
	more = (least - have) / factor
	if qty == qty.to_integral_value():
		more = more.to_integral_value(ROUND_CEILING)
	if case_pack > ZERO:
		more = full_cases(qty + more, case_pack, factor) - qty
	return _plain(more)


def _plain(qty: Decimal) -> Decimal:
	"""30, not 3E+1 nor 30.000."""
	whole = qty.to_integral_value()
	return whole.quantize(Decimal(1)) if qty == whole else qty.normalize()
