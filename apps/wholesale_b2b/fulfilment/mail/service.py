"""Queue a mail with the document that it is about; send it later, once; never fail the document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import frappe
from frappe import _
from frappe.core.doctype.communication.email import _make as make_communication
from frappe.model.document import Document
from frappe.utils import add_to_date, flt, fmt_money, formatdate, now_datetime, strip_html

from wholesale_b2b.credit.pro_forma.service.printing import b2b_pro_forma_paper
from wholesale_b2b.fulfilment.dispatch.service.papers import b2b_packing_slip
from wholesale_b2b.fulfilment.mail import rules, store
from wholesale_b2b.setup.switch import is_enabled

JOB = "wholesale_b2b.fulfilment.mail.jobs.send"


@dataclass(frozen=True, slots=True)
class Told:
	"""What a template is told besides the document. reason, release: of a hold. lines: those that the event is about, each
	item_code, item_name, qty (stock_uom) and why."""

	reason: str = ""
	release: str = ""
	lines: Sequence[Mapping[str, object]] = ()

	def fields(self) -> dict[str, str | None]:
		"""As a Customer Mail keeps it."""
		lines = frappe.as_json(list(self.lines)) if self.lines else None
		return {"reason_told": self.reason, "release_told": self.release, "lines_told": lines}


def tell(event: str, doc: Document | frappe._dict, key: str | None = None, told: Told | None = None) -> None:
	"""Queue the mail of an event for a document of a Trade Account that wants it. The same event again is told once.

	doc: the document, or its head as `store.order_heads` has it. key: what makes the event one of its kind, where the
	document may have several. Whatever goes wrong is logged: the document stands.
	"""
	account = _account(doc)
	if not account or not is_enabled(doc.company):
		return
	frappe.db.savepoint("b2b_customer_mail")
	try:
		_queue(rules.EVENTS[event], doc, account, key, told or Told())
	except Exception:
		frappe.db.rollback(save_point="b2b_customer_mail")
		frappe.log_error(
			_("No mail to the customer about {0}").format(doc.name),
			reference_doctype=doc.doctype,
			reference_name=doc.name,
		)


def _queue(
	event: rules.Event, doc: Document | frappe._dict, account: str, key: str | None, told: Told
) -> None:
	event_key = _key(event, doc, key)
	if store.account(account).get(event.preference) and not store.is_there(event_key):
		_put_in_queue(event, doc, event_key, **told.fields())


def send_by_hand(event: str, doc: Document, recipient: str | None, key: str) -> str:
	"""Queue a mail that somebody asks for, whatever the account prefers; the Customer Mail's name.

	recipient: an address instead of the customer's. key: as in `tell`; raises nothing that `tell` would swallow but errors.
	"""
	kind = rules.EVENTS[event]
	return _put_in_queue(kind, doc, _key(kind, doc, key), recipient=recipient)


def _key(event: rules.Event, doc: Document | frappe._dict, key: str | None) -> str:
	return ":".join((event.name, doc.doctype, key or doc.name))[:140]


def _account(doc: Document | frappe._dict) -> str | None:
	return doc.get("b2b_trade_account") or doc.get("trade_account")


def _put_in_queue(
	event: rules.Event, doc: Document | frappe._dict, event_key: str, **more: str | None
) -> str:
	mail = frappe.get_doc(
		{
			"doctype": "Customer Mail",
			"event": event.name,
			"event_key": event_key,
			"reference_doctype": doc.doctype,
			"reference_name": doc.name,
			"customer": doc.customer,
			"trade_account": _account(doc),
			"status": "Queued",
			**more,
		}
	).insert(ignore_permissions=True)
	ask_worker(mail.name)
	return mail.name


def ask_worker(name: str) -> None:
	"""Have a worker send a mail once this transaction has committed; without a queue the next sweep does."""
	frappe.db.after_commit.add(partial(_enqueue, name))


def _enqueue(name: str) -> None:
	try:
		frappe.enqueue(JOB, queue="short", name=name)
	except Exception:
		frappe.logger("wholesale_b2b").warning(
			"mail waits for the next sweep: the queue is down", exc_info=True
		)


def send_due() -> None:
	"""Worker: send all that is due, each in a transaction of its own."""
	for name in store.due():
		send(name)


def send(name: str) -> None:
	"""Worker: hand one mail to Frappe's Email Queue, once; keep why it could not be."""
	# a job's own transaction: what fails is kept by itself
	frappe.db.commit()  # nosemgrep
	try:
		_send(name)
	except Exception as error:
		frappe.db.rollback()
		_keep(name, error)
	frappe.db.commit()  # nosemgrep


def _send(name: str) -> None:
	mail = store.lock(name)
	if not mail or mail.status not in ("Queued", "Failed"):
		return
	event = rules.EVENTS[mail.event]
	doc = frappe.get_doc(mail.reference_doctype, mail.reference_name)
	if doc.docstatus == 2:
		return store.put(name, status="Not Sent", reason=_("{0} was cancelled.").format(doc.name))
	recipient = rules.first_address(
		mail.recipient,
		store.account(mail.trade_account).mail_to,
		doc.get("contact_email"),
		*store.addresses(doc.customer, doc.get("contact_person")),
	)
	if not recipient:
		return store.put(
			name,
			status="Not Sent",
			reason=_(
				"Nobody to send it to: enter Mail To on Trade Account {0}, or a contact with an address."
			).format(mail.trade_account),
		)
	written = frappe.get_doc("Email Template", event.template).get_formatted_email(context(doc, mail))
	papers = [_paper(doc, event.paper[1])] if event.paper else []
	# it stands in the document's timeline
	communication = make_communication(
		doctype=doc.doctype,
		name=doc.name,
		content=written["message"],
		subject=written["subject"],
		recipients=recipient,
		communication_medium="Email",
		send_email=False,
		add_signature=False,
	)["name"]
	frappe.sendmail(
		recipients=[recipient],
		subject=written["subject"],
		message=written["message"],
		reference_doctype=doc.doctype,
		reference_name=doc.name,
		communication=communication,
		attachments=papers,
		expose_recipients="header",
	)
	store.put(
		name,
		status="Sent",
		recipient=recipient,
		reason="",
		tries=mail.tries + 1,
		next_try=None,
		sent_at=now_datetime(),
	)
	if doc.meta.has_field("sent_to"):
		doc.db_set({"sent_at": now_datetime(), "sent_to": recipient}, notify=True)


def _paper(doc: Document, print_format: str) -> dict:
	"""Frappe makes the paper when the mail leaves."""
	return {
		"print_format_attachment": 1,
		"doctype": doc.doctype,
		"name": doc.name,
		"print_format": print_format or None,
	}


def context(doc: Document, mail: dict | None = None) -> dict:
	"""What a template may use: the document's fields, and doc, customer_name, grand_total, outstanding, due, promise_date (in
	words), reason and release (of a hold), lines (that were cancelled or brought back: item_code, item_name, qty, stock_uom,
	why); of a shipment what `b2b_packing_slip` says, of a pro forma what `b2b_pro_forma_paper` says."""
	money = partial(fmt_money, currency=doc.get("currency"))
	day = doc.get("due_date")
	values = {
		**doc.as_dict(),
		"doc": doc,
		"grand_total": money(doc.get("rounded_total") or doc.get("grand_total")),
		"outstanding": money(doc.outstanding_amount) if flt(doc.get("outstanding_amount")) > 0 else "",
		"due": formatdate(day) if day else "",
		"promise_date": formatdate(doc.b2b_promise_date) if doc.get("b2b_promise_date") else "",
		"reason": mail.reason_told if mail else "",
		"release": mail.release_told if mail else "",
		"lines": frappe.parse_json(mail.lines_told) if mail and mail.lines_told else [],
	}
	if doc.doctype == "Delivery Note":
		values.update(b2b_packing_slip(doc))
	if doc.doctype == "Trade Pro Forma":
		paper = b2b_pro_forma_paper(doc)
		order = paper["order"]
		values.update({**paper, "po_no": order.po_no, "customer_name": order.customer_name})
	return values


def _keep(name: str, error: Exception) -> None:
	mail = store.lock(name)
	if not mail:
		return
	frappe.log_error(_("Customer Mail {0} was not sent").format(name))
	tries = mail.tries + 1
	wait = rules.next_try_minutes(tries)
	store.put(
		name,
		status="Failed",
		tries=tries,
		reason=(strip_html(str(error)) or type(error).__name__)[:1000],
		next_try=add_to_date(now_datetime(), minutes=wait) if wait else None,
	)


def retry(names: list[str]) -> int:
	"""Send again what failed or had nobody to go to; how many are queued."""
	queued = 0
	for name in sorted(names):
		mail = store.lock(name)
		if mail and mail.status in ("Failed", "Not Sent"):
			store.put(name, status="Queued", reason="", tries=0, next_try=None)
			ask_worker(name)
			queued += 1
	return queued


def orders_held(holds: list[str]) -> None:
	"""Tell customers that an order is held, and why. holds: Order Holds that were opened."""
	opened = store.holds(holds)
	orders = store.order_heads(hold.sales_order for hold in opened)
	for hold in opened:
		order = orders[hold.sales_order]
		tell("Held", order, hold.name, Told(reason=hold.reason, release=hold.released_by_what or ""))


def orders_released(orders: list[str]) -> None:
	"""Tell customers that an order goes on: the last of its holds is gone."""
	last = store.last_holds(orders)
	for name, order in store.order_heads(last).items():
		tell("Released", order, key=last[name])


def units_changed(lines: Mapping[str, Sequence[Mapping[str, object]]], back: bool) -> None:
	"""Tell customers what was cancelled of their orders, or is on them again (`back`). lines: Sales Order → as in `Told`."""
	event = "Units Restored" if back else "Units Cancelled"
	for name, order in store.order_heads(lines).items():
		# the same units can go and come back any number of times
		tell(event, order, f"{name}:{frappe.generate_hash(length=10)}", Told(lines=lines[name]))
