"""Which account a document is on."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import comma_or, get_link_to_form

from wholesale_b2b.ordering.trade_accounts import rules, store
from wholesale_b2b.setup.switch import is_enabled

# A document of these may not begin on a closed account; goods and money of the time before still may move.
BEGINNING = ("Quotation", "Sales Order")


def account_of(doc: Document) -> str | None:
	"""The account that a sales document or payment names, else the one it would be put on; None where there is none.

	Reads only, so it may be asked of a document that was made before its customer had accounts.
	"""
	if doc.get("b2b_trade_account"):
		return doc.b2b_trade_account
	customer = _customer(doc)
	if not customer or not is_enabled(doc.get("company")):
		return None
	return _choice(doc, customer).account or None


def choice_for(customer: str, company: str, channel: str = "") -> dict:
	"""The same for a form that is being filled in: account (empty for none), why, candidates."""
	if not is_enabled(company):
		return {"account": "", "why": rules.NONE, "candidates": ()}
	choice = rules.choose(store.of_customer(customer, company), channel=channel)
	return {"account": choice.account, "why": choice.why, "candidates": choice.candidates}


def settle(doc: Document) -> None:
	"""Put the account on a document that is being saved, or check the one it names.

	Raises frappe.ValidationError for an account of another customer or company, for a new quotation or order on a closed
	account, and where the customer has several open accounts and nothing says which. Customers without accounts, and
	companies that are not switched on, are left alone.
	"""
	customer = _customer(doc)
	if not customer or not is_enabled(doc.get("company")):
		return
	if doc.doctype == "Payment Entry" and not doc.get("b2b_trade_account"):
		of_references = store.of_references(doc)
		if len(of_references) == 1:
			doc.b2b_trade_account = next(iter(of_references))
		if of_references:
			return
	choice = _choice(doc, customer)
	if doc.get("b2b_trade_account") and choice.why != rules.NAMED:
		_refuse_foreign(doc, customer)
	if choice.why == rules.AMBIGUOUS and doc.doctype != "Payment Entry":
		frappe.throw(
			_("{0} trades on several accounts: choose {1} as the Trade Account of {2}.").format(
				get_link_to_form("Customer", customer),
				comma_or([frappe.bold(name) for name in choice.candidates], add_quotes=False),
				_(doc.doctype),
			),
			title=_("Which account?"),
		)
	doc.b2b_trade_account = choice.account or None
	if choice.account and doc.doctype in BEGINNING and doc.docstatus == 0:
		_refuse_closed(doc, choice.account)


def _choice(doc: Document, customer: str) -> rules.Choice:
	return rules.choose(
		store.of_customer(customer, doc.company),
		doc.get("b2b_trade_account") or "",
		doc.get("b2b_channel") or "",
	)


def _customer(doc: Document) -> str | None:
	if doc.doctype == "Quotation":
		return doc.party_name if doc.quotation_to == "Customer" else None
	if doc.doctype == "Payment Entry":
		return doc.party if doc.party_type == "Customer" else None
	return doc.get("customer")


def _refuse_foreign(doc: Document, customer: str) -> None:
	known = store.terms([doc.b2b_trade_account]).get(doc.b2b_trade_account)
	frappe.throw(
		_("Trade Account {0} is {1} in {2}, not {3} in {4}. Choose another, or none.").format(
			get_link_to_form("Trade Account", doc.b2b_trade_account),
			known.customer if known else _("not known"),
			known.company if known else _("no company"),
			customer,
			doc.company,
		),
		title=_("Not this customer's account"),
	)


def _refuse_closed(doc: Document, account: str) -> None:
	found = store.terms([account])[account]
	if found.status == rules.CLOSED:
		frappe.throw(
			_("Trade Account {0} is closed: {1} Choose another account, or open it again.").format(
				get_link_to_form("Trade Account", account), found.status_reason
			),
			title=_("Account closed"),
		)
