"""The dispatch mail called an order complete that owed other addresses, or whose rest was cancelled: where its template says so
still, it says what the packing slip says."""

import frappe

from wholesale_b2b.fulfilment.mail.templates import BOXED, ENDING, LINES

TEMPLATE = "Wholesale Dispatch"
ALWAYS_COMPLETE = "{% else %}<p>With this your order is complete.</p>{% endif %}"


def execute() -> None:
	body = frappe.db.get_value("Email Template", TEMPLATE, "response_html")
	if body and ALWAYS_COMPLETE in body:
		new = body.replace(ALWAYS_COMPLETE, "{% endif %}" + ENDING).replace(LINES, BOXED)
		frappe.db.set_value("Email Template", TEMPLATE, "response_html", new)
