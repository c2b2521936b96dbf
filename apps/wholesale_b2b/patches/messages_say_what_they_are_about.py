"""Messages of before are called by the document that they are about, in lists: a part of one by the document that has it."""

import frappe

from wholesale_b2b.accounting.store.documents import ROWS


def execute() -> None:
	frappe.db.sql(
		"""update `tabSync Message` set title = left(ifnull(nullif(reference_name, ''), ifnull(their_id, '')), 140)
		where ifnull(title, '') = ''"""
	)
	for doctype in ROWS:
		frappe.db.sql(
			f"""update `tabSync Message` m join `tab{doctype}` part on part.name = m.reference_name
			set m.title = part.parent where m.reference_doctype = %s""",
			[doctype],
		)
