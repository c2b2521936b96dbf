"""No route around: what is held is neither picked nor shipped.

The last word is spoken before a ledger entry is written (`refuse_posting`); the same question is asked earlier, where a
document can still say it to its user, and before any Bin is locked (`refuse_document`).
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.figures import sentence
from wholesale_b2b.fulfilment.holds.base import Hold
from wholesale_b2b.fulfilment.holds.service.judging import judge_all
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.setup.switch import is_enabled


class Held(frappe.ValidationError):
	"""What was asked for is held."""


def refuse(orders: Iterable[str] = (), accounts: Iterable[str] = (), lock: bool = True) -> None:
	"""Raise `Held` with every reason if any of these Sales Orders or Trade Accounts is held now."""
	_refuse(_reasons(orders, accounts, lock))


def _refuse(lines: list[str]) -> None:
	if lines:
		many = len(lines) > 1
		frappe.throw(lines if many else lines[0], Held, title=_("Held"), as_list=many)


def _reasons(
	orders: Iterable[str], accounts: Iterable[str], lock: bool, doc: Document | None = None
) -> list[str]:
	on_orders, on_accounts = judge_all(orders, accounts, lock, doc)
	return [
		_line(doctype, name, hold)
		for doctype, judged in (("Sales Order", on_orders), ("Trade Account", on_accounts))
		for name, holds in sorted(judged.items())
		for hold in holds
	]


def warn(doc: Document) -> None:
	"""Tell who saves a draft that it cannot be submitted as things stand, and why."""
	if is_enabled(doc.get("company")) and leaving.ships(doc):
		if lines := _reasons(leaving.orders(doc), leaving.accounts(doc), lock=False, doc=doc):
			many = len(lines) > 1
			frappe.msgprint(
				lines if many else lines[0],
				title=_("Held: it cannot be submitted yet"),
				indicator="orange",
				as_list=many,
			)


def refuse_document(doc: Document, lock: bool = True) -> None:
	"""Raise `Held` if a document picks or ships what is held (`fulfilment.leaving` says which do).

	Documents of companies that are not switched on pass. With `lock`, rows that say wrongly what they are of are refused
	too, and it is remembered for this transaction, so that the document's ledger entries ask no more.
	"""
	if not is_enabled(doc.get("company")) or not leaving.ships(doc):
		return
	_ask(doc, lock)


def _ask(doc: Document, lock: bool) -> None:
	if lock:
		leaving.refuse_wrong_rows(doc)
	_refuse(_reasons(leaving.orders(doc), leaving.accounts(doc), lock, doc))
	if lock:
		_remember(doc.doctype, doc.name)


def refuse_more(row: Document) -> None:
	"""*Update Items* changes a row of a Purchase Order: raise `Held` if more of what is held is to go straight to a customer."""
	if row.get("delivered_by_supplier") and flt(row.qty) > flt(row.get_db_value("qty")):
		refuse_document(frappe.get_doc(row.parenttype, row.parent))


def refuse_posting(entry: Document) -> None:
	"""The last word, on a Stock Ledger Entry that takes goods to a customer: asked once per voucher and transaction.

	Cancellations, what comes back, and what is written anew of what has left pass.
	"""
	if flt(entry.actual_qty) >= 0 or entry.get("is_cancelled") or not is_enabled(entry.company):
		return
	if (entry.voucher_type, entry.voucher_no) in _passed() or leaving.goes_out_again(entry):
		return
	if entry.voucher_type in leaving.SHIPPING:
		doc = frappe.get_doc(entry.voucher_type, entry.voucher_no)
		if not leaving.comes_home(entry, doc):
			_ask(doc, lock=True)
	elif entry.voucher_type == "Stock Entry":
		refuse_document(frappe.get_doc(entry.voucher_type, entry.voucher_no))
		_remember(entry.voucher_type, entry.voucher_no)


def _line(doctype: str, name: str, hold: Hold) -> str:
	words = [_("{0} is held: {1}").format(get_link_to_form(doctype, name), sentence(hold.reason))]
	if hold.release:
		words.append(sentence(hold.release))
	if hold.role:
		words.append(_("Who can release it: {0}.").format(_(hold.role)))
	return " ".join(words)


def _passed() -> set[tuple[str, str]]:
	"""Vouchers that were asked for in this transaction, under lock."""
	if not hasattr(frappe.local, "b2b_passed"):
		frappe.local.b2b_passed = set()
	return frappe.local.b2b_passed


def _remember(doctype: str, name: str) -> None:
	passed = _passed()
	if not passed:
		frappe.db.after_commit.add(_forget)
		frappe.db.after_rollback.add(_forget)
	passed.add((doctype, name))


def _forget() -> None:
	frappe.local.b2b_passed = set()
