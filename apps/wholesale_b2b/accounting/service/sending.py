"""Out: our document as it is now, looked up first if an earlier attempt may have arrived, sent once, linked."""

from dataclasses import asdict, replace

from frappe.model.document import Document

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.base import Connector
from wholesale_b2b.accounting.connectors.errors import Duplicate, Gone, Stop
from wholesale_b2b.accounting.rules import composing, conflicts, messages, papers
from wholesale_b2b.accounting.rules.conflicts import Conflict
from wholesale_b2b.accounting.rules.papers import Bill, Money, Taken, TheirBill
from wholesale_b2b.accounting.service import composed, outbox, paperbox
from wholesale_b2b.accounting.service.judging import Undecided, Waits
from wholesale_b2b.accounting.store import documents, links, moneys
from wholesale_b2b.accounting.store import messages as store

ABLE = {
	papers.CUSTOMER: base.CONTACTS,
	papers.INVOICE: base.INVOICES,
	papers.CREDIT_NOTE: base.CREDIT_NOTES,
	papers.PRO_FORMA: base.PRO_FORMAS,
	papers.PAYMENT: base.PAYMENTS_OUT,
}

# Stands in a dry run for what would have an id by then.
NOT_YET = "(dry run)"


def send(connection: Document, connector: Connector, message: dict) -> str:
	"""Send what a message says; what came of it, in plain words."""
	if ABLE[message.kind] not in connector.can:
		raise Stop(
			f"{connector.provider} takes no {message.kind.lower()}s.", "Switch this off on the connection."
		)
	doc = documents.load(message.reference_doctype, message.reference_name)
	link = links.of(connection.name, message.reference_doctype, message.reference_name, message.kind)
	if message.kind == papers.CUSTOMER:
		return send_customer(connection, connector, message, doc, link)
	if message.action == store.CANCEL or not doc or doc.docstatus == 2 or documents.is_withdrawn(doc):
		return _cancel(connection, connector, message, doc, link)
	if doc.docstatus == 0 and doc.meta.is_submittable:
		return "a draft: it is sent once it is submitted"
	if message.kind == papers.PAYMENT:
		return _send_money(connection, connector, message, doc, link)
	return _send_bill(connection, connector, message, doc, link)


def _key(message: dict, content: str) -> str:
	"""The same for every attempt, until a person has mended something and replays it: packages replay refusals too."""
	return messages.idempotency_key(
		f"{message.name}/{message.round}" if message.round else message.name, content
	)


# ---- customers -------------------------------------------------------------------------------------------------------


def send_customer(connection, connector, message, doc, link) -> str:
	if not doc:
		return "deleted here; theirs stays"
	mapped = documents.mapped(connection.mappings).get((composing.CUSTOMER, doc.name), "")
	contact = documents.contact_of(doc, mapped or (link.their_id if link else ""))
	digest = messages.content_hash(asdict(contact))
	if link and link.content_hash == digest:
		return "nothing has changed"
	if mapped and not link:
		links.put(
			connection.name,
			"Customer",
			doc.name,
			papers.CUSTOMER,
			their_id=mapped,
			content_hash=digest,
			origin="There",
		)
		return "mapped by hand"
	key = _key(message, digest)
	taken = None
	if not contact.their_id:
		taken = connector.find_contact(contact)
	if taken and not contact.their_id:
		contact = replace(contact, their_id=taken.their_id)
	taken = connector.send_contact(contact, (link.version if link else taken.version if taken else ""), key)
	digest = messages.content_hash(asdict(replace(contact, their_id=taken.their_id)))
	_linked(connection, "Customer", doc.name, papers.CUSTOMER, taken, digest)
	return "changed over there" if link else "sent"


def contact_for(connection: Document, connector: Connector, customer: str) -> str:
	"""The customer's id over there. Waits, if it has none yet; a dry run, in which none is made, goes on."""
	mapped = documents.mapped(connection.mappings).get((composing.CUSTOMER, customer), "")
	link = links.of(connection.name, "Customer", customer, papers.CUSTOMER)
	if mapped or link:
		return mapped or link.their_id
	if connector.access.dry_run:
		return NOT_YET
	raise Waits(
		store.subject_of("Customer", customer),
		f"Waits for customer {customer}.",
		# before others come to wait for it too
		lambda: outbox.first(
			connection, papers.CUSTOMER, store.SEND, "Customer", customer, position=store.FRONT
		),
	)


# ---- bills -----------------------------------------------------------------------------------------------------------


def _send_bill(connection, connector, message, doc, link) -> str:
	bill = composed.bill(
		connection, connector, doc, lambda customer: contact_for(connection, connector, customer)
	)
	# what it is allocated to is looked at by itself: it may change while the rest stands
	content = asdict(replace(bill, uses=()))
	digest = messages.content_hash(content)
	key = _key(message, digest)
	again = message.answer == conflicts.SEND_AGAIN
	result = "nothing has changed"
	if not link and (message.unsure or message.attempts > 1):
		link = _adopted(connection, connector, bill, doc, digest)
		result = "it had arrived before"
	if not link or link.state == "Cancelled" or link.content_hash != digest or again:
		taken = _sent(connector, bill, link, key, doc, again)
		_linked(connection, doc.doctype, doc.name, bill.kind, taken, digest)
		_compare(bill, taken, doc)
		result = "sent" if not link else "changed over there"
		link = links.of(connection.name, doc.doctype, doc.name, bill.kind)
	if bill.uses and base.ALLOCATIONS in connector.can:
		result += _allocate(connection, connector, bill, link, key)
	return result


def _sent(connector, bill: Bill, link, key: str, doc, again: bool) -> Taken:
	known = link and link.state != "Cancelled"
	if known and base.UPDATES not in connector.can:
		raise Stop(
			f"{connector.provider} cannot change {bill.number} once it is there.",
			"Cancel it here and make a new one, or change it over there by hand and replay.",
		)
	try:
		return connector.send_bill(bill, link.their_id if known else "", link.version if known else "", key)
	except Duplicate as error:
		found = connector.find_bill(bill.kind, bill.number, bill)
		raise _duplicate(bill, found, doc, error.message) from error
	except Gone as error:
		if again:
			return connector.send_bill(bill, "", "", key)
		raise Undecided(
			Conflict(
				conflicts.DELETED_THERE,
				f"{bill.number} is not over there any more and stands here.",
				conflicts.SEND_AGAIN,
				(conflicts.SEND_AGAIN, conflicts.CANCEL_OURS, conflicts.LEAVE),
			),
			doc.doctype,
			doc.name,
			ours=asdict(bill),
		) from error


def _adopted(connection, connector, bill: Bill, doc, digest: str):
	"""The link to what an earlier attempt has made, if it has."""
	found = connector.find_bill(bill.kind, bill.number, bill)
	if not found:
		return None
	if not conflicts.is_same(bill, found):
		raise _duplicate(bill, found, doc, f"{bill.number} is in use over there, for something else.")
	_linked(
		connection,
		doc.doctype,
		doc.name,
		bill.kind,
		Taken(found.their_id, found.number, found.version),
		digest,
	)
	return links.of(connection.name, doc.doctype, doc.name, bill.kind)


def _duplicate(bill: Bill, found: TheirBill | None, doc, text: str) -> Undecided:
	if found:
		answers = (
			(conflicts.KEEP_OURS, conflicts.LEAVE) if conflicts.is_same(bill, found) else (conflicts.LEAVE,)
		)
	else:
		text += (
			" No open one of this kind has it over there: one that is voided, or of another kind. Give that another number, then"
			" send again."
		)
		answers = (conflicts.SEND_AGAIN, conflicts.LEAVE)
	return Undecided(
		Conflict(conflicts.DUPLICATE, text, answers[0], answers),
		doc.doctype,
		doc.name,
		ours=asdict(bill),
		theirs=asdict(found) if found else None,
	)


def _compare(bill: Bill, taken: Taken, doc) -> None:
	"""They may reckon otherwise than we do: that is for a person, and it is linked all the same."""
	answers = (conflicts.LEAVE, conflicts.SEND_AGAIN)
	if conflict := conflicts.amounts_differ(bill.number, bill, taken, answers):
		raise _Linked(conflict, doc.doctype, doc.name, ours=asdict(bill), theirs=asdict(taken))


class _Linked(Undecided):
	"""To be decided, while the link stands."""

	stands = True


def _allocate(connection, connector, bill: Bill, link, key: str) -> str:
	uses = []
	for use in bill.uses:
		other = links.of(connection.name, documents.INVOICE, use.number, use.kind)
		if other and other.state == "Open":
			uses.append(replace(use, their_id=other.their_id))
		elif _will_be_there(connection, use.number):
			raise Waits(
				store.subject_of(documents.INVOICE, use.number),
				f"Waits for invoice {use.number}, which it is allocated to.",
				lambda use=use: outbox.first(connection, use.kind, store.SEND, documents.INVOICE, use.number),
			)
	if not uses:
		return ""
	connector.allocate(link.their_id, tuple(uses), bill, messages.idempotency_key(key, "allocation"))
	return ", allocated"


def _will_be_there(connection, number: str) -> bool:
	"""Whether an invoice of ours goes out; one from before going live does not."""
	invoice = documents.load(documents.INVOICE, number)
	return bool(
		invoice
		and invoice.docstatus == 1
		and connection.send_invoices
		and str(invoice.posting_date) >= str(connection.go_live)
	)


# ---- payments --------------------------------------------------------------------------------------------------------


def _send_money(connection, connector, message, doc, link) -> str:
	if (link and link.origin == "There") or _is_of_what_came(connection, doc):
		return "it came from there"
	if doc.doctype in (documents.JOURNAL, documents.JOURNAL_ROW) and moneys.pays_nothing(doc):
		return _cancel(connection, connector, message, doc, link)
	money = composed.money(connection, doc, lambda customer: contact_for(connection, connector, customer))
	if doc.doctype == documents.PAYMENT and not link:
		outbox.with_parts(connection, doc)
	if not money.amount:
		# rounded to the smallest unit, say
		return _cancel(connection, connector, message, doc, link) if link else "it comes to nothing"
	uses = []
	for use in money.uses:
		other = links.of(connection.name, documents.INVOICE, use.number, use.kind)
		if other or connector.access.dry_run:
			uses.append(replace(use, their_id=other.their_id if other else NOT_YET))
		elif _will_be_there(connection, use.number):
			raise Waits(
				store.subject_of(documents.INVOICE, use.number),
				f"Waits for {use.number}, which it pays.",
				lambda use=use: outbox.first(connection, use.kind, store.SEND, documents.INVOICE, use.number),
			)
	if doc.doctype == documents.JOURNAL_ROW:
		# what a journal pays of invoices that are not over there is none of theirs
		money = replace(money, amount=sum((use.amount for use in uses), papers.ZERO))
		if not uses:
			return "what it pays is not over there" if money.uses else "it pays nothing"
	money = replace(money, uses=tuple(uses))
	if money.direction == papers.REFUNDED and base.REFUNDS_OUT not in connector.can:
		raise Stop(
			f"{documents.title_of(doc)} is a refund, which {connector.provider} takes from nobody but its own users.",
			"Enter it there by hand and allocate it"
			+ (
				"; it comes in, and Keep Ours says that it is this one."
				if base.REFUNDS_IN in connector.can
				else ", then leave this message."
			),
		)
	digest = messages.content_hash(asdict(money))
	if link and link.content_hash == digest and link.state == "Open":
		return "nothing has changed"
	key = _key(message, digest)
	if not link and (message.unsure or message.attempts > 1):
		found: Money | None = connector.find_money(money)
		if found:
			_linked(
				connection, doc.doctype, doc.name, papers.PAYMENT, Taken(found.their_id, found.number, found.version),
				digest, paperbox.packed(replace(money, their_id=found.their_id)),
			)  # fmt: skip
			return "it had arrived before"
	if link and link.state == "Open":
		money = replace(money, their_id=link.their_id, version=link.version or "")
	taken = connector.send_money(money, key)
	_linked(
		connection, doc.doctype, doc.name, papers.PAYMENT, taken, digest,
		paperbox.packed(replace(money, their_id=taken.their_id)),
	)  # fmt: skip
	return "changed over there" if link else "sent"


def _is_of_what_came(connection, doc) -> bool:
	"""Whether this was taken off a payment that was entered over there."""
	if doc.doctype != documents.DEDUCTION:
		return False
	link = links.of(connection.name, documents.PAYMENT, doc.parent, papers.PAYMENT)
	return bool(link and link.origin == "There")


# ---- the other way round ---------------------------------------------------------------------------------------------


def _cancel(connection, connector, message, doc, link) -> str:
	if not link and (message.unsure or message.attempts > 1 or message.action == store.SEND):
		link = _stray(connection, connector, message, doc)
	if not link:
		return "it was never there"
	if link.state == "Cancelled":
		return "cancelled over there already"
	if link.origin == "There" and message.kind == papers.PAYMENT:
		return "it came from there"
	_wait_for_what_was_paid_with_it(connection, message, doc)
	key = _key(message, f"cancel {link.their_id}")
	try:
		if message.kind == papers.PAYMENT:
			taken = connector.cancel_money(link.their_id, link.version or "", key)
		else:
			taken = connector.cancel_bill(link.kind, link.their_id, link.version or "", key)
	except Gone:
		taken = Taken(link.their_id, link.their_number, link.version)
	links.put(
		connection.name,
		link.reference_doctype,
		link.reference_name,
		link.kind,
		state="Cancelled",
		version=taken.version or "",
	)
	return "cancelled over there"


def _wait_for_what_was_paid_with_it(connection, message, doc) -> None:
	"""An invoice is voided once the payments are gone that were taken with it, and those are taken off it that paid it."""
	if message.kind == papers.PAYMENT or not doc:
		return
	for doctype, name in moneys.parts_of(doc):
		link = links.of(connection.name, doctype, name, papers.PAYMENT)
		subject = store.subject_of(doctype, name, papers.PAYMENT)
		# one that is just being sent has no link yet
		if (link and link.state == "Open") or store.is_coming(connection.name, subject):
			raise Waits(
				subject,
				f"Waits for payment {link.their_number or link.their_id if link else name} to be removed, which was taken with it.",
				lambda doctype=doctype, name=name: outbox.first(
					connection, papers.PAYMENT, store.CANCEL, doctype, name
				),
			)
	if doc.doctype != documents.INVOICE:
		return
	if subject := store.payment_before(connection.name, doc.customer, message.position):
		raise Waits(
			subject, f"Waits for {subject.replace('/', ' ', 1)}, which may have paid it.", lambda: None
		)


def _stray(connection, connector, message, doc):
	"""What an attempt to send may have left over there, for a document that is cancelled by now."""
	if not message.unsure:
		return None
	found: TheirBill | Money | None
	if message.kind != papers.PAYMENT:
		found = connector.find_bill(message.kind, message.reference_name)
	elif not doc or doc.doctype == documents.JOURNAL:
		# a journal is told row by row, or not at all
		found = None
	else:
		found = connector.find_money(_trace(connection, connector, doc))
	if not found:
		return None
	links.put(
		connection.name, message.reference_doctype, message.reference_name, message.kind, state="Open",
		their_id=found.their_id, their_number=found.number, version=found.version, origin="Here", content_hash="",
		paper=paperbox.packed(found) if isinstance(found, Money) else "",
	)  # fmt: skip
	return links.of(connection.name, message.reference_doctype, message.reference_name, message.kind)


def _trace(connection, connector, doc) -> Money:
	"""By what a payment that may have been sent is found; a journal's row may pay nothing by now."""

	def contact(customer: str) -> str:
		return contact_for(connection, connector, customer)

	left = moneys.trace_of(doc) if doc.doctype == documents.JOURNAL_ROW else None
	return replace(left, contact=contact(left.contact)) if left else composed.money(connection, doc, contact)


def _linked(
	connection, doctype: str, name: str, kind: str, taken: Taken, digest: str, paper: str = ""
) -> None:
	links.put(
		connection.name,
		doctype,
		name,
		kind,
		their_id=taken.their_id,
		their_number=taken.number,
		version=taken.version,
		content_hash=digest,
		state="Open",
		origin="Here",
		by_sync=0,
		paper=paper,
	)
