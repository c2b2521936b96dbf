"""What ERPNext's documents tell credit: before a step that raises exposure, and after whatever changes it."""

from frappe.model.document import Document

from wholesale_b2b.credit.service import refreshing, steps


def before_order_submit(doc: Document, method: str | None = None) -> None:
	steps.order_submitted(doc)


def before_order_update(doc: Document, method: str | None = None) -> None:
	steps.order_changed(doc)


def before_status_change(doc: Document, method: str | None = None) -> None:
	# every figure that ERPNext writes to an order comes by here; `allocation` has noted whether it is the status
	doc.flags.b2b_credit_changes = bool(doc.flags.b2b_status_changes)
	if doc.flags.b2b_credit_changes:
		steps.order_reopened(doc)


def before_delivery(doc: Document, method: str | None = None) -> None:
	steps.delivered(doc)


def before_invoice(doc: Document, method: str | None = None) -> None:
	steps.invoiced(doc)


def before_till_sale(doc: Document, method: str | None = None) -> None:
	steps.sold_at_till(doc)


def before_ledger_entry(doc: Document, method: str | None = None) -> None:
	steps.posted(doc)


def after_order_submit(doc: Document, method: str | None = None) -> None:
	refreshing.order_submitted(doc)


def after_posting(doc: Document, method: str | None = None) -> None:
	refreshing.document_posted(doc)


def after_status_change(doc: Document, method: str | None = None) -> None:
	if doc.flags.pop("b2b_credit_changes", False):
		refreshing.document_posted(doc)


def after_journal(doc: Document, method: str | None = None) -> None:
	refreshing.journal_posted(doc)


def after_unreconcile(doc: Document, method: str | None = None) -> None:
	refreshing.payment_unreconciled(doc)


def after_exchange_rate(doc: Document, method: str | None = None) -> None:
	refreshing.rate_changed(doc)


def after_account_save(doc: Document, method: str | None = None) -> None:
	refreshing.account_saved(doc)


def after_customer_save(doc: Document, method: str | None = None) -> None:
	refreshing.customer_saved(doc)
