"""Calls over HTTP: a time-out on each, the pace kept, secrets masked, errors told apart."""

from collections.abc import Mapping
from typing import ClassVar

import requests

from wholesale_b2b.accounting.connectors.base import Access
from wholesale_b2b.accounting.connectors.errors import MEND, DryRun, Gone, Retry, Stop, SyncError

CONNECT, READ = 5, 40
# Larger answers are cut off before they are kept with a message.
KEPT = 20_000
CONNECT_AGAIN = "Open the Accounting Connection and press Connect again; then replay what waits."


class Client:
	"""Shared by the clients of all packages, which say what differs: headers, and what the package calls an error."""

	title: ClassVar[str] = ""
	# seconds to wait on 429 where the answer does not say
	too_many: ClassVar[float] = 60

	def __init__(self, access: Access, base_url: str):
		self.access = access
		self.base_url = (access.settings.get("base_url") or base_url).rstrip("/")
		self.http = requests.Session()
		self.http.headers["Accept"] = "application/json"

	def headers(self, token: str) -> dict[str, str]:
		return {"Authorization": f"Bearer {token}"} if token else {}

	def refusal(self, response: requests.Response) -> SyncError | None:
		"""What the package says is wrong, in a body that is not of 401, 429 or 5xx; None if nothing is."""
		if response.ok:
			return None
		return Stop(f"{self.title} refused it ({response.status_code}): {response.text[:300]}", MEND)

	def waits(self, response: requests.Response) -> Retry:
		"""What a 429 asks for."""
		return Retry(f"{self.title} takes no more calls for now.", self._seconds(response), everyone=True)

	def get(self, path: str, params: Mapping[str, object] | None = None, **more: object) -> requests.Response:
		return self.call("GET", path, params=params, **more)

	def call(
		self,
		method: str,
		path: str,
		*,
		params: Mapping[str, object] | None = None,
		json: object = None,
		data: object = None,
		headers: Mapping[str, str] | None = None,
		writes: bool | None = None,
	) -> requests.Response:
		"""One call and, if the token had run out, one more. The response is one that `refusal` finds nothing wrong with."""
		url = path if path.startswith("http") else f"{self.base_url}{path}"
		sent = {
			"method": method,
			"url": url,
			"params": dict(params or {}),
			"body": json if json is not None else data,
			"writes": method != "GET" if writes is None else writes,
		}
		if sent["writes"] and self.access.dry_run:
			raise DryRun(sent)
		token = self.access.token("")
		response = self._once(
			sent, url, method, params, json, data, {**self.headers(token), **(headers or {})}
		)
		if self.is_expired(response):
			token = self.access.token(token)
			response = self._once(
				sent, url, method, params, json, data, {**self.headers(token), **(headers or {})}
			)
		if self.is_expired(response):
			raise Stop(f"{self.title} does not let us in any more.", CONNECT_AGAIN, everyone=True)
		if response.status_code == 429:
			raise self.waits(response)
		if response.status_code >= 500:
			raise Retry(f"{self.title} had an error ({response.status_code}).", self._seconds(response, None))
		if error := self.refusal(response):
			raise error
		return response

	def knock(self, url: str, refused: str, todo: str, **request: object) -> requests.Response:
		"""Ask for a session. Nothing of this call is noted: it carries secrets both ways. refused, todo: what to say of a no."""
		try:
			response = self.http.post(url, timeout=(CONNECT, READ), allow_redirects=False, **request)
		except requests.RequestException as error:
			raise Retry(f"{self.title} did not answer ({type(error).__name__}).", everyone=True) from error
		if response.status_code == 429:
			raise self.waits(response)
		if response.status_code >= 500:
			raise Retry(f"{self.title} had an error ({response.status_code}).", everyone=True)
		if response.status_code >= 300:
			raise Stop(refused, todo, everyone=True)
		return response

	def is_expired(self, response: requests.Response) -> bool:
		return response.status_code == 401

	def _once(self, sent, url, method, params, json, data, headers) -> requests.Response:
		self.access.pace()
		try:
			response = self.http.request(
				method,
				url,
				params=params,
				json=json,
				data=data,
				headers=headers,
				timeout=(CONNECT, READ),
				allow_redirects=False,
			)
		except requests.RequestException as error:
			self.access.note(sent, {"error": type(error).__name__})
			raise Retry(f"{self.title} did not answer ({type(error).__name__}).") from error
		self.access.note(sent, {"status": response.status_code, "body": response.text[:KEPT]})
		return response

	def _seconds(self, response: requests.Response, otherwise: float | None = -1) -> float | None:
		try:
			return float(response.headers["Retry-After"])
		except (KeyError, ValueError):
			return self.too_many if otherwise == -1 else otherwise

	def body(self, response: requests.Response) -> dict:
		"""The answer's JSON object; half an answer is as good as none."""
		try:
			found = response.json()
		except ValueError as error:
			raise Retry(f"{self.title} broke off in the middle of an answer.") from error
		if not isinstance(found, (dict, list)):
			raise Retry(f"{self.title} answered something that is not an object.")
		return found


def missing(title: str, what: str) -> Gone:
	return Gone(
		f"{what} is not in {title} (any more).", "Send it again, or leave it as it is: see the conflict."
	)
