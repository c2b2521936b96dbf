"""For sites where ERPNext's own tests, or a customer's, run with this app installed.

Before a DocType's tests Frappe makes test records of all that the DocType links to, and of all that those link to. Our links
from Customer Group or Item Price would lead it to Customer before there is a Customer Group. Those tests need no records
of ours: what is behind our DocTypes is left out.
"""

import frappe


def left_out(doctype: str) -> list[str]:
	"""What Frappe's test runner takes as `test_ignore`: all that a DocType and its tables link to, and the DocType itself."""
	meta = frappe.get_meta(doctype)
	tables = [frappe.get_meta(field.options) for field in meta.get_table_fields()]
	links = {field.options for one in (meta, *tables) for field in one.get_link_fields()}
	return sorted({doctype, *links})
