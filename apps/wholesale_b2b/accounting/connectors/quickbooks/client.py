"""Calls to the QuickBooks Online Accounting API."""

from collections.abc import Iterable, Iterator

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
)
from wholesale_b2b.accounting.connectors.http import Client as Http
from wholesale_b2b.accounting.connectors.http import missing
from wholesale_b2b.accounting.connectors.reading import part_of

BASE = "https://quickbooks.api.intuit.com"
TOKENS = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"
MINOR = "75"
PAGE = 500
DUPLICATE_NAME, DUPLICATE_NUMBER, NOT_FOUND, STALE, CLOSED = "6240", "6210", "610", "5010", "6200"
DUPLICATES = (DUPLICATE_NAME, DUPLICATE_NUMBER, "6140")


class Client(Http):
	title = "QuickBooks"

	def __init__(self, access: Access):
		super().__init__(access, BASE)
		self.base_url += f"/v3/company/{access.settings.get('tenant_id', '')}"

	def refusal(self, response: requests.Response) -> SyncError | None:
		"""A Fault comes with 400 as well as with 200."""
		errors = _faults(response)
		if not errors and response.status_code == 403:
			return Stop("QuickBooks does not let us see this company.", WRONG_REALM, everyone=True)
		if not errors:
			return super().refusal(response)
		text = " ".join(
			dict.fromkeys(f"{error.get('Message', '')} {error.get('Detail', '')}".strip() for error in errors)
		)
		codes = {str(error.get("code", "")) for error in errors}
		if response.status_code == 403 or "3100" in codes or "003100" in codes:
			return Stop(f"QuickBooks does not let us in: {text}", WRONG_REALM, everyone=True)
		if codes & set(DUPLICATES):
			return Duplicate(f"QuickBooks refused it: {text}", DECIDE)
		if STALE in codes:
			# the next attempt reads its SyncToken anew
			return Retry(f"Somebody changed it in QuickBooks at the same moment: {text}")
		if NOT_FOUND in codes:
			return missing(self.title, "The document")
		return Stop(f"QuickBooks refused it: {text}", open_period("QuickBooks") if CLOSED in codes else MEND)

	def write(self, name: str, body: dict, key: str, **params: str) -> dict:
		"""Make, change, void or delete one; what QuickBooks has then."""
		response = self.call(
			"POST", f"/{name.lower()}", json=body, params={"minorversion": MINOR, "requestid": key, **params}
		)
		return self.body(response)[name]

	def delete(self, name: str, found: dict, key: str) -> None:
		self.write(name, {"Id": found["Id"], "SyncToken": found["SyncToken"]}, key, operation="delete")

	def delete_payments(self, payments: Iterable[dict], key: str) -> None:
		"""Those that a message takes back besides what it is about."""
		for payment in payments:
			self.delete("Payment", payment, part_of(key, payment["Id"]))

	def one(self, name: str, ident: str) -> dict | None:
		try:
			return self.body(self.get(f"/{name.lower()}/{ident}", params={"minorversion": MINOR}))[name]
		except Gone:
			return None

	def current(self, name: str, ident: str) -> dict:
		"""One that has to be there."""
		found = self.one(name, ident)
		if not found:
			raise missing(self.title, f"The {name}")
		return found

	def payments_of(self, customer: str) -> Iterator[dict]:
		return self.query("Payment", f"CustomerRef = {quoted(customer)}")

	def query(self, name: str, where: str = "") -> Iterator[dict]:
		"""Everything that matches, page by page. where: a condition in their query language."""
		start = 1
		while True:
			text = f"select * from {name}{' where ' + where if where else ''} startposition {start} maxresults {PAGE}"
			answer = self.body(self.get("/query", params={"query": text, "minorversion": MINOR}))
			found = (answer.get("QueryResponse") or {}).get(name) or []
			yield from found
			if len(found) < PAGE:
				return
			start += PAGE

	def changed(self, names: tuple[str, ...], since: str) -> dict[str, list[dict]]:
		"""What has changed since then, what was deleted too; at most 1,000 of each, and 30 days back."""
		params = {"entities": ",".join(names), "changedSince": since, "minorversion": MINOR}
		answer = self.body(self.get("/cdc", params=params))
		found: dict[str, list[dict]] = {name: [] for name in names}
		for part in (answer.get("CDCResponse") or [{}])[0].get("QueryResponse") or []:
			for name in names:
				found[name] += part.get(name) or []
		return found


WRONG_REALM = "Check the company id under Organisation; press Connect again; then Test Connection."


def _faults(response: requests.Response) -> list[dict]:
	try:
		body = response.json()
	except ValueError:
		return []
	fault = body.get("Fault") or body.get("fault") if isinstance(body, dict) else None
	return [
		error
		for error in (fault or {}).get("Error") or (fault or {}).get("error") or []
		if isinstance(error, dict)
	]


def quoted(text: str) -> str:
	return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
