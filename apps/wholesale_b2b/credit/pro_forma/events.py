"""What orders, payments, invoices and deliveries ask of pro formas."""

from frappe.model.document import Document

from wholesale_b2b.credit.pro_forma.service import advances, gate, orders, payments, requests


def on_order_save(doc: Document, method: str | None = None) -> None:
	orders.check(doc)


def before_order_insert(doc: Document, method: str | None = None) -> None:
	orders.forget(doc)


def before_order_update(doc: Document, method: str | None = None) -> None:
	orders.keep_state(doc)
	orders.check(doc)


def on_order_submit(doc: Document, method: str | None = None) -> None:
	orders.take_over(doc)
	advances.carry_over(doc)
	orders.submitted(doc)


def before_order_cancel(doc: Document, method: str | None = None) -> None:
	advances.remember(doc)


def on_order_change(doc: Document, method: str | None = None) -> None:
	orders.changed(doc)


def before_payment_request(doc: Document, method: str | None = None) -> None:
	requests.check_new(doc)


def before_payment(doc: Document, method: str | None = None) -> None:
	payments.lock_orders(doc)


def after_payment(doc: Document, method: str | None = None) -> None:
	payments.changed(doc)


def after_unreconcile(doc: Document, method: str | None = None) -> None:
	payments.unreconciled(doc)


def on_invoice_save(doc: Document, method: str | None = None) -> None:
	advances.take_advances(doc)


def before_invoice_cancel(doc: Document, method: str | None = None) -> None:
	advances.before_invoice_cancel(doc)


def after_invoice_cancel(doc: Document, method: str | None = None) -> None:
	advances.give_back(doc)
	orders.of_shipment(doc)


def before_shipment(doc: Document, method: str | None = None) -> None:
	gate.refuse_unordered(doc)
	gate.refuse_beyond_paid(doc)


def before_till_sale(doc: Document, method: str | None = None) -> None:
	gate.refuse_unordered(doc)
	gate.refuse_beyond_paid(doc)


def before_purchase(doc: Document, method: str | None = None) -> None:
	gate.refuse_beyond_paid(doc)


def before_stock_entry(doc: Document, method: str | None = None) -> None:
	gate.refuse_beyond_paid(doc)


def before_more_is_bought(doc: Document, method: str | None = None) -> None:
	gate.refuse_more_straight(doc)


def before_ledger_entry(doc: Document, method: str | None = None) -> None:
	gate.refuse_posting(doc)


def after_shipment(doc: Document, method: str | None = None) -> None:
	orders.of_shipment(doc)


def after_account_save(doc: Document, method: str | None = None) -> None:
	orders.account_changed(doc)
