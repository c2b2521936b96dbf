"""What must be true of a Trade Price Tier that is saved."""

import frappe
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

from wholesale_b2b.pricing import rules
from wholesale_b2b.pricing.rules import Fault, Tier, checking
from wholesale_b2b.pricing.rules.words import TARGETS
from wholesale_b2b.pricing.store import masters, prices, tiers
from wholesale_b2b.setup.switch import enabled_companies


def check(doc: Document) -> None:
	"""Complete and check a tier; raises frappe.ValidationError with everything that is wrong and what to do."""
	others = {name: tier for name, tier in tiers.heads().items() if name != doc.name}
	tier = tiers.as_tier(doc)
	currency = tiers.currency_of({**others, tier.name: tier}, tier.name)
	_tidy(doc, currency)
	tier = tiers.as_tier(doc)
	units = _units(doc)
	wrong = [sentence(doc, fault) for fault in rules.faults(tier, others, units)]
	wrong += _of_price_list(tier, others)
	if wrong:
		text = "<br>".join(wrong[:20]) + (f"<br>… {len(wrong) - 20}" if len(wrong) > 20 else "")
		frappe.throw(text, title=_("Trade Price Tier {0}").format(doc.tier_name))
	for remark in (*(sentence(doc, one) for one in rules.remarks(tier, units)), *_without_rate(currency)):
		frappe.msgprint(remark, indicator="orange", title=_("Trade Price Tier"))


def before_delete(doc: Document) -> None:
	"""What inherits from it would lose its prices without a word."""
	if below := tiers.children(doc.name):
		frappe.throw(
			_("{0} inherits from {1}. Give it another parent tier first, or disable {1}.").format(
				", ".join(frappe.bold(name) for name in below), frappe.bold(doc.name)
			),
			frappe.LinkExistsError,
		)


def _tidy(doc: Document, currency: str) -> None:
	"""A row keeps what it is about, and nothing of what it was about before."""
	for row in doc.rows:
		for kind, field in TARGETS.items():
			if row.apply_on != kind:
				row.set(field, None)
		if row.price_or_discount == "Discount":
			row.rate = 0
		else:
			row.discount_percentage = 0
		row.mix = (row.mix or "").strip() if flt(row.min_qty) else ""
		row.currency = currency or None


def _units(doc: Document) -> dict[str, dict]:
	known = masters.items(row.item_code for row in doc.rows if row.item_code)
	return {code: {item.stock_uom: 1, **item.factors} for code, item in known.items()}


def _of_price_list(tier: Tier, others: dict[str, Tier]) -> list[str]:
	if not tier.price_list or prices.price_lists([tier.price_list]):
		return []
	return [
		_("Price List {0} is disabled, or not for selling. Choose another.").format(
			frappe.bold(tier.price_list)
		)
	]


def _without_rate(currency: str) -> list[str]:
	"""A sentence for each company that is switched on and has no exchange rate for a tier's currency."""
	found = []
	for company in sorted(enabled_companies()):
		own = frappe.get_cached_value("Company", company, "default_currency")
		if (
			currency
			and currency != own
			and not flt(get_exchange_rate(currency, own, nowdate(), "for_selling"))
		):
			found.append(
				_(
					"There is no exchange rate from {0} to {1}: nothing of this tier can be priced for {2} until a Currency Exchange is entered."
				).format(frappe.bold(currency), frappe.bold(own), company)
			)
	return found


def sentence(doc: Document, fault: Fault) -> str:
	"""A fault in words, with the row it stands in."""
	text = _words(doc, fault)
	if fault.row < 0:
		return text
	return _("Row {0}: {1}").format(doc.rows[fault.row].idx, text)


def _words(doc: Document, fault: Fault) -> str:
	about = frappe.bold(
		fault.about if not hasattr(fault.about, "normalize") else f"{fault.about.normalize():f}"
	)
	if fault.what == checking.CYCLE:
		return _("The tiers inherit from each other: {0}. Choose another parent tier.").format(
			frappe.bold(" → ".join(fault.about))
		)
	if fault.what == checking.NO_BASE:
		return _("Choose a Base Price List, or a parent tier that has one.")
	if fault.what == checking.CHANGE:
		return _("A change of {0} % leaves no price. Enter −3 for 3 % less.").format(about)
	if fault.what == checking.FLOOR:
		return _(
			"A floor of {0} % is not possible: a margin is 0 or more and below 100 percent of the price."
		).format(about)
	if fault.what == checking.DAYS:
		return _("it ends before it begins. Change Valid From or Valid Up To.")
	if fault.what == checking.TARGET:
		return _("say which {0} it is for.").format(_(fault.about))
	if fault.what == checking.DISCOUNT:
		return _(
			"a discount of {0} % is not possible; it is 0 to 100 percent of the base price list."
		).format(about)
	if fault.what == checking.RATE:
		return _("a price cannot be negative, as {0} is.").format(about)
	if fault.what == checking.QUANTITY:
		return _("a minimum quantity cannot be negative, as {0} is.").format(about)
	if fault.what == checking.UOM:
		return _(
			"{0} is not known for {1}. Enter it under Units of Measure of the item, or choose another."
		).format(about, frappe.bold(doc.rows[fault.row].item_code))
	other = doc.rows[fault.other].idx
	if fault.what == checking.DEARER:
		return _(
			"a larger quantity costs more than in row {0}. That never holds: the lower price does."
		).format(other)
	return _(
		"it overlaps with row {0}: the same thing, quantity and unit on the same days. End one of them, or remove it."
	).format(other)
