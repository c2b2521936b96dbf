"""Which accounting packages there are: those that the installed apps name in `b2b_accounting_connectors`."""

from functools import partial

import frappe
from frappe import _

from wholesale_b2b.accounting.connectors.base import Connector
from wholesale_b2b.accounting.service import access


def kinds() -> dict[str, type[Connector]]:
	"""Provider → its connector."""
	found: dict[str, type[Connector]] = {}
	for path in frappe.get_hooks("b2b_accounting_connectors"):
		kind = frappe.get_attr(path)
		found[kind.provider] = kind
	return found


def kind_of(provider: str) -> type[Connector]:
	kind = kinds().get(provider)
	if not kind:
		frappe.throw(
			_("There is no connector for {0}. Choose one of: {1}.").format(
				frappe.bold(provider), ", ".join(sorted(kinds()))
			)
		)
	return kind


def address_name(provider: str) -> str:
	"""What a provider is called in the address of its webhooks."""
	return provider.lower().replace(" ", "-")


def connect(connection, calls: list | None = None, dry_run: bool | None = None) -> Connector:
	"""The connector of an Accounting Connection. calls: is given (sent, answered) of every call, secrets masked."""
	kind = kind_of(connection.provider)
	return kind(access.of(connection, kind, partial(_keep, calls), dry_run))


def _keep(calls: list | None, sent: object, answered: object) -> None:
	if calls is not None:
		calls.append((sent, answered))
