"""What must be true of a Trade Account, and what follows when it changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from wholesale_b2b.ordering.trade_accounts import rules, store
from wholesale_b2b.ordering.trade_accounts.service import buyers, identity, limits
from wholesale_b2b.ordering.trade_accounts.service.sourcing import check_warehouses

NUMBERS = {
	"vat_number": identity.check_vat,
	"eori": identity.check_eori,
	"ioss": identity.check_ioss,
}


def check(account: Document) -> None:
	"""Complete and check an account that is being saved; raises frappe.ValidationError with what to do."""
	_check_status(account)
	_check_money(account)
	_check_statement_day(account)
	check_warehouses(account)
	buyers.check(account)
	_check_addresses(account)
	for field, look in NUMBERS.items():
		check_number(account, field, look)
	_one_default(account)


def after_save(account: Document) -> None:
	"""Its limit is taken over from ERPNext, and its buyers may log in for its customer."""
	limits.take_over(account)
	buyers.let_in(account)


def before_delete(account: Document) -> None:
	"""Frappe refuses to delete an account that documents name; its credit limit does not go with it."""
	limits.account_deleted(account)


def _one_default(account: Document) -> None:
	"""One default account per customer and company: the one that was made it last.

	`default_of` is unique in the database: of two who make another account the default at the same moment one is refused.
	"""
	others = store.other_defaults(account.customer, account.company, account.name)
	if not account.is_default and not others:
		known = store.of_customer(account.customer, account.company)
		account.is_default = int(all(row.name == account.name for row in known))
	if account.is_default and account.status == rules.CLOSED:
		account.is_default = 0
	account.default_of = store.default_key(account.customer, account.company) if account.is_default else None
	if account.is_default:
		with one_default_at_a_time():
			store.no_longer_default(account.customer, account.company, account.name)


@contextmanager
def one_default_at_a_time() -> Iterator[None]:
	"""Say what has happened to who comes second, instead of speaking of locks and keys."""
	try:
		yield
	except (frappe.UniqueValidationError, frappe.QueryDeadlockError, frappe.QueryTimeoutError) as error:
		if isinstance(error, frappe.UniqueValidationError):
			if "default_of" not in str(error.args):
				raise
			frappe.clear_last_message()
		frappe.throw(
			_(
				"Another account of this customer was changed, or made its default, at the same moment. Look again, then save."
			),
			title=_("Default Account"),
		)


def _check_status(account: Document) -> None:
	# mandatory on the form; REST and imports come here
	if account.status in (rules.ON_HOLD, rules.CLOSED) and not (account.status_reason or "").strip():
		frappe.throw(_("Give the reason why {0} is {1}.").format(account.account_name, _(account.status)))


def _check_money(account: Document) -> None:
	for field in ("credit_limit", "deposit_percent"):
		if flt(account.get(field)) < 0:
			frappe.throw(_("{0} cannot be negative.").format(_(account.meta.get_label(field))))
	if account.pro_forma == "Deposit" and not 0 < flt(account.deposit_percent) <= 100:
		frappe.throw(_("The deposit is a share of the order: above 0 and up to 100 percent."))


def _check_statement_day(account: Document) -> None:
	last = {"Weekly": 7, "Monthly": 31}.get(account.invoicing)
	if last and not 1 <= cint(account.statement_day) <= last:
		frappe.throw(
			_("The statement day of {0} invoicing is a number from 1 to {1}.").format(
				_(account.invoicing), last
			)
		)


def _check_addresses(account: Document) -> None:
	_contacts, addresses = store.people_of(account.customer)
	for row in account.addresses:
		if row.address not in addresses:
			buyers.refuse_stranger(account, row, "Address", row.address)
	if sum(cint(row.is_default) for row in account.addresses) > 1:
		frappe.throw(_("Only one delivery address can be the default."))


def check_number(doc: Document, field: str, look: Callable[[str], tuple[str, str]]) -> None:
	"""Write a number in the one way; raises frappe.ValidationError if `look` (of `identity`) says that it is wrong."""
	number, wrong = look(doc.get(field) or "")
	if wrong:
		frappe.throw(
			_("{0} {1} is not valid: {2}.").format(
				_(doc.meta.get_label(field)), frappe.bold(doc.get(field)), wrong
			)
		)
	doc.set(field, number or None)
