"""Calls to the Xero Accounting API."""

from collections.abc import Iterator, Mapping

import requests

from wholesale_b2b.accounting.connectors.base import Access
from wholesale_b2b.accounting.connectors.errors import (
	DECIDE,
	MEND,
	Duplicate,
	Retry,
	Stop,
	SyncError,
	open_period,
	tells_of_period,
)
from wholesale_b2b.accounting.connectors.http import Client as Http
from wholesale_b2b.accounting.connectors.http import missing

BASE = "https://api.xero.com/api.xro/2.0"
CONNECTIONS = "https://api.xero.com/connections"
TOKENS = "https://identity.xero.com/connect/token"
PAGE = 100


class Client(Http):
	title = "Xero"

	def __init__(self, access: Access):
		super().__init__(access, BASE)

	def headers(self, token: str) -> dict[str, str]:
		tenant = self.access.settings.get("tenant_id", "")
		return {**super().headers(token), **({"xero-tenant-id": tenant} if tenant else {})}

	def refusal(self, response: requests.Response) -> SyncError | None:
		if response.status_code == 404:
			return missing(self.title, "The document")
		if response.status_code == 403:
			return Stop("Xero does not let us see this organisation.", WRONG_TENANT, everyone=True)
		if response.status_code == 400:
			return self._invalid(_json(response), response)
		if response.ok and (errors := _errors(_json(response))):
			# with summarizeErrors=false errors come with 200
			return _told(errors)
		return super().refusal(response)

	def _invalid(self, body: dict, response: requests.Response) -> SyncError:
		errors = _errors(body)
		return (
			_told(errors)
			if errors
			else Stop(f"Xero refused it: {body.get('Message') or response.text[:300]}", MEND)
		)

	def waits(self, response: requests.Response) -> Retry:
		problem = response.headers.get("X-Rate-Limit-Problem", "")
		text = "Xero takes no more calls today." if problem == "day" else "Xero takes no more calls for now."
		return Retry(text, self._seconds(response), everyone=True)

	def connections(self) -> list[dict]:
		"""The organisations that the user has let us into."""
		base = self.access.settings.get("base_url")
		# a stand-in serves them at its own address
		url = f"{base.split('/api.xro')[0]}/connections" if base else CONNECTIONS
		found = self.body(self.get(url))
		return found if isinstance(found, list) else []

	def write(self, method: str, path: str, body: dict, key: str, params: Mapping | None = None) -> dict:
		"""The first element of what Xero answers."""
		response = self.call(method, path, json=body, params=params, headers={"Idempotency-Key": key})
		answer = self.body(response)
		for value in answer.values():
			if isinstance(value, list) and value and isinstance(value[0], dict):
				return value[0]
		raise Retry("Xero answered nothing.")

	def rows(self, name: str, params: Mapping | None = None, since: str = "") -> Iterator[dict]:
		"""Every element of all pages of a list, in the order in which they were changed."""
		page = 1
		headers = {"If-Modified-Since": since} if since else {}
		while True:
			answer = self.body(
				self.get(
					f"/{name}", params={**(params or {}), "page": page, "pageSize": PAGE}, headers=headers
				)
			)
			found = answer.get(name) or []
			yield from found
			if len(found) < PAGE:
				return
			page += 1

	def one(self, name: str, ident: str) -> dict | None:
		found = self.body(self.get(f"/{name}/{ident}")).get(name) or []
		return found[0] if found else None

	def all(self, name: str, params: Mapping | None = None, name_in_answer: str = "") -> list[dict]:
		"""A list that has no pages, or of which the first is enough."""
		return self.body(self.get(f"/{name}", params=params)).get(name_in_answer or name) or []


WRONG_TENANT = "Press Connect again and choose the organisation; then Test Connection."


def _json(response: requests.Response) -> dict:
	try:
		found = response.json()
	except ValueError:
		return {}
	return found if isinstance(found, dict) else {}


def _errors(body: dict) -> list[str]:
	elements = list(body.get("Elements") or [])
	for value in body.values():
		if isinstance(value, list):
			elements += [
				one for one in value if isinstance(one, dict) and one.get("StatusAttributeString") == "ERROR"
			]
	return [
		error.get("Message", "")
		for element in elements
		if isinstance(element, dict)
		for error in element.get("ValidationErrors") or []
	]


def _told(errors: list[str]) -> SyncError:
	text = "Xero refused it: " + " ".join(dict.fromkeys(errors))
	lower = text.lower()
	if "must be unique" in lower or "already exists" in lower or "already assigned" in lower:
		return Duplicate(text, DECIDE)
	return Stop(text, open_period("Xero") if tells_of_period(text) else MEND)
