"""Calls to the iplicit API."""

from collections.abc import Iterator, Mapping
from datetime import timezone

import requests

from wholesale_b2b.accounting.connectors.base import Access
from wholesale_b2b.accounting.connectors.errors import (
	DECIDE,
	MEND,
	Duplicate,
	Gone,
	Retry,
	Stop,
	SyncError,
	open_period,
	tells_of_period,
)
from wholesale_b2b.accounting.connectors.http import Client as Http
from wholesale_b2b.accounting.connectors.http import missing
from wholesale_b2b.accounting.connectors.reading import moment

BASE = "https://api.iplicit.com"
PAGE = 200
# Where the answer does not say how long a session lasts.
SESSION_SECONDS = 1500.0


class Client(Http):
	title = "iplicit"

	def __init__(self, access: Access):
		super().__init__(access, BASE)

	def headers(self, token: str) -> dict[str, str]:
		return {**super().headers(token), "Domain": self.access.settings.get("tenant_id", "")}

	def refusal(self, response: requests.Response) -> SyncError | None:
		if response.ok:
			return None
		if response.status_code == 404:
			return missing(self.title, "The document")
		if response.status_code == 403:
			return Stop(
				"iplicit does not let this user do it.",
				"Ask your iplicit administrator for the rights.",
				everyone=True,
			)
		text = _problem(response)
		lower = text.lower()
		if "already" in lower and ("exist" in lower or "use" in lower):
			return Duplicate(f"iplicit refused it: {text}", DECIDE)
		return Stop(f"iplicit refused it: {text}", open_period("iplicit") if tells_of_period(text) else MEND)

	def session(self) -> tuple[str, float]:
		"""(token of a new session, seconds that it lasts)."""
		credentials = {
			"username": self.access.settings.get("login", ""),
			"userApiKey": self.access.secrets.get("api_key", ""),
		}
		response = self.knock(
			f"{self.base_url}/api/session/create/api",
			"iplicit does not take the user name and the API key.",
			CREDENTIALS,
			json=credentials,
			headers={"Domain": self.access.settings.get("tenant_id", "")},
		)
		answer = self.body(response)
		token = answer.get("sessionToken")
		if not token:
			raise Retry("iplicit sent no session.", everyone=True)
		return token, self._lasts(answer.get("tokenDue", ""))

	def _lasts(self, due: str) -> float:
		try:
			until = moment(due)
		except ValueError:
			return SESSION_SECONDS
		now = self.access.now().replace(tzinfo=timezone.utc)
		return max((until - now).total_seconds(), 0.0)

	def make(self, path: str, body: Mapping) -> str:
		"""Make a document; its id."""
		found = self.call("POST", path, json=body)
		try:
			answer = found.json()
		except ValueError as error:
			raise Retry("iplicit broke off in the middle of an answer.") from error
		return str(answer.get("id", "") if isinstance(answer, dict) else answer)

	def one(self, path: str, **params: str) -> dict | None:
		try:
			return self.body(self.get(path, params=params))
		except Gone:
			return None

	def rows(self, path: str, params: Mapping | None = None) -> Iterator[dict]:
		skip = 0
		while True:
			found = self.body(self.get(path, params={**(params or {}), "Take": PAGE, "Skip": skip}))
			yield from found
			if len(found) < PAGE:
				return
			skip += PAGE


CREDENTIALS = "Check Organisation (the domain), User Name and API Key on the connection; API keys expire."


def _problem(response: requests.Response) -> str:
	"""Problem details as one line."""
	try:
		found = response.json()
	except ValueError:
		return response.text[:300]
	if not isinstance(found, dict):
		return str(found)[:300]
	errors = found.get("errors") or {}
	told = [
		f"{field}: {' '.join(map(str, texts)) if isinstance(texts, list) else texts}"
		for field, texts in errors.items()
	]
	return " ".join(filter(None, (found.get("title"), found.get("detail"), *told)))
