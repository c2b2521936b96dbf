"""Who buys on an account: contacts and users of its customer, how much, and who approves more."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.ordering.trade_accounts import rules, store


def check(account: Document) -> None:
	"""Check the buyers of an account that is being saved; raises frappe.ValidationError with what to do.

	A user who cannot log in for the customer yet needs somebody who may change the customer: see `let_in`.
	"""
	for row in account.buyers:
		if flt(row.spending_limit) < 0:
			frappe.throw(_("Row {0}: the spending limit of a buyer cannot be negative.").format(row.idx))
	rows = {row.idx: row for row in account.buyers}
	for idx, fault in rules.buyer_faults(_as_rule(row) for row in account.buyers):
		frappe.throw(_words(rows[idx], fault), title=_("Buyers"))
	_check_contacts(account)
	_check_users(account)


def _as_rule(row: Document) -> rules.Buyer:
	return rules.Buyer(
		row.idx,
		row.user or "",
		row.contact or "",
		Decimal(str(flt(row.spending_limit))),
		row.needs_approval_from or "",
	)


def _words(row: Document, fault: str) -> str:
	approver = frappe.bold(row.needs_approval_from)
	return {
		rules.NOBODY: _("Row {0}: a buyer is a contact, a user, or both."),
		rules.TWICE: _("Row {0}: this contact or user stands in the list already. One row each."),
		rules.NOTHING_TO_APPROVE: _(
			"Row {0}: {1} approves what is above the spending limit. Enter the limit, or leave the approver out."
		),
		rules.STRANGER: _("Row {0}: who approves, {1}, must be another buyer of this account."),
		rules.IN_A_CIRCLE: _(
			"Row {0}: the approvals go round in a circle by way of {1}. Somebody has to have the last word."
		),
	}[fault].format(row.idx, approver)


def _check_contacts(account: Document) -> None:
	contacts, _addresses = store.people_of(account.customer)
	users = store.users_of_contacts(row.contact for row in account.buyers)
	for row in account.buyers:
		if row.contact and row.contact not in contacts:
			refuse_stranger(account, row, "Contact", row.contact)
		known = users.get(row.contact)
		if row.user and known and known != row.user:
			frappe.throw(
				_(
					"Row {0}: {1} logs in as {2}, not as {3}. Choose that user, or leave the contact out."
				).format(
					row.idx,
					get_link_to_form("Contact", row.contact),
					frappe.bold(known),
					frappe.bold(row.user),
				)
			)


def _check_users(account: Document) -> None:
	named = {row.user: row for row in account.buyers if row.user}
	for user in sorted(named.keys() - store.enabled_users(named)):
		frappe.throw(
			_("Row {0}: {1} is disabled or not known. Enable the user, or take the row out.").format(
				named[user].idx, frappe.bold(user)
			)
		)
	new = sorted(named.keys() - store.portal_users(account.customer))
	if new and not frappe.has_permission("Customer", "write", doc=account.customer):
		frappe.throw(
			_(
				"Row {0}: {1} cannot log in for {2}. Have somebody who may change customers add {1} to the Portal Users of {3}."
			).format(
				named[new[0]].idx,
				frappe.bold(new[0]),
				frappe.bold(account.customer),
				get_link_to_form("Customer", account.customer),
			),
			title=_("Not a portal user"),
		)


def let_in(account: Document) -> None:
	"""Make users among the buyers portal users of the customer, and say so."""
	named = dict.fromkeys(row.user for row in account.buyers if row.user)
	known = store.portal_users(account.customer)
	if not (new := [user for user in named if user not in known]):
		return
	customer = frappe.get_doc("Customer", account.customer)
	for user in new:
		customer.append("portal_users", {"user": user})
	customer.save()
	frappe.msgprint(
		_("From now on {0} can log in to the website for {1}.").format(
			", ".join(frappe.bold(user) for user in new), get_link_to_form("Customer", customer.name)
		),
		title=_("New portal users"),
		indicator="blue",
	)


def refuse_stranger(account: Document, row: Document, doctype: str, name: str) -> None:
	"""Refuse a contact or address that is not linked to the account's customer."""
	frappe.throw(
		_(
			"Row {0}: {1} is not linked to {2}. Open it, add the customer under Links, then save again."
		).format(row.idx, get_link_to_form(doctype, name), frappe.bold(account.customer))
	)
