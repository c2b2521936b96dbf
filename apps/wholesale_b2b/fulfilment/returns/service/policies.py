"""What must be true of a Return Policy."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_link_to_form

from wholesale_b2b.fulfilment.returns import store


def check(policy: Document) -> None:
	"""Complete and check a Return Policy that is being saved; raises frappe.ValidationError with what to do."""
	policy.channel = (policy.channel or "").strip()
	if cint(policy.days_allowed) < 0:
		frappe.throw(_("The days allowed cannot be negative. 0 is any time."))
	_check_fee(policy)
	_check_conditions(policy)
	if policy.enabled:
		_only_one(policy)


def _check_fee(policy: Document) -> None:
	if not 0 <= flt(policy.restocking_fee_percent) <= 100:
		frappe.throw(_("The restocking fee is a share of what is credited: from 0 to 100 percent."))
	if not flt(policy.restocking_fee_percent):
		return
	if not policy.restocking_fee_account:
		frappe.throw(
			_("Fill in the account that the restocking fee goes to, an income account."),
			frappe.MandatoryError,
		)
	account = frappe.db.get_value(
		"Account", policy.restocking_fee_account, ["company", "is_group", "root_type"], as_dict=True
	)
	if account.company != policy.company or account.is_group or account.root_type != "Income":
		frappe.throw(
			_("The restocking fee goes to an income account of {0} that is no group; {1} is not one.").format(
				policy.company, get_link_to_form("Account", policy.restocking_fee_account)
			)
		)


def _check_conditions(policy: Document) -> None:
	names = [row.condition for row in policy.conditions]
	for row in policy.conditions:
		if names.count(row.condition) > 1:
			frappe.throw(_("Row {0}: {1} stands in the list twice.").format(row.idx, row.condition))
		if row.warehouse:
			_check_warehouse(policy, row)
	if policy.default_condition and policy.default_condition not in names:
		frappe.throw(
			_("{0} is not one of the conditions below. Add it, or choose another default.").format(
				frappe.bold(policy.default_condition)
			)
		)


def _check_warehouse(policy: Document, row: Document) -> None:
	place = frappe.db.get_value("Warehouse", row.warehouse, ["company", "is_group", "disabled"], as_dict=True)
	for wrong, why in (
		(place.company != policy.company, _("it belongs to {0}").format(place.company)),
		(place.is_group, _("it is a group; name a warehouse below it")),
		(place.disabled, _("it is disabled")),
	):
		if wrong:
			frappe.throw(
				_("Row {0}: nothing can be returned to {1}: {2}.").format(
					row.idx, frappe.bold(row.warehouse), why
				)
			)


def _only_one(policy: Document) -> None:
	"""One enabled default per company, and one policy per channel."""
	for other in store.others(policy):
		if policy.is_default and other.is_default:
			frappe.throw(
				_("{0} is the default of {1} already. Take the tick off there first.").format(
					get_link_to_form(store.POLICY, other.name), policy.company
				)
			)
		if policy.channel and policy.channel.casefold() == (other.channel or "").strip().casefold():
			frappe.throw(
				_("{0} is for the channel {1} already. Change that one, or disable it.").format(
					get_link_to_form(store.POLICY, other.name), frappe.bold(policy.channel)
				)
			)
