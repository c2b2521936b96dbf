"""Calls to AccountsIQ's Integration 2.0: SOAP 1.1 with `requests` and the standard library's XML.

Not zeep: it needs the vendor's whole WSDL (219 operations, most of a megabyte) at hand or from their server, in each worker
before its first call, and we use twenty-odd operations of plain shape. What matters here is not in a WSDL either: errors
come as HTTP 200 with a status, a code and a flag for an expired token, and no operation declares a fault.

Source: the vendor's API wiki (accountsiq.github.io/API-Wiki: authentication, specifications, troubleshooting) and the
published WSDL of Integration 2.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wholesale_b2b.accounting.connectors.accountsiq import soap
from wholesale_b2b.accounting.connectors.accountsiq.soap import Refused
from wholesale_b2b.accounting.connectors.base import Access
from wholesale_b2b.accounting.connectors.errors import DryRun, Retry, Stop
from wholesale_b2b.accounting.connectors.http import Client as Http

BASE = "https://{region}.accountsiq.com/system/dashboard/integration/integration_2_0.asmx"
# How long a token lasts is not said; the session of Integration 1.1 is 20 minutes.
SESSION_SECONDS = 1200.0
CREDENTIALS = (
	"Check User Name (the client id), API Key (the client secret) and Region on the connection; then replay."
)


@dataclass(frozen=True)
class Answer:
	"""result: None, a text, a record (name → text, None or rows) or a list of these. out: what stands beside the result."""

	result: object = None
	out: Mapping[str, str] = field(default_factory=dict)


class Client(Http):
	title = "AccountsIQ"

	def __init__(self, access: Access):
		super().__init__(access, BASE.format(region=access.settings.get("region") or "eu1"))

	# ---- what connectors call

	def ask(self, operation: str, listed: bool = False, **parts: object) -> Answer:
		"""A reading operation. listed: the result is rows. parts: in the order of the contract, `None` for nothing."""
		return self._call(operation, {"token": "", **parts}, listed, writes=False)

	def tell(self, operation: str, listed: bool = False, **parts: object) -> Answer:
		return self._call(operation, {"token": "", **parts}, listed, writes=True)

	def tell_each(self, operation: str, **parts: object) -> None:
		"""A writing operation whose answer has a status for each of several."""
		for one in self.tell(operation, True, **parts).result or []:
			soap.judge(one or {})

	def entities(self) -> list[dict]:
		"""What this token lets us into; the one operation without the empty token."""
		return self._call("GetEntitiesByToken", {}, True, writes=False).result or []

	def one(self, operation: str, **parts: object) -> dict | None:
		"""A record, or None where there is none."""
		try:
			return self.ask(operation, **parts).result or None
		except Refused as error:
			if error.is_missing:
				return None
			raise

	def rows(self, operation: str, **parts: object) -> list[dict]:
		try:
			return [row for row in self.ask(operation, True, **parts).result or [] if row is not None]
		except Refused as error:
			if error.is_missing:
				return []
			raise

	# ---- being let in

	def session(self) -> tuple[str, float]:
		"""(access token and refresh token in one text, seconds that they last): refreshed, or where that is refused, new."""
		who = {
			"clientId": self.access.settings.get("login", ""),
			"clientSecret": self.access.secrets.get("api_key", ""),
		}
		_before, refresh = _pair(self.access.secrets.get("session_token", ""))
		if refresh:
			try:
				return self._let_in("TokenRefresh", {**who, "refreshToken": refresh}), SESSION_SECONDS
			except Stop:
				# spent or revoked: the client's own credentials say whether we are still let in
				pass
		return self._let_in("TokenGet", who), SESSION_SECONDS

	def _let_in(self, operation: str, parts: Mapping[str, str]) -> str:
		response = self.knock(
			self.base_url,
			"AccountsIQ does not let us in.",
			CREDENTIALS,
			data=soap.envelope(operation, soap.xml_of(parts), "", ""),
			headers=_headers(operation),
		)
		told, _out = soap.told(response.content, operation)
		found = told.get("Result") or {}
		if told.get("Status") not in ("Success", None, "") or not isinstance(found, dict):
			raise Stop(
				f"AccountsIQ does not take the client id and secret: {soap.words(told)}",
				CREDENTIALS,
				everyone=True,
			)
		if not found.get("AccessToken"):
			raise Stop("AccountsIQ sent no access token.", CREDENTIALS, everyone=True)
		return f"{found['AccessToken']} {found.get('RefreshToken') or ''}".strip()

	# ---- one call

	def _call(self, operation: str, parts: Mapping[str, object], listed: bool, writes: bool) -> Answer:
		inside = soap.xml_of(parts)
		sent = {
			"method": "POST",
			"url": self.base_url,
			"operation": operation,
			"body": inside,
			"writes": writes,
		}
		if writes and self.access.dry_run:
			raise DryRun(sent)
		token = self.access.token("")
		told, out = self._answered(operation, inside, sent, token, listed)
		if told is None:
			# it was turned away at the door: nothing of it was done
			token = self.access.token(token)
			told, out = self._answered(operation, inside, sent, token, listed)
		if told is None:
			raise Stop("AccountsIQ does not let us in any more.", CREDENTIALS, everyone=True)
		return Answer(told.get("Result"), out)

	def _answered(self, operation, inside, sent, token, listed) -> tuple[dict | None, dict]:
		"""(status and result, what stands beside them); None for a token that has expired."""
		body = soap.envelope(operation, inside, _pair(token)[0], self.access.settings.get("tenant_id", ""))
		response = self._once(sent, self.base_url, "POST", None, None, body, _headers(operation))
		if response.status_code == 401:
			return None, {}
		if response.status_code == 429:
			raise self.waits(response)
		if response.status_code >= 500:
			raise soap.fault(response.content) or Retry(
				f"AccountsIQ had an error ({response.status_code}).", self._seconds(response, None)
			)
		if error := self.refusal(response):
			raise error
		told, out = soap.told(response.content, operation, listed)
		if soap.is_expired(told):
			return None, {}
		soap.judge(told)
		return told, out


def _pair(token: str) -> tuple[str, str]:
	"""(access token, refresh token) of the text that is kept as the session."""
	access, _space, refresh = token.partition(" ")
	return access, refresh


def _headers(operation: str) -> dict[str, str]:
	return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{soap.NAMES}{operation}"'}
