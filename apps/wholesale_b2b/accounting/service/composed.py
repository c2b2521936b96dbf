"""Documents in the package's codes, or all that is not mapped as one sentence."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from frappe.model.document import Document

from wholesale_b2b.accounting.connectors.base import Connector
from wholesale_b2b.accounting.connectors.errors import Stop
from wholesale_b2b.accounting.rules import composing
from wholesale_b2b.accounting.rules.composing import Codes, DoesNotAddUp, Missing
from wholesale_b2b.accounting.rules.papers import Bill, Money
from wholesale_b2b.accounting.store import documents, moneys

MAP_IT = "Add them under Mappings on the Accounting Connection, then replay."


def codes_of(connection: Document) -> Codes:
	return Codes(
		documents.mapped(connection.mappings),
		no_tax=(connection.no_tax_code or "").strip(),
		rounding=(connection.rounding_account or "").strip(),
	)


def bill(connection: Document, connector: Connector, doc: Document, contact: Callable[[str], str]) -> Bill:
	"""What is mapped is told before its customer is waited for."""
	paper = documents.paper_of(doc)
	if connector.number_length and len(paper.number) > connector.number_length:
		raise Stop(
			f"{paper.number} is longer than the {connector.number_length} characters that {connector.provider} takes.",
			"Use a shorter naming series.",
		)
	try:
		made, missing = composing.compose(paper, codes_of(connection), "")
	except DoesNotAddUp as error:
		raise Stop(f"{error}.", "Look at the document's taxes; then replay.") from error
	if missing or not made:
		raise Stop(not_mapped(missing), MAP_IT)
	return replace(made, contact=contact(paper.customer))


def money(connection: Document, doc: Document, contact: Callable[[str], str]) -> Money:
	try:
		made, bank = moneys.money_of(doc)
	except ValueError as error:
		raise Stop(
			f"{documents.title_of(doc)} cannot be sent: {error}.",
			"Enter it over there by hand, and leave this message.",
		) from error
	missing: list[Missing] = []
	codes = codes_of(connection)
	code = codes.of(composing.BANK_ACCOUNT, bank, missing)
	if missing:
		raise Stop(not_mapped(missing), MAP_IT)
	return replace(made, account=code, contact=contact(made.contact), currency=codes.currency(made.currency))


def not_mapped(missing: Iterable[Missing]) -> str:
	return "Not mapped: " + "; ".join(f"{one.kind} {one.name}".strip() for one in missing) + "."
