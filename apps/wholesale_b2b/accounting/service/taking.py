"""In: what has changed over there becomes documents here, in one transaction with its message and its link."""

from dataclasses import asdict, replace

from frappe.model.document import Document
from frappe.utils import getdate

from wholesale_b2b.accounting.connectors.base import Connector
from wholesale_b2b.accounting.connectors.errors import Stop
from wholesale_b2b.accounting.rules import composing, conflicts, papers
from wholesale_b2b.accounting.rules.conflicts import Agreed, Conflict, OurBill
from wholesale_b2b.accounting.rules.papers import Money, TheirBill
from wholesale_b2b.accounting.rules.settling import Facts, Known, Owing, judge_till, settle
from wholesale_b2b.accounting.service import composed, paperbox
from wholesale_b2b.accounting.service.judging import Undecided
from wholesale_b2b.accounting.store import documents, links, payments
from wholesale_b2b.credit.pro_forma.service import gate


def take(connection: Document, connector: Connector, message: dict) -> str:
	"""Apply what a message brought, or what the package says of it now."""
	paper = paperbox.unpacked(message.paper)
	found = [paper] if paper else connector.read(message.kind, message.their_id)
	done = [_apply(connection, one, message) for one in found]
	return "; ".join(dict.fromkeys(done)) or "nothing is known of it over there"


def _apply(connection: Document, paper: Money | TheirBill, message: dict) -> str:
	if isinstance(paper, Money):
		return take_money(connection, paper, message.answer or "")
	return take_bill(connection, paper, message.answer or "")


# ---- payments --------------------------------------------------------------------------------------------------------


def take_money(connection: Document, money: Money, answer: str) -> str:
	"""A payment as it stands over there: posted, replaced or cancelled here. Undecided where nobody but a person can say."""
	if not connection.take_payments:
		return "payments are not taken in"
	link = links.of_theirs(connection.name, papers.PAYMENT, money.their_id)
	if connection.go_live and money.day < getdate(connection.go_live) and not link:
		return "from before going live"
	if link and link.reference_doctype != documents.PAYMENT:
		return _of_a_document(money, link)
	facts = _facts(connection, money, link, answer)
	deed = settle(money, facts)
	if isinstance(deed, Conflict):
		raise Undecided(
			deed,
			documents.PAYMENT if link else "",
			link.reference_name if link else "",
			ours=asdict(facts.known.money) if facts.known else _open_now(facts),
			theirs=asdict(money),
		)
	packed = paperbox.packed(money)
	if deed.cancel:
		payments.cancel(deed.cancel)
		if not deed.post:
			links.put(
				connection.name, documents.PAYMENT, deed.cancel, papers.PAYMENT, state="Cancelled", by_sync=1, version=money.version,
				paper=packed,
			)  # fmt: skip
	if deed.adopt:
		_link(connection, deed.adopt, money, packed, link)
	if deed.post:
		entry = payments.post(
			money,
			deed,
			connection.company,
			facts.customer,
			_bank(connection, money),
			connection.mode_of_payment,
			f"{connection.provider} {money.number or money.their_id}"
			+ (f": {money.reference}" if money.reference else ""),
		)
		_link(connection, entry.name, money, packed, link)
		return f"{deed.why}: {entry.name}"
	if link and link.version != money.version and facts.known and facts.known.posted and not deed.cancel:
		links.move(link.name, link.reference_name, version=money.version)
	return deed.why


def _of_a_document(money: Money, link: dict) -> str:
	"""A payment that is a part of a document here, of a till's invoice say: it stands or falls with it."""
	if link.state == "Cancelled" and money.state == papers.REMOVED:
		# the document may stand: a journal that was unreconciled does
		return "gone on both sides"
	before = paperbox.unpacked(link.paper)
	# one that was found over there after its invoice was cancelled has not been told of
	before = before if isinstance(before, Money) else money
	doc = documents.load(link.reference_doctype, link.reference_name)
	judged = judge_till(
		before,
		money,
		bool(doc and doc.docstatus == 1),
		documents.title_of(doc) if doc else link.reference_name,
	)
	if isinstance(judged, Conflict):
		raise Undecided(
			judged, link.reference_doctype, link.reference_name, ours=asdict(before), theirs=asdict(money)
		)
	if link.version != money.version and link.state == "Open":
		links.move(link.name, link.reference_name, version=money.version)
	return judged.why


def _link(connection: Document, entry: str, money: Money, packed: str, link: dict | None) -> None:
	values = {
		"their_id": money.their_id,
		"their_number": money.number,
		"version": money.version,
		"state": "Open",
		"by_sync": 0,
		"paper": packed,
		"origin": link.origin if link else "There",
	}
	if link:
		links.move(link.name, entry, **values)
	else:
		links.put(connection.name, documents.PAYMENT, entry, papers.PAYMENT, **values)


def _facts(connection: Document, money: Money, link: dict | None, answer: str) -> Facts:
	customer = customer_of(connection, money.contact)
	pairs = {(use.kind, use.their_id or use.number): use for use in money.uses}
	names = {key: _ours(connection, use.kind, use.their_id, use.number) for key, use in pairs.items()}
	named = payments.pro_formas_named(f"{money.reference} {money.number}", connection.company)
	for use in money.uses:
		if use.kind == papers.PRO_FORMA and (
			order := _order_of(names[(use.kind, use.their_id or use.number)])
		):
			named[use.number or use.their_id] = order
	wanted = [("Sales Invoice", name) for name in names.values() if name] + [
		("Sales Order", order) for order in named.values()
	]
	payments.lock(wanted)
	open_now = payments.invoices(name for name in names.values() if name)
	by_order = _orders(named.values())
	by_key: dict[tuple[str, str], Owing] = {}
	for (kind, ident), name in names.items():
		if kind == papers.PRO_FORMA:
			owing = by_order.get(named.get(pairs[(kind, ident)].number or ident, ""))
		else:
			owing = open_now.get(name or "")
		if owing:
			by_key[(kind, ident)] = owing
	known = None
	if link:
		entry = documents.load(documents.PAYMENT, link.reference_name)
		before = paperbox.unpacked(link.paper)
		if entry and isinstance(before, Money):
			known = Known(entry.name, link.origin, before, entry.docstatus == 1, bool(link.by_sync))
	return Facts(
		customer=customer,
		documents=by_key,
		orders=list(by_order.values()),
		known=known,
		closed=payments.closed_until(connection.company),
		today=getdate(),
		answer=answer,
		twin="" if link else payments.twin(customer, money, connection.company),
		unit=documents.smallest(money.currency),
	)


def _open_now(facts: Facts) -> dict:
	return {"customer": facts.customer, "open": [asdict(owing) for owing in facts.documents.values()]}


def customer_of(connection: Document, contact: str) -> str:
	"""Our customer of a contact over there; empty for one that is not ours."""
	link = links.of_theirs(connection.name, papers.CUSTOMER, contact)
	if link:
		return link.reference_name
	for row in connection.mappings:
		if row.kind == composing.CUSTOMER and row.code == contact:
			return row.document
	return ""


def _ours(connection: Document, kind: str, their_id: str, number: str) -> str:
	link = links.of_theirs(connection.name, kind, their_id) if their_id else None
	if link:
		return link.reference_name
	doctype = documents.PRO_FORMA if kind == papers.PRO_FORMA else documents.INVOICE
	# by its number only where we have sent it, or it is from a file that knows no ids
	link = links.of(connection.name, doctype, number, kind) if number else None
	return link.reference_name if link else ""


def _order_of(pro_forma: str) -> str:
	return documents.order_of(pro_forma) if pro_forma else ""


def _orders(orders) -> dict[str, Owing]:
	"""Sales Order → what is still to be paid on it beforehand, or where nothing is asked, of all of it."""
	found = {}
	for name, judged in gate.gates(set(orders)).items():
		order = judged.order
		left = max(order.bill.total - judged.gate.paid, papers.ZERO)
		found[name] = Owing(documents.ORDER, name, order.customer, order.currency, left)
	return found


def _bank(connection: Document, money: Money) -> str:
	for row in connection.mappings:
		if row.kind == composing.BANK_ACCOUNT and row.code == money.account:
			return row.document
	raise Stop(
		f"Not mapped: bank account {money.account or '(none)'} over there, into which payment {money.number} went.",
		composed.MAP_IT,
	)


# ---- bills -----------------------------------------------------------------------------------------------------------


def take_bill(connection: Document, theirs: TheirBill, answer: str) -> str:
	"""An invoice, credit note or quote as it stands over there."""
	name = _ours(connection, theirs.kind, theirs.their_id, "")
	doctype = documents.PRO_FORMA if theirs.kind == papers.PRO_FORMA else documents.INVOICE
	doc = documents.load(doctype, name) if name else None
	if doc and doctype == documents.PRO_FORMA:
		return "a quote: nothing of it is booked"
	ours = _our_bill(doc) if doc else None
	# some packages tell ids alone
	named = [
		replace(use, number=_ours(connection, use.kind, use.their_id, "") or use.number)
		for use in theirs.uses
	]
	theirs = replace(theirs, uses=tuple(named))
	judged = conflicts.judge_bill(ours, theirs, answer)
	if isinstance(judged, Conflict):
		raise Undecided(judged, doctype, name, ours=asdict(ours) if ours else None, theirs=asdict(theirs))
	assert isinstance(judged, Agreed)
	for use in judged.allocate:
		other = _ours(connection, papers.INVOICE, use.their_id, use.number)
		if not other:
			raise Undecided(
				Conflict(
					conflicts.UNKNOWN_INVOICE,
					f"{name} is allocated to {use.number or use.their_id} over there, which is not known here.",
					conflicts.LEAVE,
					(conflicts.LEAVE,),
				),
				doctype,
				name,
				theirs=asdict(theirs),
			)
		payments.allocate_credit(name, other, use.amount)
	return judged.why


def _our_bill(doc: Document) -> OurBill:
	link_uses = documents.credit_uses(doc) if doc.is_return else ()
	paper = documents.paper_of(doc)
	tax = sum((charge.amount for charge in paper.charges if charge.is_tax), papers.ZERO)
	total = abs(paper.total)
	return OurBill(
		doc.doctype,
		doc.name,
		doc.name,
		total - abs(tax),
		abs(tax),
		total,
		doc.docstatus == 1,
		tuple(link_uses),
	)
