"""Webhooks: checked over the raw body, stored, answered, then worked on."""

from wholesale_b2b.accounting.service import outbox, polling, registry
from wholesale_b2b.accounting.store import connections

LARGEST = 1_000_000


def receive(provider: str, headers: dict[str, str], body: bytes) -> int:
	"""The HTTP status to answer with. Nothing of a body that is not genuine is kept, nor anything of it logged."""
	kind = {registry.address_name(name): kind for name, kind in registry.kinds().items()}.get(
		provider.lower()
	)
	if not kind or len(body) > LARGEST:
		return 404 if not kind else 413
	genuine = [
		connection
		for connection in connections.listening(kind.provider)
		if kind.is_genuine(headers, body, connections.secret(connection.name, "webhook_key"))
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
