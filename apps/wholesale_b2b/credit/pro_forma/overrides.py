"""ERPNext's payment requests, where only those concerned may make one."""

import frappe
from erpnext.accounts.doctype.payment_request import payment_request

from wholesale_b2b.credit.pro_forma.service import requests


@frappe.whitelist(allow_guest=True)
def make_payment_request(**args):
	"""ERPNext's function of this name, open to guests as it is, but not for documents of companies that are switched on.

	For those the user must be allowed to read the document and to make Payment Requests, or be one of the customer's own
	portal users. args: as ERPNext takes them (dt, dn, …).
	"""
	requests.check(args.get("dt"), args.get("dn"))
	return payment_request.make_payment_request(**args)
