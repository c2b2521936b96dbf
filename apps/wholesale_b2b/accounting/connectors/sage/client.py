"""Calls to the Sage Accounting API 3.1."""

from collections.abc import Iterator, Mapping

import requests

from wholesale_b2b.accounting.connectors.base import Access
from wholesale_b2b.accounting.connectors.errors import (
	DECIDE,
	MEND,
	Duplicate,
	Gone,
	Stop,
	SyncError,
	open_period,
	tells_of_period,
)
from wholesale_b2b.accounting.connectors.http import Client as Http
from wholesale_b2b.accounting.connectors.http import missing

BASE = "https://api.accounting.sage.com/v3.1"
TOKENS = "https://oauth.accounting.sage.com/token"
PAGE = 200


class Client(Http):
	title = "Sage"

	def __init__(self, access: Access):
		super().__init__(access, BASE)

	def headers(self, token: str) -> dict[str, str]:
		business = self.access.settings.get("tenant_id", "")
		return {**super().headers(token), **({"X-Business": business} if business else {})}

	def refusal(self, response: requests.Response) -> SyncError | None:
		if response.ok:
			return None
		if response.status_code == 404:
			return missing(self.title, "The document")
		if response.status_code == 403:
			return Stop(
				"Sage does not let us see this business.",
				"Press Connect again; then Test Connection.",
				everyone=True,
			)
		text = " ".join(_messages(response)) or response.text[:300]
		lower = text.lower()
		if "already" in lower and ("taken" in lower or "use" in lower or "exist" in lower):
			return Duplicate(f"Sage refused it: {text}", DECIDE)
		return Stop(f"Sage refused it: {text}", open_period("Sage") if tells_of_period(text) else MEND)

	def write(self, method: str, path: str, entity: str, body: Mapping, key: str = "") -> dict:
		"""Make or change one; what Sage has then. The idempotency key stands inside the entity."""
		inside = {**body, **({"idempotency_id": key} if key else {})}
		return self.body(self.call(method, path, json={entity: inside}))

	def one(self, path: str) -> dict | None:
		try:
			return self.body(self.get(path))
		except Gone:
			return None

	def rows(self, path: str, params: Mapping | None = None) -> Iterator[dict]:
		"""Everything of all pages, with all attributes."""
		page = 1
		while True:
			wanted = {**(params or {}), "attributes": "all", "items_per_page": PAGE, "page": page}
			answer = self.body(self.get(path, params=wanted))
			yield from answer.get("$items") or []
			if not answer.get("$next"):
				return
			page += 1


def _messages(response: requests.Response) -> list[str]:
	try:
		found = response.json()
	except ValueError:
		return []
	errors = found if isinstance(found, list) else [found]
	return [
		f"{error.get('$message', '')} {error.get('$source', '')}".strip()
		for error in errors
		if isinstance(error, dict)
	]
