"""Pro formas by mail, when somebody asks for it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from wholesale_b2b.credit.pro_forma import rules
from wholesale_b2b.fulfilment.mail import service as mail


def send(paper: Document, recipient: str | None = None) -> str:
	"""Queue its mail whatever the account prefers, also again; the Customer Mail's name."""
	if paper.status == rules.CANCELLED:
		frappe.throw(_("{0} is cancelled: nothing is asked for any more.").format(paper.name))
	if recipient:
		frappe.utils.validate_email_address(recipient, throw=True)
	return mail.send_by_hand("Pro Forma", paper, recipient, key=f"{paper.name}:{now_datetime().isoformat()}")
