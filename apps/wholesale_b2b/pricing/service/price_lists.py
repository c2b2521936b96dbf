"""The price list of one Trade Account: what it pays for everything that is sold, with quantity breaks, as PDF and XLSX."""

import frappe
from frappe import _
from frappe.utils import flt, fmt_money, format_date, getdate
from frappe.utils.pdf import get_pdf
from frappe.utils.xlsxutils import make_xlsx

from wholesale_b2b.allocation.service import portal
from wholesale_b2b.figures import plain
from wholesale_b2b.ordering.trade_accounts.rules import CLOSED, Terms
from wholesale_b2b.ordering.trade_accounts.service import terms as account_terms
from wholesale_b2b.pricing.rules.money import number
from wholesale_b2b.pricing.service import answers, books, steps
from wholesale_b2b.pricing.store import catalogue

LIST, DISCOUNT = "list", "discount"
COLUMNS = {"List, Discount and Net": (LIST, DISCOUNT), "List and Net": (LIST,), "Net Only": ()}
KINDS = ("pdf", "xlsx")
TEMPLATE = "templates/print/price_list.html"


def make(account: str, kind: str, item_group: str = "") -> tuple[str, bytes]:
	"""File name and content of an account's price list of today, for whoever may read the account, or buys on it.

	Raises frappe.PermissionError (for customers also where there is no such account), ValidationError for another kind.
	"""
	if kind not in KINDS:
		frappe.throw(_("A price list is made as pdf or xlsx, not as {0}.").format(kind))
	terms = _permitted(account)
	content = of_account(terms, item_group)
	name = f"{_('Price List')} {terms.name} {getdate()}.{kind}".replace("/", "-")
	if kind == "xlsx":
		return name, _workbook(content)
	return name, get_pdf(frappe.render_template(TEMPLATE, content), {"orientation": "Portrait"})


def _permitted(account: str) -> Terms:
	terms = account_terms([account]).get(account)
	if frappe.has_permission("Trade Account", "read"):
		if not terms:
			frappe.throw(_("There is no Trade Account {0}.").format(account), frappe.DoesNotExistError)
		frappe.has_permission("Trade Account", "read", doc=account, throw=True)
		return terms
	own = terms and terms.status != CLOSED and portal.is_own(frappe.session.user, terms.customer)
	if not own:
		frappe.throw(_("You may not see the prices of this account."), frappe.PermissionError)
	return terms


def of_account(terms: Terms, item_group: str = "") -> dict:
	"""What a price list says: title, customer, currency, date, columns (`list`, `discount`), with_mixes, and `groups` of lines by item
	group: item_code, item_name, uom, case_pack, list_rate, discount, rate (numbers, None where there is none), and `breaks`
	({qty, mix, rate}). Items without a price are left out; promotions are not in it.
	"""
	rows, _total = catalogue.items(item_group, limit=0)
	if seen := portal.on_offer([row.name for row in rows]):
		known = set(seen)
		rows = [row for row in rows if row.name in known]
	question = answers.question_of(terms, [row.name for row in rows])
	groups: dict[str, list[dict]] = {}
	if rows:
		(requests,), book = books.load([question])
		for row, found in zip(rows, steps.of_items(requests, book), strict=True):
			if found[-1].decision.source:
				groups.setdefault(row.item_group, []).append(_line(row, found, book))
	return {
		"title": _("Price List"),
		"account": terms.name,
		"customer": frappe.get_cached_value("Customer", terms.customer, "customer_name"),
		"company": terms.company,
		"currency": question.currency,
		"date": getdate(),
		"columns": COLUMNS.get(terms.print_prices, COLUMNS["List, Discount and Net"]),
		"groups": [{"name": name, "lines": lines} for name, lines in groups.items()],
		"with_mixes": any(
			step["mix"] for lines in groups.values() for line in lines for step in line["breaks"]
		),
		"money": lambda amount: "" if amount is None else fmt_money(amount, currency=question.currency),
		"figure": plain,
		"day": format_date(getdate()),
	}


def _line(row: frappe._dict, found: list[steps.Step], book) -> dict:
	first = found[0].decision
	item = book.items[row.name]
	return {
		"item_code": row.name,
		"item_name": row.item_name,
		"uom": first.uom,
		"case_pack": float(item.case_pack) if item.case_rounding else 0,
		"list_rate": number(first.list_rate),
		"discount": flt(first.discount, 1),
		"rate": float(first.rate) if first.source else None,
		"breaks": steps.cheaper(found),
	}


def _workbook(content: dict) -> bytes:
	deepest = max((len(line["breaks"]) for group in content["groups"] for line in group["lines"]), default=0)
	heading = [_("Item Group"), _("Item"), _("Name"), _("UOM"), _("Case Pack")]
	heading += [_("List Price")] if LIST in content["columns"] else []
	heading += [_("Discount %")] if DISCOUNT in content["columns"] else []
	heading += [_("Price")]
	for place in range(1, deepest + 1):
		heading += [_("From Quantity {0}").format(place), _("Price {0}").format(place)]
	about = f"{content['title']} {content['account']}, {content['day']}, {content['currency']}"
	table: list[list[object]] = [[about], heading]
	for group in content["groups"]:
		for line in group["lines"]:
			cells = [
				group["name"],
				line["item_code"],
				line["item_name"],
				line["uom"],
				line["case_pack"] or None,
			]
			cells += [line["list_rate"]] if LIST in content["columns"] else []
			cells += [line["discount"] or None] if DISCOUNT in content["columns"] else []
			cells += [line["rate"]]
			for step in line["breaks"]:
				cells += [step["qty"], step["rate"]]
			table.append(cells)
	return make_xlsx(table, content["title"]).getvalue()
