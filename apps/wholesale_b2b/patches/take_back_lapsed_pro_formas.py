"""Pro formas that had lapsed before that was told to the books are taken back there; one that is gone there is asked for no more."""

import frappe

from wholesale_b2b.accounting.service import outbox


def execute() -> None:
	lapsed = frappe.db.sql(
		"""select l.accounting_connection, p.name from `tabSync Link` l join `tabTrade Pro Forma` p
			on l.reference_doctype = 'Trade Pro Forma' and l.reference_name = p.name
		join `tabAccounting Connection` c on c.name = l.accounting_connection and c.enabled = 1
		where l.kind = 'Pro Forma' and l.state = 'Open' and p.status = 'Expired' order by p.name"""
	)
	for connection, name in lapsed:
		outbox.send_document(
			frappe.get_cached_doc("Accounting Connection", connection), "Trade Pro Forma", name
		)
