"""Each step that raises exposure is looked at before it is taken, the account locked.

Locks: `lock_for` stands between documents and Bins in `allocation.service.locking`, so two that raise the exposure of
one account come one after the other and the second sees the first.
"""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.credit import rules, store
from wholesale_b2b.credit.service import judging, messages
from wholesale_b2b.credit.store import Account, rates
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.setup.switch import is_enabled


def accounts_to_lock(
	documents: Iterable[tuple[str, str]], doc: Document | None = None
) -> set[tuple[str, str]]:
	"""The limited Trade Accounts that `doc` and these Sales Orders count for, as (DocType, name) for the list of locks."""
	asked = store.sides_of_documents(
		"Sales Order", [name for kind, name in documents if kind == "Sales Order"]
	)
	if doc and doc.get("customer"):
		asked[""] = ((doc.customer, doc.company), doc.get("b2b_trade_account"))
	return {("Trade Account", name) for name in judging.names_to_lock(asked)}


# ---- the steps -------------------------------------------------------------------------------------------------------


def order_submitted(doc: Document) -> None:
	"""A Sales Order is about to be submitted, an amended one too."""
	_look(doc, _today(doc, _total(doc)))


def order_changed(doc: Document) -> None:
	"""*Update Items* is about to save an order: quantities, prices, rows."""
	rise = _total(doc) - _total(store.order_head(doc.name))
	if rise > rules.CENT:
		_look(doc, _today(doc, rise))


def order_reopened(doc: Document) -> None:
	"""A closed order is about to get another status: what it has not delivered counts again."""
	if doc.status != "Closed" and store.order_head(doc.name).status == "Closed":
		lines = tuple(store.order_lines([doc.name]).get(doc.name, ()))
		paper = rules.Paper(doc.name, None, doc.creation, _total(doc), lines)
		_look(doc, _today(doc, rules.share_of(paper).ahead))


def units_restored(doc: Document, rise: Decimal) -> None:
	"""Cancelled units of an order are about to be brought back. rise: what they are worth, with taxes, at the order's rate."""
	_look(doc, _today(doc, rise))


def delivered(doc: Document) -> None:
	"""A Delivery Note is about to be submitted: what no order stands behind counts now, and what its rows come to beyond
	their orders', as it has to be invoiced once it has left."""
	if leaving.ships(doc):
		part = _free_part(doc, ("so_detail", "against_sales_order", "against_sales_invoice"))
		_look(doc, _today(doc, part) + _dearer_part(doc), leaves_now=True)


def invoiced(doc: Document) -> None:
	"""A Sales Invoice is about to be submitted: what neither an order nor a delivery stands behind counts now, and what its
	rows come to beyond their orders', at another price or exchange rate."""
	ships = leaving.ships(doc)
	if leaving.posts_till_sales(doc) or (not ships and (doc.is_return or doc.is_opening == "Yes")):
		return
	part = _free_part(doc, ("so_detail", "sales_order", "dn_detail", "delivery_note")) + _dearer_part(doc)
	paid = store.money(flt(doc.base_paid_amount)) if doc.is_pos else Decimal(0)
	_look(doc, max(part - paid, Decimal(0)), leaves_now=ships)


def sold_at_till(doc: Document) -> None:
	"""A POS Invoice is about to be submitted: what is not paid at once counts."""
	if leaving.ships(doc):
		unpaid = max(_total(doc) - store.money(flt(doc.base_paid_amount)), Decimal(0))
		_look(doc, unpaid, leaves_now=True)


def posted(entry: Document) -> None:
	"""Goods are about to leave by a ledger entry: its voucher, if nobody has looked at it when it was submitted."""
	if flt(entry.actual_qty) >= 0 or entry.get("is_cancelled") or not is_enabled(entry.company):
		return
	if leaving.goes_out_again(entry):
		return
	if entry.voucher_type in POSTED and (entry.voucher_type, entry.voucher_no) not in _looked_at():
		doc = frappe.get_doc(entry.voucher_type, entry.voucher_no)
		POSTED[entry.voucher_type](doc)


POSTED = {"Delivery Note": delivered, "Sales Invoice": invoiced}


def _total(doc) -> Decimal:
	return store.money(flt(doc.base_rounded_total) or flt(doc.base_grand_total))


def _today(doc: Document, amount: Decimal) -> Decimal:
	"""What an amount of an order, or of a delivery without one, counts for."""
	currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	(found,) = rates.at_todays_rates([(amount, doc.currency, currency, store.money(doc.conversion_rate))])
	return found


def _free_part(doc: Document, links: tuple[str, ...]) -> Decimal:
	"""Of a document's total, what its rows without any of these links come to."""
	rows = [(store.money(row.base_net_amount), any(row.get(link) for link in links)) for row in doc.items]
	if all(linked for _value, linked in rows):
		return Decimal(0)
	return _of_total(doc, sum((value for value, linked in rows if not linked), Decimal(0)))


def _of_total(doc: Document, part: Decimal) -> Decimal:
	"""What a part of a document's net comes to with its part of taxes and charges; all of it where the rows come to nothing."""
	net = sum((store.money(row.base_net_amount) for row in doc.items), Decimal(0))
	return _total(doc) * (part / net if net else 1)


def _dearer_part(doc: Document) -> Decimal:
	"""Of the total of an invoice or a delivery, by how much its rows of orders are dearer than on those. What was delivered
	before is left out: it has to be invoiced, whatever it has come to; so is what was invoiced before: it is owed already."""
	rows = [
		row
		for row in doc.items
		if row.get("so_detail") and not row.get("dn_detail") and not row.get("si_detail")
	]
	if doc.is_return or not rows:
		return Decimal(0)
	worth = store.net_of_order_rows(row.so_detail for row in rows)
	more = sum(
		(
			store.money(row.base_net_amount) - worth[row.so_detail] * store.money(row.stock_qty)
			for row in rows
			if row.so_detail in worth
		),
		Decimal(0),
	)
	# a cent for each row that is rounded
	if more <= rules.CENT * len(rows):
		return Decimal(0)
	return _of_total(doc, more)


# ---- looking ---------------------------------------------------------------------------------------------------------


def _look(doc: Document, rise: Decimal, leaves_now: bool = False) -> None:
	"""Lock the account, decide, and refuse or say so. rise: what the document adds to the exposure."""
	_looked_at().add((doc.doctype, doc.name))
	if rise <= 0 or not is_enabled(doc.company):
		return
	if not (account := limited_account(doc)):
		return
	judging.lock_accounts([account])
	found = store.books([account.side])
	account = found.accounts[account.name]
	# Where nobody looked when it was submitted it counts already.
	without = doc.name if doc.doctype == "Delivery Note" else None
	decision = rules.decide(judging.checks_of(found, account, rise, without), leaves_now)
	if decision.outcome != "ok":
		_say(doc, account, decision)


def limited_account(doc: Document) -> Account | None:
	"""The account that a document counts for, if there is a limit on it."""
	if not doc.get("customer"):
		return None
	accounts = store.accounts_of_sides([(doc.customer, doc.company)])
	owner = store.owner_of(accounts.values(), doc.get("b2b_trade_account"))
	return accounts[owner] if owner and accounts[owner].is_limited else None


def _say(doc: Document, account: Account, decision: rules.Decision) -> None:
	openings = {
		"refuse": _("{0} cannot go ahead."),
		"hold": _(
			"{0} goes ahead. Orders beyond the limit are held: nothing of them is picked until the exposure is back within it."
		),
		"warn": _("{0} goes ahead, but mind the limit."),
	}
	name = f"{_(doc.doctype)} {get_link_to_form(doc.doctype, doc.name)}"
	text = messages.full(account, decision, openings[decision.outcome].format(name))
	title = _("Over the Credit Limit")
	if decision.outcome == "refuse":
		frappe.throw(text, title=title)
	frappe.msgprint(text, title=title, indicator="orange")


def _looked_at() -> set[tuple[str, str]]:
	"""The documents that were looked at in this transaction."""
	if not hasattr(frappe.local, "b2b_credit_looked_at"):
		frappe.local.b2b_credit_looked_at = set()
		frappe.db.after_commit.add(_forget)
		frappe.db.after_rollback.add(_forget)
	return frappe.local.b2b_credit_looked_at


def _forget() -> None:
	if hasattr(frappe.local, "b2b_credit_looked_at"):
		del frappe.local.b2b_credit_looked_at
