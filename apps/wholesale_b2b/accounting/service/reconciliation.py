"""Ours against theirs, invoice by invoice."""

from datetime import date

import frappe

from wholesale_b2b.accounting.rules import composing, papers, reconciling
from wholesale_b2b.accounting.rules.reconciling import Row, Side
from wholesale_b2b.accounting.service import registry
from wholesale_b2b.accounting.store import connections, reconciliation


def compare(name: str, start: date, end: date) -> list[Row]:
	"""A row for each invoice and credit note of these days on either side, as both have it now.

	Raises `SyncError` where the package cannot be asked. Bills over there that did not come from here, of contacts that are
	not customers here, are left out.
	"""
	connection = connections.load(name)
	connector = registry.connect(connection)
	kinds = [
		kind
		for kind, sent in (
			(papers.INVOICE, connection.send_invoices),
			(papers.CREDIT_NOTE, connection.send_credit_notes),
		)
		if sent
	]
	links, ours = reconciliation.ours(connection, start, end)
	customers = {row.code for row in connection.mappings if row.kind == composing.CUSTOMER}
	customers |= reconciliation.contacts(name)
	theirs: dict[str, Side] = {}
	for bill in connector.bills(start, end):
		number = links.get((bill.kind, bill.their_id))
		if bill.kind not in kinds or (not number and bill.contact not in customers):
			continue
		side = Side(
			number or bill.number,
			bill.kind,
			bill.currency,
			bill.total,
			bill.tax,
			bill.outstanding,
			bill.their_id,
		)
		theirs[f"{bill.kind} {number or bill.number}"] = side
	frappe.db.commit()  # nosemgrep
	return reconciling.compare({key: side for key, side in ours.items() if side.kind in kinds}, theirs)
