"""Many rows of a tier at once: files in and out, prices raised by a percentage, a tier copied; each with a preview."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, escape_html, flt, getdate
from frappe.utils.xlsxutils import make_xlsx

from wholesale_b2b.figures import plain
from wholesale_b2b.ordering.order_import.rules.model import Table
from wholesale_b2b.ordering.order_import.store.files import read_table
from wholesale_b2b.pricing.rules import Row, changes, flatten, sheet
from wholesale_b2b.pricing.rules.changes import Change
from wholesale_b2b.pricing.rules.floors import margin_of
from wholesale_b2b.pricing.rules.money import number
from wholesale_b2b.pricing.rules.sheet import Bad, Known
from wholesale_b2b.pricing.rules.tiers import standing_alone
from wholesale_b2b.pricing.rules.words import BRAND, GROUP, ITEM, TARGETS
from wholesale_b2b.pricing.service import forms, trials
from wholesale_b2b.pricing.store import masters, tiers
from wholesale_b2b.setup.switch import company_at_hand

SHOWN = 500


@dataclass(slots=True)
class Plan:
	"""What would become of a tier. bad: rows of a file that cannot be taken. called: line → what a person knows it by, where
	that is not its number.
	"""

	doc: Document
	day: date
	rows: list[Row]
	changes: list[Change]
	bad: list[Bad]
	called: Mapping[int, str] = field(default_factory=dict)

	@property
	def telling(self) -> list[Change]:
		return [change for change in self.changes if change.kind != changes.SAME]

	def where(self, line: int) -> str:
		return self.called.get(line) or _("line {0}").format(line)

	def why(self, bad: Bad) -> str:
		"""What is wrong with a row, and what would be right."""
		about = self.where(int(bad.about)) if bad.why == "double" else frappe.bold(escape_html(bad.about))
		return bad_text(bad.why, about)


def from_file(
	tier: str, file_url: str, day: str | None = None, end_others: bool = False, seen: str = ""
) -> Plan:
	"""What a file would change from a day on (today without one). seen: of a preview, see `editable`.

	Raises frappe.PermissionError, and ValidationError for a file that cannot be read or has not the columns.
	"""
	doc = editable(tier, seen)
	table, _digest = read_table(file_url, _("Trade Price Tier"))
	if missing := sheet.missing_columns(table.header):
		frappe.throw(
			_("The file has no column {0}. Export the tier to see what its columns are called.").format(
				" / ".join(frappe.bold(name) for name in missing)
			)
		)
	return from_table(doc, table, as_day(day), end_others)


def from_table(
	doc: Document,
	table: Table,
	day: date,
	end_others: bool = False,
	ends: Iterable[tuple[int, Row]] = (),
	unfit: Iterable[Bad] = (),
) -> Plan:
	"""What a table would change from a day on.

	ends: (line, row) of those that end, unless the line of the table is bad. unfit: what is known to be bad already.
	"""
	wanted, bad = sheet.read(table, _known(sheet.names(table)))
	bad += unfit
	ends = list(ends)
	units = _stock_units(doc, [*wanted, *ends])
	twice = changes.doubles(wanted, units)
	bad += [Bad(line, "double", str(first)) for line, first in twice.items()]
	wanted = [(line, row) for line, row in wanted if line not in twice]
	lines = {one.line for one in bad}
	ending = {changes.key_of(row, units) for line, row in ends if line not in lines}
	rows = list(tiers.as_tier(doc).rows)
	return Plan(
		doc,
		day,
		rows,
		changes.compare(rows, wanted, units, day, end_others, ending),
		sorted(bad, key=lambda one: one.line),
	)


def by_percent(
	tier: str,
	percent: float,
	day: str | None = None,
	rounding: str = "",
	item_group: str = "",
	brand: str = "",
	seen: str = "",
) -> Plan:
	"""The prices of a tier so many percent higher from a day on; discounts stay. item_group, brand: of these items alone. seen:
	of a preview, see `editable`."""
	if not percent or abs(percent) >= 100:
		frappe.throw(
			_("{0} % is not possible: give a percentage between −100 and 100, and not 0.").format(percent)
		)
	doc = editable(tier, seen)
	on, rows = as_day(day), list(tiers.as_tier(doc).rows)
	wanted = changes.raised(
		rows, Decimal(str(percent)), on, rounding or cstr(doc.rounding), cstr(doc.rounding_direction)
	)
	if item_group or brand:
		known = masters.items(row.target for _line, row in wanted)
		wanted = [
			(line, row)
			for line, row in wanted
			if (item := known.get(row.target))
			and (not item_group or item_group in item.groups)
			and (not brand or item.brand == brand)
		]
	if not wanted:
		frappe.throw(
			_("{0} has no prices of its own to change: discounts follow the base price list.").format(tier)
		)
	return Plan(doc, on, rows, changes.compare(rows, wanted, _stock_units(doc, wanted), on), [])


def preview(plan: Plan) -> dict:
	"""What a plan does, for a person to look at: `changes` (the first 500) and `bad` with a text each, counts, and `seen` for
	whoever carries it out.

	Each change: kind, line, apply_on, target, item_name, uom, min_qty, old, new (texts), planned (days from which rows would
	have held that go for it), difference (percent), and for
	items old_rate, new_rate of a unit as a customer on the tier would pay, and margin to those who may see costs.
	"""
	shown = plan.telling[:SHOWN]
	before, after = (
		trials.rates(plan.doc, plan.rows, plan.day),
		trials.rates(plan.doc, changes.apply(plan.rows, plan.changes, plan.day), plan.day),
	)
	rows = [change.new or change.old or change.replaced[0] for change in shown]
	old, new = before(rows), after(rows)
	costs = forms.may_see_costs(company_at_hand())
	kinds = [change.kind for change in plan.changes]
	names = masters.states(row.target for row in rows if row.apply_on == ITEM)
	return {
		"day": str(plan.day),
		"seen": cstr(plan.doc.modified),
		"currency": tiers.currency_of(trials.with_rows(plan.doc, plan.rows), plan.doc.name),
		"counts": {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
		"changes": [
			_told(change, one, other, names, costs, plan.day)
			for change, one, other in zip(shown, old, new, strict=True)
		],
		"more": max(len(plan.telling) - SHOWN, 0),
		"bad": [
			{"line": one.line, "where": plan.called.get(one.line, ""), "text": plan.why(one)}
			for one in plan.bad[:SHOWN]
		],
		"bad_count": len(plan.bad),
	}


def _told(
	change: Change,
	old: trials.Trial | None,
	new: trials.Trial | None,
	names: Mapping[str, frappe._dict],
	costs: bool,
	day: date,
) -> dict:
	row = change.new or change.old or change.replaced[0]
	told = {
		"kind": change.kind,
		"line": change.line,
		"apply_on": row.apply_on,
		"target": row.target,
		"item_name": names[row.target].item_name if row.target in names else "",
		"uom": row.uom,
		"min_qty": float(row.min_qty),
		"mix": row.mix,
		"old": figure(change.old) if change.old else "",
		"new": figure(change.new) if change.new else "",
		"planned": [
			str(row.valid_from) for row in change.replaced if row.valid_from and row.valid_from > day
		],
	}
	if old and new and old.rate is not None and new.rate is not None:
		told.update({"old_rate": float(old.rate), "new_rate": float(new.rate)})
		if old.rate:
			told["difference"] = flt((new.rate - old.rate) * 100 / old.rate, 2)
		if costs and (margin := margin_of(new.rate, new.cost)) is not None:
			told["margin"] = flt(margin, 1)
	return told


def figure(row: Row) -> str:
	"""What a row gives: `12.5 %` or a price."""
	if row.discount is not None:
		return f"{plain(row.discount)} %"
	return plain(row.rate or 0)


def carry_out(plan: Plan, only_good: bool = False) -> dict:
	"""Change the tier as planned; returns counts. Nothing is changed where rows of the file are bad, unless only the good
	ones are wanted.

	Raises frappe.ValidationError, also for what the tier itself refuses.
	"""
	if plan.bad and not only_good:
		first = plan.bad[0]
		frappe.throw(
			_("Nothing was changed: {0} rows cannot be taken. The first: {1}, {2}").format(
				len(plan.bad), plan.where(first.line), plan.why(first)
			)
		)
	write(plan.doc, plan.rows, changes.apply(plan.rows, plan.changes, plan.day))
	plan.doc.add_comment("Info", _summary(plan))
	kinds = [change.kind for change in plan.changes]
	return {"counts": {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}, "left_out": len(plan.bad)}


def _summary(plan: Plan) -> str:
	kinds = [change.kind for change in plan.changes]
	return _("Many rows changed from {0} on: {1} new, {2} changed, {3} ended.").format(
		plan.day, *(kinds.count(kind) for kind in (changes.NEW, changes.CHANGED, changes.ENDED))
	)


def write(doc: Document, before: Sequence[Row], after: Sequence[Row]) -> None:
	"""Save a tier with these rows; those that were there keep their names."""
	known = {row.name: row for row in doc.rows}
	there = {row.name for row in before}
	doc.set("rows", [])
	for row in after:
		child = known.get(row.name) if row.name in there else None
		if child:
			child.update({"valid_upto": row.valid_upto, "valid_from": row.valid_from})
			doc.append("rows", child)
		else:
			doc.append("rows", as_child(row))
	for idx, child in enumerate(doc.rows, 1):
		child.idx = idx
	doc.save()


def as_child(row: Row) -> dict:
	return {
		"apply_on": row.apply_on,
		**({TARGETS[row.apply_on]: row.target} if row.apply_on in TARGETS else {}),
		"price_or_discount": "Price" if row.discount is None else "Discount",
		"discount_percentage": float(row.discount or 0),
		"rate": float(row.rate or 0),
		"uom": row.uom or None,
		"min_qty": float(row.min_qty),
		"mix": row.mix,
		"net": int(row.net),
		"valid_from": row.valid_from,
		"valid_upto": row.valid_upto,
	}


def copy(tier: str, new_name: str, flat: bool = False) -> str:
	"""A tier with the same rows under another name; flat: one that stands alone and says what the tier inherits too."""
	source = frappe.get_doc("Trade Price Tier", tier)
	source.check_permission("read")
	made = frappe.copy_doc(source)
	made.tier_name = new_name.strip()
	if flat and source.parent_tier:
		one = flatten(tiers.whole(tier), tier)
		made.update(
			{
				"parent_tier": None,
				"change_percent": float((one.list_factor - 1) * 100),
				"price_list": one.price_list,
				"rounding": one.rounding,
				"rounding_direction": one.direction or "Nearest",
				"promotions": one.promotions,
				"floor_by": one.floor_by,
				"floor_percent": float(one.floor_percent),
			}
		)
		made.set("rows", [])
		for row in standing_alone(one):
			made.append("rows", as_child(row))
	return made.insert().name


def export(tier: str, kind: str) -> tuple[str, bytes]:
	"""File name and content of a tier's rows, `csv` or `xlsx`, with what is known beside them; import reads it back."""
	doc = frappe.get_doc("Trade Price Tier", tier)
	doc.check_permission("read")
	rows = list(tiers.as_tier(doc).rows)
	told = trials.rates(doc, rows, getdate())(rows)
	costs = forms.may_see_costs(company_at_hand())
	names = masters.states(row.target for row in rows if row.apply_on == ITEM)
	table: list[list[object]] = [
		[*sheet.COLUMNS, *(name for name in sheet.TOLD if costs or name not in ("Cost", "Margin %"))]
	]
	for row, trial in zip(rows, told, strict=True):
		state = names.get(row.target) if row.apply_on == ITEM else None
		extra: list[object] = [state.item_name if state else None]
		extra += [number(trial and trial.list_rate), number(trial and trial.rate)]
		if costs:
			margin = margin_of(trial.rate, trial.cost) if trial and trial.rate is not None else None
			extra += [number(trial and trial.cost), None if margin is None else flt(margin, 1)]
		table.append([*sheet.cells(row), *extra])
	if kind == "xlsx":
		return f"{tier}.xlsx", make_xlsx(table, "Tier").getvalue()
	text = io.StringIO(newline="")
	csv.writer(text).writerows([["" if cell is None else cell for cell in line] for line in table])
	return f"{tier}.csv", text.getvalue().encode("utf-8-sig")


def editable(tier: str, seen: str = "") -> Document:
	"""A tier, locked until the request is over.

	seen: when it had been changed last as it was looked at. Raises frappe.PermissionError for who may not change it,
	frappe.TimestampMismatchError where it has changed since.
	"""
	doc = frappe.get_doc("Trade Price Tier", tier, for_update=True)
	doc.check_permission("write")
	if seen and seen != cstr(doc.modified):
		frappe.throw(
			_("{0} was changed by {1} in the meantime. Look at the preview again.").format(
				frappe.bold(doc.name), doc.modified_by
			),
			frappe.TimestampMismatchError,
		)
	return doc


def as_day(text: str | None) -> date:
	"""A day, today without one; raises frappe.ValidationError for what is none."""
	try:
		return getdate(text) if text else getdate()
	except Exception:
		frappe.throw(_("{0} is not a date; write it as YYYY-MM-DD.").format(text))


def _known(named: Mapping[str, set[str]]) -> Known:
	items = masters.items(named[ITEM])
	return Known(
		{code: frozenset((item.stock_uom, *item.factors)) for code, item in items.items()},
		frozenset(masters.existing("Item Group", named[GROUP])),
		frozenset(masters.existing("Brand", named[BRAND])),
	)


def _stock_units(doc: Document, wanted: Iterable[tuple[int, Row]]) -> dict[str, str]:
	codes = {row.item_code for row in doc.rows if row.item_code} | {row.target for _line, row in wanted}
	return {code: item.stock_uom for code, item in masters.items(codes).items()}


def bad_text(why: str, about: str) -> str:
	"""A fault of `sheet.Bad` in words."""
	texts = {
		"target": _(
			"it is not clear what it is for: fill in one of Item Code, Item Group and Brand, or Apply On with All Items"
		),
		"item": _("there is no item {0}").format(about),
		"group": _("there is no item group {0}").format(about),
		"brand": _("there is no brand {0}").format(about),
		"uom": _("the item has no UOM {0}").format(about),
		"quantity": _("{0} is no minimum quantity").format(about),
		"no_quantity": _("a quantity break needs a quantity, above 0"),
		"both": _("it has a price and a discount; give one of the two"),
		"neither": _("it has no price and no discount"),
		"figure": _("{0} is no price or discount").format(about),
		"discount": _("a discount of {0} is more than 100 %").format(about),
		"date": _("{0} is no date; write it as YYYY-MM-DD").format(about),
		"days": _("it ends on {0}, before it begins").format(about),
		"gone": _("it is not there any more: somebody has changed the tier; look at it again"),
		"double": _("it says something about the same thing as {0}").format(about),
	}
	return texts[why]
