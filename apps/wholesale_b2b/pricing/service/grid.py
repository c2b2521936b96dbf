"""A tier as a grid to edit: a line per item, item group or brand, with its price and quantity breaks beside each other.

What is edited goes the way of an imported file: the same checks, the same preview, the same day from which it holds.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt

from wholesale_b2b.ordering.order_import.rules.model import Table
from wholesale_b2b.pricing.rules import Row, sheet
from wholesale_b2b.pricing.rules.changes import key_of
from wholesale_b2b.pricing.rules.model import is_valid
from wholesale_b2b.pricing.rules.money import number
from wholesale_b2b.pricing.rules.sheet import Bad
from wholesale_b2b.pricing.rules.words import BRAND, EVERYTHING, GROUP, ITEM, TARGETS
from wholesale_b2b.pricing.service import bulk, forms, steps, trials
from wholesale_b2b.pricing.service.questions import Ask
from wholesale_b2b.pricing.store import catalogue, masters, tiers
from wholesale_b2b.setup.switch import company_at_hand
from wholesale_b2b.trees import below

PAGE = 100
MOST = 5000
KINDS = (EVERYTHING, GROUP, BRAND, ITEM)
SHOWS = ("items", "rows")


@dataclass(slots=True)
class Line:
	"""What a line of the grid is about, with the rows of the tier that hold on the day. later: the day of the next change."""

	apply_on: str
	target: str
	uom: str = ""
	rows: list[Row] = field(default_factory=list)
	later: date | None = None

	@property
	def own(self) -> Row | None:
		"""The row that holds from one on."""
		return next((row for row in self.rows if not row.min_qty), None)

	@property
	def breaks(self) -> list[Row]:
		return [row for row in self.rows if row.min_qty]


def page(
	tier: str,
	day: str = "",
	show: str = "items",
	item_group: str = "",
	brand: str = "",
	search: str = "",
	start: int = 0,
) -> dict:
	"""A page of 100 lines of a tier, with what holds on a day (today). show: `items`, all that are sold, or `rows`, what the
	tier has rows of its own about.

	Returns tier, modified, day, currency, places (decimals of a rate), may_write, total, start, size (of a page), and `lines`:
	apply_on, target, item_name, uom (of the prices), own_uom (as the row has it), figure (`8` or `5 %`, empty without a row),
	`breaks` ({qty, figure, mix}), `steps` ({qty, rate, mix}: what an item comes to, inherited ones too), later, and for items
	list_rate, rate, and cost to those who may see costs. Raises frappe.PermissionError, DoesNotExistError, ValidationError.
	"""
	doc = frappe.get_doc("Trade Price Tier", tier)
	doc.check_permission("read")
	if show not in SHOWS:
		frappe.throw(_("{0} is nothing to show. Choose items or rows.").format(show))
	on = bulk.as_day(day)
	own = _own(doc, on)
	if show == "rows":
		lines = _narrowed(own, item_group, brand, search)
		total, start = len(lines), max(cint(start), 0)
		lines = lines[start : start + PAGE]
	else:
		found, total = catalogue.items(item_group, search, max(cint(start), 0), PAGE, brand)
		lines = [line for row in found for line in own.get((ITEM, row.name)) or [Line(ITEM, row.name)]]
	known = tiers.whole(doc.name)
	asks, company = _asks(lines), company_at_hand()
	tried = trials.bench(known, doc.name, company, asks, on) if company and asks else None
	return {
		"tier": doc.name,
		"modified": cstr(doc.modified),
		"day": str(on),
		"currency": tiers.currency_of(known, doc.name),
		"may_write": bool(doc.has_permission("write")),
		"total": total,
		"start": max(cint(start), 0),
		"size": PAGE,
		"places": tried.book.places if tried else 2,
		"lines": _told(lines, tried),
	}


def _asks(lines: Sequence[Line]) -> list[Ask]:
	"""One of each item among the lines, by the unit that the line is about."""
	about = [line for line in lines if line.apply_on == ITEM]
	units = {code: item.stock_uom for code, item in masters.items(line.target for line in about).items()}
	return [
		Ask(str(place), line.target, Decimal(1), line.uom or units.get(line.target, ""))
		for place, line in enumerate(about)
	]


def _own(doc: Document, day: date) -> dict[tuple[str, str], list[Line]]:
	"""What a tier has rows of its own about, that hold on a day or begin after it; items by unit, their stock UOM first."""
	rows = [row for row in tiers.as_tier(doc).rows if not row.valid_upto or row.valid_upto >= day]
	stock = masters.items(row.target for row in rows if row.apply_on == ITEM)
	found: dict[tuple[str, str], dict[str, Line]] = {}
	for row in sorted(rows, key=lambda row: (row.uom, row.min_qty, row.mix)):
		uom = "" if row.target in stock and row.uom == stock[row.target].stock_uom else row.uom
		lines = found.setdefault((row.apply_on, row.target), {})
		if row.apply_on == ITEM:
			# it always has a line for single ones, to type a price into
			lines.setdefault("", Line(row.apply_on, row.target))
		line = lines.setdefault(uom, Line(row.apply_on, row.target, row.uom))
		line.uom = line.uom or row.uom
		if is_valid(row.valid_from, row.valid_upto, day):
			line.rows.append(row)
		elif row.valid_from:
			line.later = min(line.later or row.valid_from, row.valid_from)
	return {key: list(lines.values()) for key, lines in found.items()}


def _narrowed(
	own: Mapping[tuple[str, str], list[Line]], item_group: str, brand: str, search: str
) -> list[Line]:
	"""The lines that a filter leaves, broader ones first, then by item group and name."""
	items = masters.items(target for kind, target in own if kind == ITEM)
	names = masters.states(items)
	groups = set(below("Item Group", item_group)) if item_group else set()
	text = search.strip().casefold()

	def stays(kind: str, target: str) -> bool:
		item = items.get(target) if kind == ITEM else None
		group = item.groups[0] if item and item.groups else target if kind == GROUP else ""
		made_by = item.brand if item else target if kind == BRAND else ""
		name = names[target].item_name if item and target in names else ""
		return (
			(not item_group or group in groups)
			and (not brand or made_by == brand)
			and (not text or text in target.casefold() or text in name.casefold())
		)

	def place(key: tuple[str, str]) -> tuple:
		item = items.get(key[1]) if key[0] == ITEM else None
		group = item.groups[0] if item and item.groups else ""
		return KINDS.index(key[0]), group.casefold(), key[1].casefold(), key[1]

	return [line for key in sorted(own, key=place) if stays(*key) for line in own[key]]


def _told(lines: Sequence[Line], tried: trials.Bench | None) -> list[dict]:
	"""tried: the items among the lines, in their order; None where nothing can be priced."""
	items = [line for line in lines if line.apply_on == ITEM]
	names = masters.states(line.target for line in items)
	prices = iter(_prices(tried) if tried else [{}] * len(items))
	return [
		{
			"apply_on": line.apply_on,
			"target": line.target,
			"item_name": names[line.target].item_name if line.target in names else "",
			"uom": line.uom,
			"own_uom": line.uom,
			"figure": bulk.figure(line.own) if line.own else "",
			"breaks": [
				{"qty": float(row.min_qty), "figure": bulk.figure(row), "mix": row.mix} for row in line.breaks
			],
			"steps": [],
			"later": str(line.later) if line.later else "",
			**(next(prices) if line.apply_on == ITEM else {}),
		}
		for line in lines
	]


def _prices(tried: trials.Bench) -> Iterator[dict]:
	"""Per item what the grid says of it: uom, list_rate, rate, steps, and maybe cost."""
	costs = forms.may_see_costs(company_at_hand())
	for priced in tried.steps():
		first = priced[0].decision
		yield {
			"uom": first.uom,
			"list_rate": number(first.list_rate),
			"rate": number(first.rate) if first.source else None,
			"steps": steps.cheaper(priced),
			**({"cost": number(tried.cost(first))} if costs else {}),
		}


# ---- what was edited ----


def edited(tier: str, edits: object, day: str = "", seen: str = "") -> bulk.Plan:
	"""What these edits would change from a day on (today).

	edits: a list of apply_on, target, own_uom, mix, is_break, `was` (the minimum quantity of the row that is edited, null for a
	new one), min_qty, figure (a price, a discount as `5 %`, or empty: the row ends). seen: when the tier had changed last as it was looked
	at; where it has changed since, nothing can be planned. Raises frappe.PermissionError, ValidationError.
	"""
	doc = bulk.editable(tier, seen)
	edits = _checked(edits)
	on = bulk.as_day(day)
	held = _held(doc, on, edits)
	rows, ends, unfit, called = [], [], [], {}
	for line, edit in enumerate(edits, 1):
		old, followed = held.get(line, (None, False))
		called[line] = _called(edit)
		if edit["was"] is not None and old is None:
			unfit.append(Bad(line, "gone"))
		elif edit["figure"] and edit["is_break"] and not edit["min_qty"].strip("0. "):
			unfit.append(Bad(line, "no_quantity"))
		elif edit["figure"]:
			rows.append((line, _cells(edit, old, followed)))
		elif edit["was"] is None:
			unfit.append(Bad(line, "neither"))
		if old is not None and (not edit["figure"] or flt(edit["min_qty"]) != float(old.min_qty)):
			ends.append((line, old))
	plan = bulk.from_table(doc, Table(sheet.COLUMNS, tuple(rows)), on, ends=ends, unfit=unfit)
	return replace(plan, called=called)


def _checked(edits: object) -> list[dict]:
	if isinstance(edits, str):
		try:
			edits = json.loads(edits)
		except ValueError:
			edits = None
	if not isinstance(edits, list) or not edits or not all(isinstance(edit, dict) for edit in edits):
		frappe.throw(_("Nothing was edited: edits is a list of objects."))
	if len(edits) > MOST:
		frappe.throw(_("{0} edits at once are too many: save after {1} at most.").format(len(edits), MOST))
	texts = ("apply_on", "target", "own_uom", "mix", "min_qty", "figure")
	return [
		{
			**{name: cstr(edit.get(name)).strip() for name in texts},
			"was": edit.get("was"),
			"is_break": bool(edit.get("is_break")),
		}
		for edit in edits
	]


def _held(doc: Document, day: date, edits: Iterable[Mapping]) -> dict[int, tuple[Row, bool]]:
	"""Edit (from 1) → the row that it edits, where there is one that holds on the day, and whether another is to follow it."""
	rows = [row for row in tiers.as_tier(doc).rows if not row.valid_upto or row.valid_upto >= day]
	units = {code: item.stock_uom for code, item in masters.items(row.target for row in rows).items()}
	known = {key_of(row, units): row for row in rows if is_valid(row.valid_from, row.valid_upto, day)}
	followed = {key_of(row, units) for row in rows if row.valid_from and row.valid_from > day}
	found = {}
	for line, edit in enumerate(edits, 1):
		if edit["was"] is None:
			continue
		asked = Row(
			edit["apply_on"],
			edit["target"],
			uom=edit["own_uom"],
			min_qty=Decimal(str(flt(edit["was"], 6))),
			mix=edit["mix"],
		)
		key = key_of(asked, units)
		if key in known:
			found[line] = known[key], key in followed
	return found


def _cells(edit: Mapping, old: Row | None, followed: bool) -> tuple[str, ...]:
	"""An edit as a file would have it; what the grid does not show stays as the row had it. One that ended for another to
	follow takes the place of that too: there would be no price in between."""
	is_discount = "%" in edit["figure"]
	texts = {
		"Apply On": edit["apply_on"],
		**{kind: edit["target"] for kind in TARGETS if kind == edit["apply_on"]},
		"UOM": edit["own_uom"],
		"Minimum Quantity": edit["min_qty"],
		"Mix": edit["mix"],
		"Discount %": edit["figure"] if is_discount else "",
		"Price": "" if is_discount else edit["figure"],
		"Net": "1" if old and old.net else "",
		"Valid Up To": str(old.valid_upto) if old and old.valid_upto and not followed else "",
	}
	return tuple(texts.get(name, "") for name in sheet.COLUMNS)


def _called(edit: Mapping) -> str:
	target = frappe.bold(frappe.utils.escape_html(edit["target"] or _(edit["apply_on"])))
	return _("{0} from {1} on").format(target, edit["min_qty"]) if flt(edit["min_qty"]) else target
