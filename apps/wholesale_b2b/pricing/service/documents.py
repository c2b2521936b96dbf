"""The prices of a sales document that is being made or saved, by whatever door."""

from collections.abc import Iterable, Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from wholesale_b2b.pricing.rules import Asked, Book, Decision, flatten
from wholesale_b2b.pricing.rules.words import ON_TOP
from wholesale_b2b.pricing.service import books, giving_away, messages, typed, writing
from wholesale_b2b.pricing.service.asking import concerns, priced_rows, question_of
from wholesale_b2b.pricing.service.questions import Question

# ERPNext fills these in when it validates; prices are wanted before that.
HEAD = ("selling_price_list", "currency", "conversion_rate")
# What a price depends on. A submitted draft of which none of these has changed keeps its prices.
OF_HEAD = (
	"customer",
	"party_name",
	"company",
	"currency",
	"conversion_rate",
	"selling_price_list",
	"plc_conversion_rate",
	"b2b_trade_account",
	"b2b_channel",
	"transaction_date",
	"posting_date",
	"ignore_pricing_rule",
	"coupon_code",
)
OF_ROW = (
	"item_code",
	"qty",
	"uom",
	"conversion_factor",
	"rate",
	"price_list_rate",
	"b2b_override_reason",
	# what a row says of its price is not taken from whoever submits it
	"b2b_calculated_rate",
	"b2b_price_source",
	"b2b_price_decision",
)


def before_save(doc: Document) -> None:
	"""Price a document that is about to be validated, and keep ERPNext's Pricing Rules off its rows until that is done.

	Raises frappe.ValidationError with what to do: where a price was changed without a reason or by somebody who may not, a
	currency has no rate, a quantity is no full case.
	"""
	_let_rules_on(doc)
	if not concerns(doc) or doc.flags.ignore_validate:
		return
	for row in doc.get("items"):
		row.flags.pop("b2b_decision", None)
	if not _is_as_before(doc):
		price(doc)
	# The rules have had their say in the price.
	doc.flags.b2b_ignored_rules = cint(doc.ignore_pricing_rule)
	doc.ignore_pricing_rule = 1


def after_validate(doc: Document) -> None:
	"""Let ERPNext's rules for whole documents apply, and see that what was decided is what stands."""
	ignored = doc.flags.b2b_ignored_rules
	if not _let_rules_on(doc):
		return
	if not ignored and doc.flags.b2b_promotions:
		giving_away.apply_to_whole(doc)
	changed = False
	for row in priced_rows(doc):
		decision = row.flags.b2b_decision
		if decision and decision.source and flt(row.rate, row.precision("rate")) != float(decision.rate):
			writing.write(row, decision)
			changed = True
	if changed:
		doc.run_method("calculate_taxes_and_totals")


def after_mapping(doc: Document) -> None:
	"""Price a document that was just made from another one, before anybody has seen it."""
	if concerns(doc) and doc.docstatus == 0:
		price(doc, mapped=True)


def after_mapping_quotation(doc: Document, quotation: Document) -> None:
	"""An invoice that takes its items from a quotation costs what was quoted: its rows are linked, and priced again."""
	if not concerns(doc) or doc.docstatus != 0:
		return
	free = [
		row
		for row in priced_rows(doc)
		if not any(row.get(field) for field in ("b2b_quotation_item", "so_detail", "dn_detail"))
	]
	linked = False
	for quoted in quotation.items:
		same = (
			row
			for row in free
			if (row.item_code, row.uom, row.qty) == (quoted.item_code, quoted.uom, quoted.qty)
		)
		if not cint(quoted.is_alternative) and (row := next(same, None)):
			row.b2b_quotation_item = quoted.name
			free.remove(row)
			linked = True
	if linked:
		price(doc, mapped=True)
		doc.run_method("calculate_taxes_and_totals")


def price(doc: Document, mapped: bool = False) -> list[Decision]:
	"""Put on each row what it costs; returns the decisions, in the order of `priced_rows`."""
	rows = priced_rows(doc)
	if not rows:
		return []
	fill_head(doc)
	if mapped:
		# what somebody said of the other document's prices was said of that
		for row in rows:
			row.update({"b2b_override_reason": None, "b2b_price_decision": None, "b2b_price_source": None})
	decisions, book = decide(doc, rows, mapped)
	for row, decision in zip(rows, decisions, strict=True):
		if not mapped:
			messages.refuse_unfit(doc, row, decision)
			refuse_change(doc, row, decision)
		take_cases(row, decision)
		if not decision.source and not decision.rate and row.get("b2b_price_decision"):
			messages.warn_of_no_price(doc, row)
		writing.write(
			row, decision, float(book.items[row.item_code].max_discount) if decision.item in book.items else 0
		)
		row.flags.b2b_decision = decision
	doc.flags.b2b_promotions = _admits_promotions(decisions, book)
	giving_away.settle(doc, rows, decisions, book)
	return decisions


def decide(doc: Document, rows: Sequence[Document], mapped: bool = False) -> tuple[list[Decision], Book]:
	"""What these rows of a document cost, and the book that says so; nothing is written.

	Alternatives on a quotation are not bought together with the others, so they do not count for their mixes.
	"""
	usual = [row for row in rows if not cint(row.get("is_alternative"))]
	others = [row for row in rows if cint(row.get("is_alternative"))]
	groups = [usual, *([row] for row in others)] if usual else [[row] for row in others]
	questions = [question_of(doc, group, mapped) for group in groups]
	answers, book = books.decide(questions)
	if _ask_by_discount(doc, groups, questions, answers):
		answers, book = books.decide(questions)
	found = {
		id(row): decision
		for group, decided in zip(groups, answers, strict=True)
		for row, decision in zip(group, decided, strict=True)
	}
	return [found[id(row)] for row in rows], book


def _ask_by_discount(
	doc: Document,
	groups: Sequence[Sequence[Document]],
	questions: Sequence[Question],
	answers: Sequence[Sequence[Decision]],
) -> bool:
	"""New rows may come with a discount instead of a price; whether there are any."""
	any_asked = False
	may, reason = typed.may_override(), doc.flags.b2b_price_reason or ""
	for rows, question, decided in zip(groups, questions, answers, strict=True):
		for row, line, decision in zip(rows, question.lines, decided, strict=True):
			rate = typed.by_discount(row, decision) if not line.asked and not line.agreed else None
			if rate is not None:
				why = (row.get("b2b_override_reason") or "").strip() or reason
				line.asked = Asked(rate, why, may or bool(reason))
				any_asked = True
	return any_asked


def fill_head(doc: Document) -> None:
	"""Price list, currency and exchange rates, as ERPNext fills them in a moment later."""
	if all(doc.get(field) for field in HEAD) and (
		doc.get("plc_conversion_rate") or not doc.selling_price_list
	):
		return
	doc.set_missing_lead_customer_details(for_validate=True)
	doc.set_price_list_currency("Selling")


def _is_as_before(doc: Document) -> bool:
	"""Whether a draft is submitted as it was saved: what was shown is what is agreed on then."""
	if getattr(doc, "_action", None) != "submit":
		return False
	before = doc.get_doc_before_save()
	if not before or len(before.items) != len(doc.items):
		return False
	if any(_shown(doc, field) != _shown(before, field) for field in OF_HEAD):
		return False
	rows = {row.name: row for row in before.items}
	return all(
		row.name in rows and all(_shown(row, field) == _shown(rows[row.name], field) for field in OF_ROW)
		for row in doc.items
	)


def _shown(doc: Document, field: str) -> str:
	value = doc.get(field)
	return str(flt(value, 9)) if isinstance(value, int | float) else str(value or "")


def _let_rules_on(doc: Document) -> bool:
	"""Give the document its own say about Pricing Rules back; whether it had been taken."""
	if doc.flags.b2b_ignored_rules is None:
		return False
	doc.ignore_pricing_rule = doc.flags.pop("b2b_ignored_rules")
	return True


def refuse_change(doc: Document, row: Document, decision: Decision) -> None:
	"""A changed price needs somebody who may, and a reason. What ERPNext itself made of it has none to give."""
	if any(reason.why == "may_not" for reason in decision.reasons):
		messages.refuse_changed_price(doc, row, decision)
	if decision.source == "Override" and not decision.reasons[0].about.get("reason"):
		messages.ask_for_reason(doc, row, decision)


def take_cases(row: Document, decision: Decision) -> None:
	if decision.problem or not decision.qty or flt(abs(row.qty), 6) == flt(decision.qty, 6):
		return
	was, row.qty = row.qty, float(decision.qty)
	row.stock_qty = row.qty * flt(row.conversion_factor or decision.factor)
	frappe.msgprint(
		_("Row {0}: {1} of {2} are {3} now: it is sold in full cases of {4}.").format(
			row.idx, flt(was), frappe.bold(row.item_code), row.qty, flt(decision.case_pack)
		),
		alert=True,
		indicator="blue",
	)


def _admits_promotions(decisions: Iterable[Decision], book: Book) -> bool:
	"""Whether discounts and gifts for the whole document may come on top: not where a tier keeps promotions off."""
	tiers = {decision.tier for decision in decisions if decision.tier}
	return all(flatten(book.tiers, tier).promotions == ON_TOP for tier in tiers)
