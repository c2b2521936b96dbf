"""Who learns what about a pro forma: the customer by mail, rep and picker in Desk, the hold rules at once."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from wholesale_b2b.allocation.store.logbook import tell
from wholesale_b2b.credit.pro_forma import rules
from wholesale_b2b.credit.pro_forma.service import messages
from wholesale_b2b.credit.pro_forma.store import papers
from wholesale_b2b.fulfilment.holds import service as holding
from wholesale_b2b.fulfilment.mail import service as mail
from wholesale_b2b.ordering.trade_accounts.rules import Terms


def holds(orders: Iterable[str], cause: str) -> None:
	"""Have the holds of these orders say what is true now; what is paid is released at once."""
	if orders := sorted(orders):
		holding.refresh(orders, cause)


def raised(paper: Document, terms: Terms) -> None:
	"""A pro forma has been raised: mailed, if the account wants that."""
	content = _("Pro forma {0} asks for {1}").format(
		get_link_to_form("Trade Pro Forma", paper.name), messages.amount(paper.amount, paper.currency)
	)
	# the order itself may have many rows, and is being saved
	tell([{"sales_order": paper.sales_order, "subject": "", "content": content, "users": ()}])
	if terms.name:
		mail.tell("Pro Forma", paper)


def status_changed(paper: Document, before: str, terms: Terms) -> None:
	"""It is paid, part paid, expired, or not any more."""
	paper.add_comment("Info", _("{0}, was {1}").format(_(paper.status), _(before)))
	if paper.status == rules.EXPIRED:
		_expired(paper, terms)


def _expired(paper: Document, terms: Terms) -> None:
	order = frappe.get_doc("Sales Order", paper.sales_order)
	text = _("Pro forma {0} of {1} was not paid by {2}. The stock of the order has been released.").format(
		paper.name, order.name, frappe.format(paper.valid_until, "Date")
	)
	order.add_comment("Info", text)
	_notify({terms.sales_rep or order.owner, *papers.assigned_to("Sales Order", order.name)}, text, paper)
	if terms.name:
		mail.tell("Pro Forma Expired", paper, key=f"{paper.name}:{paper.valid_until}")


def _notify(users: Iterable[str], subject: str, about: Document) -> None:
	for user in sorted({user for user in users if user and user != "Guest"}):
		frappe.get_doc(
			{
				"doctype": "Notification Log",
				"for_user": user,
				"from_user": frappe.session.user,
				"type": "Alert",
				"subject": subject,
				"document_type": about.doctype,
				"document_name": about.name,
			}
		).insert(ignore_permissions=True)
