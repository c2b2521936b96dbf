"""A company's link to the package that keeps its books: access, what is synced from when, mappings, and how it runs."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_url

from wholesale_b2b.accounting.connectors.errors import SyncError
from wholesale_b2b.accounting.rules.composing import MAPS
from wholesale_b2b.accounting.service import checks, figures, outbox, polling, registry, replay


class AccountingConnection(Document):
	def validate(self) -> None:
		registry.kind_of(self.provider)
		self._one_for_each_company()
		self._mappings()
		if self.enabled and not self.go_live:
			frappe.throw(
				_("Say under Go Live On from which date on documents are synced, then switch it on.")
			)

	def _one_for_each_company(self) -> None:
		other = frappe.db.exists(
			"Accounting Connection", {"company": self.company, "enabled": 1, "name": ("!=", self.name)}
		)
		if self.enabled and other:
			frappe.throw(
				_("{0} is synced by {1} already. Switch that off first.").format(
					self.company, frappe.utils.get_link_to_form("Accounting Connection", other)
				)
			)

	def _mappings(self) -> None:
		seen: dict[tuple[str, str], int] = {}
		for row in self.mappings:
			row.document_type = MAPS[row.kind]
			row.code = (row.code or "").strip()
			key = (row.kind, row.document)
			if key in seen:
				frappe.throw(
					_("{0} {1} is mapped twice, in rows {2} and {3}. Remove one.").format(
						_(row.kind), frappe.bold(row.document), seen[key], row.idx
					)
				)
			seen[key] = row.idx

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		resumed = self.enabled and not self.paused and before and (before.paused or not before.enabled)
		if resumed:
			outbox.ask_worker(self.name)


def _checked(name: str, permission: str = "write") -> Document:
	connection = frappe.get_doc("Accounting Connection", name)
	connection.check_permission(permission)
	return connection


@frappe.whitelist()
def providers() -> list[dict]:
	"""Packages that can be connected: provider, auth, can, limits, needs."""
	frappe.has_permission("Accounting Connection", "read", throw=True)
	return [
		{
			"provider": kind.provider,
			"auth": kind.auth,
			"can": sorted(kind.can),
			"limits": list(kind.limits),
			"needs": dict(kind.needs),
		}
		for kind in sorted(registry.kinds().values(), key=lambda kind: kind.provider)
	]


@frappe.whitelist()
def overview(name: str) -> dict:
	"""missing: what keeps documents from being sent; figures: how it runs; webhook: the address for the package. Needs read."""
	connection = _checked(name, "read")
	kind = registry.kinds().get(connection.provider)
	address = "/api/method/wholesale_b2b.api.v1.accounting.webhook?provider="
	return {
		"missing": checks.missing(connection),
		"figures": figures.of(name),
		"webhook": get_url(address + registry.address_name(connection.provider))
		if kind and "Webhooks" in kind.can
		else "",
	}


@frappe.whitelist(methods=["POST"])
def test_connection(name: str) -> dict:
	"""Ask the package whose books they are: ok, text, todo. Needs write."""
	_checked(name)
	return checks.test(name)


@frappe.whitelist(methods=["POST"])
def choices(name: str) -> dict:
	"""What there is over there to map to: kind of mapping → code, label, detail. Needs write."""
	_checked(name)
	try:
		return checks.choices(name)
	except SyncError as error:
		frappe.throw(f"{error.message} {getattr(error, 'todo', '')}", title=_("Accounting"))


@frappe.whitelist(methods=["POST"])
def connect(name: str) -> str:
	"""The address at which the user consents; whoever comes back from there is who we act as. Needs write."""
	connection = _checked(name)
	if not connection.connected_app:
		frappe.throw(_("Choose a Connected App first."))
	checks.consented(name, frappe.session.user)
	app = frappe.get_doc("Connected App", connection.connected_app)
	return app.initiate_web_application_flow(
		success_uri=frappe.utils.get_url_to_form("Accounting Connection", name)
	)


@frappe.whitelist(methods=["POST"])
def look_now(name: str) -> None:
	"""Have a worker ask the package what has changed. Needs write."""
	_checked(name)
	checks.go_on(name)
	polling.ask(name)
	outbox.ask_worker(name)


@frappe.whitelist(methods=["POST"])
def replay_all(name: str) -> int:
	"""Queue everything that needs attention or waits again; how many. Needs write."""
	_checked(name)
	checks.go_on(name)
	return replay.all_of(name)


@frappe.whitelist()
def earlier(name: str) -> dict:
	"""What `send_earlier` would queue: sort → how many. Needs write."""
	return replay.count_unsent(_checked(name))


@frappe.whitelist(methods=["POST"])
def send_earlier(name: str) -> int:
	"""Queue invoices since the go-live date that are not over there yet; how many. Needs write."""
	return replay.send_unsent(_checked(name))
