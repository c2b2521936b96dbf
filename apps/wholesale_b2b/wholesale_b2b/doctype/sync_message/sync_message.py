"""Something to be sent to, or taken from, an accounting package: the outbox and the inbox, kept by `accounting`."""

import frappe
from frappe.model.document import Document

from wholesale_b2b.accounting.service import replay as service


class SyncMessage(Document):
	pass


@frappe.whitelist(methods=["POST"])
def replay(names: list | str) -> int:
	"""Queue messages again; how many. Needs write on their connections."""
	return service.replay(_checked(names))


@frappe.whitelist(methods=["POST"])
def leave(names: list | str) -> int:
	"""Do nothing more about messages; how many. Needs write on their connections."""
	return service.leave(_checked(names))


def _checked(names: list | str) -> list[str]:
	wanted = frappe.parse_json(names) if isinstance(names, str) else names
	for name in wanted:
		message = frappe.get_doc("Sync Message", str(name))
		message.check_permission("read")
		frappe.get_doc("Accounting Connection", message.accounting_connection).check_permission("write")
	return [str(name) for name in wanted]
