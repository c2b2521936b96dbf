"""Holds are shown at the top of the form; the empty field that was kept for them goes."""

import frappe


def execute() -> None:
	frappe.delete_doc_if_exists("Custom Field", "Sales Order-b2b_holds_html")
