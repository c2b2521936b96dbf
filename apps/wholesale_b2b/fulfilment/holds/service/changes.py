"""What has changed, and whose holds are to be looked at for it."""

from frappe import _
from frappe.model.document import Document

from wholesale_b2b.fulfilment.holds import store
from wholesale_b2b.fulfilment.holds.service import byhand
from wholesale_b2b.fulfilment.holds.service.keeping import later, refresh, refresh_account
from wholesale_b2b.fulfilment.holds.service.veto import refuse_document, warn
from wholesale_b2b.setup.switch import enabled_companies, is_enabled
from wholesale_b2b.setwise import chunks

HALTED = ("On Hold", "Closed")


def order_changed(order: Document) -> None:
	"""An order was submitted, updated after submit or cancelled."""
	if is_enabled(order.company):
		if order.docstatus == 1 and order.amended_from:
			byhand.take_over(order)
		refresh([order.name], _("{0} was {1}").format(order.name, _word(order)))
		# whatever was sent along
		store.set_status([order.name])


def _word(order: Document) -> str:
	if order.docstatus == 2:
		return _("cancelled")
	return _("changed") if order.get("_action") == "update_after_submit" else _("submitted")


def note_status(order: Document) -> None:
	"""An order is about to get another status: remember the one that the database has."""
	head = store.heads([order.name]).get(order.name)
	order.flags.b2b_status_was = head.status if head else None


def status_changed(order: Document) -> None:
	"""*Hold*, *Resume*, *Close*, *Re-open*."""
	was = order.flags.pop("b2b_status_was", None)
	if was and was != order.status and order.docstatus == 1 and (was in HALTED or order.status in HALTED):
		if is_enabled(order.company):
			refresh([order.name], _("{0}: {1} → {2}").format(order.name, _(was), _(order.status)))


def account_changed(account: Document) -> None:
	"""A Trade Account was made or saved; any rule may look at any of its fields."""
	if is_enabled(account.company):
		words = (
			_("Trade Account {0} was changed")
			if account.get_doc_before_save()
			else _("Trade Account {0} was made")
		)
		refresh_account(account.name, words.format(account.name))


def on_draft(doc: Document) -> None:
	"""A pick list of what is held is not even begun; a draft of a delivery or invoice may be kept until it is released.

	A list that was begun before can be saved, so that what was picked is known; its form says that it is held. One made by
	`fulfilment.release` has been judged (`flags.b2b_judged`).
	"""
	if doc.docstatus == 0:
		if doc.doctype != "Pick List":
			warn(doc)
		elif doc.is_new() and not doc.flags.b2b_judged:
			refuse_document(doc, lock=False)


def look_at_all(cause: str) -> None:
	"""All open orders: dates have moved on, and what was missed is found."""
	companies = sorted(enabled_companies())
	orders = {*store.open_orders(companies), *store.orders_with_open_holds(companies)}
	for chunk in chunks(sorted(orders), 500):
		later(chunk, cause)
