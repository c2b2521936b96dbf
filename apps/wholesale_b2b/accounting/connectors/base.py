"""The shape that all connectors share.

Another app brings one more with `b2b_accounting_connectors = ["my_app.my_package.connector.MyConnector"]` in its hooks.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.rules.papers import (
	Bill,
	Contact,
	Hint,
	Money,
	Page,
	Taken,
	Tenant,
	TheirBill,
	Use,
)

# What a connector may be able to do.
CONTACTS = "Customers"
INVOICES = "Invoices"
CREDIT_NOTES = "Credit Notes"
ALLOCATIONS = "Allocations of Credit Notes"
PRO_FORMAS = "Pro Formas"
PAYMENTS_OUT = "Payments Taken Here"
PAYMENTS_IN = "Payments Taken There"
REFUNDS_OUT = "Refunds Given Here"
REFUNDS_IN = "Refunds Given There"
UPDATES = "Changes of What Was Sent"
WEBHOOKS = "Webhooks"
RECONCILING = "Reconciliation"

# How it is let in.
OAUTH, SESSION, NO_LOGIN = "OAuth", "Session", "None"


def _nothing(*_args: object) -> None:
	return None


@dataclass
class Access:
	"""What a connector is handed.

	settings: tenant_id, base_url, login, legal_entity, no_tax_code, go_live, currency (the company's) …, as texts. secrets:
	api_key, webhook_key, session_token. token: an access token that is good now; given the one that was refused, a newer one.
	pace: returns when a call may be made. note: is told (sent, answered) of every call. folder: for connectors that write
	files. now: UTC. known: of a kind, what stands on both sides, their id → its version as last seen.
	"""

	settings: Mapping[str, str] = field(default_factory=dict)
	secrets: Mapping[str, str] = field(default_factory=dict)
	token: Callable[[str], str] = lambda refused: ""
	pace: Callable[[], None] = _nothing
	note: Callable[[object, object], None] = _nothing
	folder: Path | None = None
	dry_run: bool = False
	now: Callable[[], datetime] = datetime.now
	known: Callable[[str], Mapping[str, str]] = lambda kind: {}

	def choose(self, tenant: str) -> None:
		"""The calls that follow are about this tenant, of those that we are let into."""
		self.settings = {**self.settings, "tenant_id": tenant}


class Connector:
	"""One accounting package, for one tenant. Methods raise `errors.Retry` or `errors.Stop`; `can` says which ones count.

	`key` is the idempotency key: the same for every attempt. `their_id` and `version` are empty for something new.
	"""

	provider: ClassVar[str] = ""
	auth: ClassVar[str] = NO_LOGIN
	can: ClassVar[frozenset[str]] = frozenset()
	limit: ClassVar[Limit] = Limit(0)
	at_once: ClassVar[int] = 1
	# settings that must be filled in, and what people call them
	needs: ClassVar[tuple[tuple[str, str], ...]] = ()
	token_url: ClassVar[str] = ""
	# longest document number that it takes; 0 for any
	number_length: ClassVar[int] = 0
	# what it cannot do, for the docs and the form
	limits: ClassVar[tuple[str, ...]] = ()

	def __init__(self, access: Access):
		self.access = access

	@property
	def settings(self) -> Mapping[str, str]:
		return self.access.settings

	def go_live(self) -> str:
		"""The moment from which on everything counts, as an ISO text in UTC: where the first cursor stands."""
		return f"{self.access.settings.get('go_live') or '2000-01-01'}T00:00:00Z"

	def login(self) -> tuple[str, float]:
		"""(a new session's token, seconds that it lasts), for those that are let in by a session."""
		raise NotImplementedError

	def look(self) -> Tenant:
		"""Whose books they are, and what ours can be mapped to: `choices` by kind of mapping."""
		raise NotImplementedError

	# ---- out

	def find_contact(self, contact: Contact) -> Taken | None:
		raise NotImplementedError

	def send_contact(self, contact: Contact, version: str, key: str) -> Taken:
		"""Make or change a contact; `contact.their_id` tells which."""
		raise NotImplementedError

	def find_bill(self, kind: str, number: str, bill: Bill | None = None) -> TheirBill | None:
		"""The one that has our number, voided ones left out.

		bill: what is to be there. Where a document is made in steps, one that an attempt of ours did not finish is finished
		if it is that; nothing is finished that nobody wants, or that is somebody else's.
		"""
		raise NotImplementedError

	def send_bill(self, bill: Bill, their_id: str, version: str, key: str) -> Taken:
		raise NotImplementedError

	def cancel_bill(self, kind: str, their_id: str, version: str, key: str) -> Taken:
		"""Void or delete it, as the package has it."""
		raise NotImplementedError

	def allocate(self, their_id: str, uses: tuple[Use, ...], bill: Bill, key: str) -> Taken | None:
		"""Allocate a credit note to invoices, of which it may have been allocated a part already."""
		raise NotImplementedError

	def find_money(self, money: Money) -> Money | None:
		"""The payment that has our number."""
		raise NotImplementedError

	def send_money(self, money: Money, key: str) -> Taken:
		raise NotImplementedError

	def cancel_money(self, their_id: str, version: str, key: str) -> Taken:
		raise NotImplementedError

	# ---- in

	def changes(self, cursor: str) -> Page:
		"""What has changed since the cursor (empty: from `settings["go_live"]`), oldest first where it can be had so."""
		raise NotImplementedError

	def applied(self, cursor: str) -> None:
		"""What came before this cursor has been seen to."""

	def read(self, kind: str, their_id: str) -> list[Money | TheirBill]:
		"""How something stands now, with the payments that it shows."""
		raise NotImplementedError

	def bills(self, start: date, end: date) -> Iterable[TheirBill]:
		"""Invoices and credit notes dated within these days, voided ones left out."""
		raise NotImplementedError

	# ---- webhooks

	@staticmethod
	def is_genuine(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
		"""Whether the raw body was signed with our secret. Headers come with lower-case names."""
		return False

	@staticmethod
	def told(body: bytes) -> list[Hint]:
		"""What a genuine webhook tells; ValueError for one that cannot be read."""
		return []
