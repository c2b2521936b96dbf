"""What a decision says, in sentences that a customer could read."""

from decimal import ROUND_FLOOR, Decimal

import frappe
from frappe import _
from frappe.utils import flt, fmt_money, format_date

from wholesale_b2b.figures import plain
from wholesale_b2b.fulfilment.rules import decide as rules
from wholesale_b2b.fulfilment.rules.decide import Part, Reason


def why(part: Part, company: str) -> str:
	"""All reasons of a part of a decision."""
	return "; ".join(sentence(reason, company) for reason in part.reasons)


def sentence(reason: Reason, company: str) -> str:
	"""Why something waits, is cancelled or is asked of purchasing: half a sentence, plain text, without a full stop."""
	facts = reason.facts
	words = {
		rules.NO_STOCK: _("{qty} are not in stock, and no delivery of them is known yet"),
		rules.EXPECTED: _("{qty} are expected on {when}")
		if facts.get("when")
		else _("{qty} are on order, without a date yet"),
		rules.PART_CASE: _("{qty} do not fill a case of {pack}; only whole cases ship"),
		rules.TOO_EARLY: _("it ships from {when} on, as was asked for"),
		rules.TOGETHER: _("it ships together with other lines of the order, which are not complete yet"),
		rules.INCOMPLETE: _("the order ships complete, and {fill} % of it is in stock"),
		rules.LOW_FILL: _("the order ships once {least} % of what is open is in stock; now it is {fill} %"),
		rules.LOW_VALUE: _("a shipment is worth {least} at least; what is in stock is worth {value}"),
		rules.LAST_SHIPMENT: _(
			"the order ships in {most} shipments at most, so the last one waits for all of the rest"
		),
		rules.REST_CANCELLED: _("what does not leave with the order's shipment is cancelled")
		if facts.get("there")
		else _("what is not in stock when the order ships is cancelled"),
		rules.TOO_LATE: _("it was not to be delivered after {when}"),
		rules.NOT_COVERED: _("no delivery of it is known {days} days after it was ordered"),
		rules.HELD: _("the order is held: {holds}"),
	}[reason.code]
	return words.format(
		**{name: _written(reason.code, name, value, company) for name, value in facts.items()}
	)


def _written(code: str, name: str, value: object, company: str) -> str:
	if name == "when":
		return format_date(value) if value else ""
	if name == "holds":
		return "; ".join(value)
	if code == rules.LOW_VALUE:
		return fmt_money(flt(value), currency=frappe.get_cached_value("Company", company, "default_currency"))
	if name == "fill":
		# never rounded up to what is asked for
		value = value.quantize(Decimal("0.1"), ROUND_FLOOR)
	return plain(flt(value))
