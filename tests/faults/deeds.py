"""What the processes of a crew do. Each deed loads its document first, then waits for the others, then acts."""

import frappe


def submit(doc):
	doc.submit()
	return doc.name


submit.prepare = frappe.get_doc


def cancel(doc):
	doc.cancel()
	return doc.name


cancel.prepare = frappe.get_doc
