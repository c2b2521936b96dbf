"""How one customer trades on one footing."""

import frappe
from frappe.model.document import Document

from wholesale_b2b.ordering.trade_accounts import service
from wholesale_b2b.ordering.trade_accounts.service import accounts


class TradeAccount(Document):
	def validate(self) -> None:
		accounts.check(self)

	def db_insert(self, *args, **kwargs) -> None:
		with accounts.one_default_at_a_time():
			super().db_insert(*args, **kwargs)

	def db_update(self) -> None:
		with accounts.one_default_at_a_time():
			super().db_update()

	def on_update(self) -> None:
		accounts.after_save(self)

	def on_trash(self) -> None:
		accounts.before_delete(self)


@frappe.whitelist()
def choose(customer: str, company: str, channel: str = "") -> dict:
	"""The account that a document of this customer would be put on: {account, why, candidates}.

	Needs read on Trade Account and on the customer; in a company that is not switched on there is none.
	"""
	frappe.has_permission("Trade Account", "read", throw=True)
	frappe.has_permission("Customer", "read", doc=customer, throw=True)
	return service.choice_for(customer, company, channel)


@frappe.whitelist(methods=["POST"])
def create_for_existing(company: str) -> None:
	"""Have a background worker make an account for every customer of a company that has none. Needs create."""
	frappe.has_permission("Trade Account", "create", throw=True)
	frappe.enqueue(
		"wholesale_b2b.ordering.trade_accounts.jobs.make_missing",
		queue="long",
		job_id=f"b2b-trade-accounts-{company}",
		deduplicate=True,
		company=company,
		user=frappe.session.user,
	)
