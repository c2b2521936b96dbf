"""Webhooks: checked over the raw body, stored, answered, then worked on."""

import frappe

from wholesale_b2b.accounting.connectors.base import Connector
from wholesale_b2b.accounting.service import outbox, polling, registry
from wholesale_b2b.accounting.store import connections

LARGEST = 1_000_000


def receive(provider: str, headers: dict[str, str], body: bytes) -> int:
	"""The HTTP status to answer with. Nothing of a body that is not genuine is kept, nor anything of it logged."""
	kind = {name.lower().replace(" ", "-"): kind for name, kind in registry.kinds().items()}.get(
		provider.lower()
	)
	if not kind or len(body) > LARGEST:
		return 404 if not kind else 413
	genuine = [
		connection
		for connection in _listening(kind)
		if kind.is_genuine(headers, body, _secret(connection.name))
	]
	if not genuine:
		return 401
	try:
		hints = kind.told(body)
	except (ValueError, KeyError, TypeError, AttributeError):
		return 400
	for connection in genuine:
		new = [
			hint
			for hint in hints
			if (not hint.tenant or hint.tenant == connection.tenant_id)
			and polling.store(connection.name, connection.company, hint)
		]
		if new:
			outbox.ask_worker(connection.name)
	return 200


def _listening(kind: type[Connector]) -> list[dict]:
	return frappe.get_all(
		connections.DOCTYPE,
		{"provider": kind.provider, "enabled": 1, "take_payments": 1},
		["name", "company", "tenant_id"],
	)


def _secret(name: str) -> str:
	from frappe.utils.password import get_decrypted_password

	return get_decrypted_password(connections.DOCTYPE, name, "webhook_key", raise_exception=False) or ""
