"""ERPNext's document events, each the steps it takes. The table of DocTypes and events is
`document_events.py`.

Before ERPNext posts a document, the Bins it touches are locked in sorted order; afterwards they are marked and made
right before the transaction commits (ARCHITECTURE.md).
"""

from frappe.model.document import Document

from wholesale_b2b.allocation.service import bundles, documents, losses, masters, returns, taking


def before_posting(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)


def before_order_insert(doc: Document, method: str | None = None) -> None:
	documents.forget_figures(doc)


def before_order_submit(doc: Document, method: str | None = None) -> None:
	documents.refuse_groups(doc)
	documents.lock(doc)
	documents.keep_place(doc)


def before_reservation(doc: Document, method: str | None = None) -> None:
	documents.lock_reservation(doc)


def after_reservation_cancel(doc: Document, method: str | None = None) -> None:
	documents.remember_taken(doc)
	documents.mark(doc)


def after_posting(doc: Document, method: str | None = None) -> None:
	documents.mark(doc)


def after_order_update(doc: Document, method: str | None = None) -> None:
	bundles.follow_new_names(doc)
	bundles.count_what_is_gone(doc)
	documents.mark(doc)


def on_order_save(doc: Document, method: str | None = None) -> None:
	bundles.find_warehouses(doc)


def on_delivery_save(doc: Document, method: str | None = None) -> None:
	bundles.take_from_where_reserved(doc)


def before_delivery(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	taking.refuse_held(doc)
	bundles.consume(doc)


def before_delivery_cancel(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	returns.make_way_for_cancel(doc)


def after_delivery_cancel(doc: Document, method: str | None = None) -> None:
	bundles.give_back(doc)
	documents.mark(doc)


def before_order_update(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	documents.refresh_engine_fields(doc)


def before_status_change(doc: Document, method: str | None = None) -> None:
	documents.before_change(doc)


def after_status_change(doc: Document, method: str | None = None) -> None:
	documents.on_change(doc)


def before_receipt_cancel(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	documents.make_way_for_cancel(doc)


def before_count(doc: Document, method: str | None = None) -> None:
	# ERPNext looks at reservations while it validates, before any `before_submit`.
	if doc._action == "submit":
		losses.before_count(doc)


def before_count_cancel(doc: Document, method: str | None = None) -> None:
	# It locks more Bins than the document's own, all in one order; the document's own alone where nothing is reserved.
	losses.before_count(doc)
	documents.lock(doc)


def before_stock_entry(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	losses.before_entry(doc)


def after_loss(doc: Document, method: str | None = None) -> None:
	losses.settle(doc)
	documents.mark(doc)


def after_batch_change(doc: Document, method: str | None = None) -> None:
	documents.batch_changed(doc)


def before_ledger_entry(doc: Document, method: str | None = None) -> None:
	documents.refuse_reserved(doc)


def before_till_sale(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	taking.refuse_at_till(doc)


def before_order_row(doc: Document, method: str | None = None) -> None:
	documents.lock_row(doc)


def before_item_save(doc: Document, method: str | None = None) -> None:
	masters.warn_of_negative_stock(doc)


def after_item_save(doc: Document, method: str | None = None) -> None:
	masters.item_changed(doc)


def before_warehouse_save(doc: Document, method: str | None = None) -> None:
	masters.refuse_unfit_warehouse(doc)


def after_warehouse_save(doc: Document, method: str | None = None) -> None:
	masters.warehouse_changed(doc)


def before_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	if merge:
		masters.refuse_merge(doc, new)


def after_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	masters.renamed(doc)


def after_customer_save(doc: Document, method: str | None = None) -> None:
	masters.customer_changed(doc)


def after_account_save(doc: Document, method: str | None = None) -> None:
	masters.account_changed(doc)


def on_account_trash(doc: Document, method: str | None = None) -> None:
	masters.account_deleted(doc)


def before_repost_change(doc: Document, method: str | None = None) -> None:
	documents.note_status(doc)


def after_repost_change(doc: Document, method: str | None = None) -> None:
	if documents.status_has_changed(doc) and doc.status == "Completed":
		masters.reposted(doc)


def before_picking(doc: Document, method: str | None = None) -> None:
	documents.lock_sources(doc)
