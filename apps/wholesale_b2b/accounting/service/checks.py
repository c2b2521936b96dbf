"""*Test connection* and *what is missing*, before anything is sent."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.accounting.connectors.errors import SyncError
from wholesale_b2b.accounting.rules import composing
from wholesale_b2b.accounting.service import composed, registry
from wholesale_b2b.accounting.store import connections, documents, links
from wholesale_b2b.setup.switch import is_enabled


def test(name: str) -> dict:
	"""Ask the package whose books they are. ok, title, text; where it fails what to do.

	An organisation that was not named is filled in if there is only one.
	"""
	connection = connections.load(name)
	try:
		tenant = registry.connect(connection, dry_run=False).look()
	except SyncError as error:
		return {"ok": False, "title": "", "text": error.message, "todo": getattr(error, "todo", "")}
	currency = frappe.get_cached_value("Company", connection.company, "default_currency")
	connections.put(name, tenant_id=tenant.tenant_id, tenant_title=tenant.title, trouble="", wait_until=None)
	if tenant.currency and tenant.currency != currency:
		return {
			"ok": False,
			"title": tenant.title,
			"text": _("{0} keeps its books in {1}, {2} in {3}.").format(
				tenant.title, tenant.currency, connection.company, currency
			),
			"todo": _("Choose the organisation that belongs to this company."),
		}
	return {
		"ok": True,
		"title": tenant.title,
		"text": _("Connected to {0}.").format(tenant.title),
		"todo": "",
	}


def consented(name: str, user: str) -> None:
	"""From now on we act as whom this user lets us."""
	connections.put(name, connected_user=user, trouble="", wait_until=None)


def go_on(name: str) -> None:
	"""Whatever stopped everything has been seen to."""
	connections.put(name, trouble="", wait_until=None)


def choices(name: str) -> dict[str, list[dict]]:
	"""What can be mapped to: kind of mapping → code, label, detail."""
	tenant = registry.connect(connections.load(name), dry_run=False).look()
	return {
		kind: [{"code": one.code, "label": one.label, "detail": one.detail} for one in found]
		for kind, found in tenant.choices.items()
	}


def missing(connection: Document) -> list[dict]:
	"""Everything that keeps documents from being sent: kind, name, text; the most urgent first."""
	kind = registry.kinds().get(connection.provider)
	if not kind:
		return [{"kind": "Provider", "name": connection.provider, "text": _("There is no connector for it.")}]
	found = []

	def say(what: str, name: str, text: str) -> None:
		found.append({"kind": what, "name": name, "text": text})

	if not is_enabled(connection.company):
		say("Company", connection.company, _("Wholesale B2B is not switched on for it."))
	if not connection.go_live:
		say("Go Live", "", _("Say from which date on documents are synced."))
	if kind.auth == "OAuth" and not (connection.connected_app and connection.connected_user):
		say("Access", "", _("Choose a Connected App, save and press Connect."))
	for field, label in kind.needs:
		if not connection.get(field):
			say("Access", label, _("{0} is empty.").format(label))
	codes = composed.codes_of(connection)
	used = documents.in_use(connection)
	for what in (
		"Income Account",
		"Tax Template",
		"Item Tax Template",
		"Tax Account",
		"Bank Account",
		"Item",
	):
		for name, document in sorted(used.get(what, {}).items()):
			if (what, name) not in codes.known:
				say(what, name, _("Used by {0}.").format(document) if document else _("It will be used."))
	if not codes.no_tax:
		say(composing.NO_TAX, "", _("Needed for lines without tax."))
	if not codes.rounding and documents.has_rounding(connection):
		say(composing.ROUNDING, "", _("Needed for invoices that are rounded."))
	for name in missing_customers(connection):
		say(
			"Customer",
			name,
			_("Is made over there with its first invoice, unless it is mapped to one that is there."),
		)
	return found


def missing_customers(connection: Document) -> list[str]:
	"""Customers with invoices that are not known over there."""
	known = {row.document for row in connection.mappings if row.kind == composing.CUSTOMER}
	known |= links.names(connection.name, "Customer")
	return [name for name in documents.customers_with_invoices(connection) if name not in known]
