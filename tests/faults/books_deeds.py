"""What processes do with an accounting package's stand-in, each with a connection of its own."""

import frappe
from books.world import invoice

from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.service import registry, webhooks, worker


def drain(connection: str, most: int = 0) -> int:
	"""Work for a connection, with the limiter off. most: messages, without end for 0."""
	registry.kind_of(frappe.db.get_value("Accounting Connection", connection, "provider")).limit = Limit(0)
	left = iter(range(most))
	return worker.drain(connection, until=lambda: bool(most) and next(left, None) is None)


def submit(customer: str, count: int) -> list[str]:
	return [invoice(customer, rows=((1 + n % 9, 10.0),)).name for n in range(count)]


def hear(provider: str, headers: dict, body: bytes, times: int) -> list[int]:
	"""The same webhook, again and again."""
	heard = []
	for _ in range(times):
		heard.append(webhooks.receive(provider, headers, body))
		frappe.db.commit()
	return heard
