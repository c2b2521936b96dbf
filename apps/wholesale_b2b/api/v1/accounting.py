"""Where accounting packages tell us that something has changed."""

import frappe
from werkzeug.wrappers import Response

from wholesale_b2b.accounting.service import webhooks


@frappe.whitelist(allow_guest=True, methods=["POST"])
def webhook() -> Response:
	"""A webhook of the package named by `provider` in the address: 200, or 401 where it is not genuine. No body, no cookies.

	Who calls is told by the signature over the raw body alone.
	"""
	request = frappe.request
	status = webhooks.receive(
		request.args.get("provider", ""),
		{name.lower(): value for name, value in request.headers.items()},
		request.get_data(cache=True),
	)
	# a package that gets a cookie takes the answer for somebody else's
	frappe.local.cookie_manager.cookies.clear()
	return Response(status=status)
