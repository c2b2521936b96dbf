"""Payments that are entered, changed or cancelled here."""

from frappe.model.document import Document

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.service import outbox
from wholesale_b2b.accounting.store import messages
from wholesale_b2b.setup.switch import is_enabled


def changed_here(entry: Document) -> None:
	if outbox.payment_wanted(entry):
		outbox.changed(entry)


def cancelled_here(entry: Document) -> None:
	"""One that was entered here is removed over there; one that came from there is looked at by a person."""
	if not outbox.payment_wanted(entry) or entry.flags.b2b_from_accounting or not is_enabled(entry.company):
		return
	came = outbox.came_from_there(entry)
	if not came:
		outbox.cancelled(entry)
	for link in came:
		# taken in again as it stands over there, which a person then decides about
		messages.put(
			link.accounting_connection,
			entry.company,
			messages.IN,
			papers.PAYMENT,
			messages.TAKE,
			f"{papers.PAYMENT}/{link.their_id}",
			their_id=link.their_id,
			paper=link.paper,
		)
		outbox.ask_worker(link.accounting_connection)
