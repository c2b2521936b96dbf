"""SOAP 1.1 as AccountsIQ speaks it: messages written and read, and what an answer says. No network.

Parsed with the standard library: SOAP has no document types, so none is read, and with them no entities.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from wholesale_b2b.accounting.connectors.errors import MEND, Retry, Stop, open_period, tells_of_period

NAMES = "http://www.visorsoftware.com/visor/accountsiq/dashboard/Integration/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
ENTITY = (
	"Check Organisation, User Name and API Key on the connection, and press Test Connection; then replay."
)
# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Codes that say that nothing will go until somebody has seen to it: of the entity, and of being let in.
SHUT_OUT = ("API_LAYER_", "OAUTHCONFIGURATION_", "OAUTH_")
EXPIRED = "OAUTHCONFIGURATION_TOKEN_EXPIRED"
# Elements that hold rows, each in an element of its own.
ROWS = {"Lines", "LineDetails", "Allocations", "AllocationEntries"}


class Refused(Stop):
	"""What AccountsIQ says no to. code: one of its own, TAX_CODE_DOES_NOT_EXIST say."""

	def __init__(self, message: str, todo: str, code: str):
		super().__init__(message, todo)
		self.code = code

	@property
	def is_missing(self) -> bool:
		return self.code.endswith(("_DOES_NOT_EXIST", "NOT_FOUND"))


# ---- messages -------------------------------------------------------------------------------------------------------


def envelope(operation: str, inside: str, token: str, entity: str) -> bytes:
	"""A SOAP 1.1 message. token and entity stand in its AiqSoapHeader, once we are let in."""
	head = ""
	if token:
		head = (
			f'<soap:Header><AiqSoapHeader xmlns="{NAMES}">{xml_of({"AccessToken": token, "Entity": entity})}'
			"</AiqSoapHeader></soap:Header>"
		)
	return (
		f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}" xmlns:xsi="{INSTANCE}">{head}'
		f'<soap:Body><{operation} xmlns="{NAMES}">{inside}</{operation}></soap:Body></soap:Envelope>'
	).encode()


def xml_of(parts: Mapping[str, object] | Sequence[tuple[str, object]]) -> str:
	"""Elements in the order given. A mapping or a list of pairs nests; None is `xsi:nil`."""
	pairs = parts.items() if isinstance(parts, Mapping) else parts
	return "".join(
		f'<{name} xsi:nil="true" />' if value is None else f"<{name}>{_text(value)}</{name}>"
		for name, value in pairs
	)


def _text(value: object) -> str:
	if isinstance(value, (Mapping, list, tuple)):
		return xml_of(value)
	if isinstance(value, bool):
		return "true" if value else "false"
	if isinstance(value, datetime):
		return value.replace(tzinfo=None).isoformat(timespec="seconds")
	if isinstance(value, date):
		return f"{value.isoformat()}T00:00:00"
	if isinstance(value, Decimal):
		return format(value, "f")
	return escape(UNWRITABLE.sub("", str(value)))


def read(content: bytes) -> ElementTree.Element:
	"""An XML document of theirs. SOAP has no document types, so none is read: no entities, nothing from elsewhere.

	It is UTF-8, whatever it says of itself: no other encoding hides one.
	"""
	try:
		text = content.decode("utf-8-sig")
		if "<!DOCTYPE" in text or "<!ENTITY" in text:
			raise Stop("AccountsIQ answered with a document type, which SOAP does not have.", everyone=True)
		return ElementTree.fromstring(text)
	except (UnicodeDecodeError, ElementTree.ParseError) as error:
		raise Retry("AccountsIQ broke off in the middle of an answer.") from error


def told(content: bytes, operation: str, listed: bool = False) -> tuple[dict, dict]:
	"""(status and result, what stands beside the result) of an answer."""
	root = read(content)
	found = root.find(f"{{{SOAP}}}Body/{{{NAMES}}}{operation}Response")
	if found is None:
		raise Retry("AccountsIQ answered something that is no answer to what was asked.")
	inside, out = {}, {}
	for part in found:
		name = _name(part)
		if name == f"{operation}Result":
			inside = {_name(one): plain(one, listed and _name(one) == "Result") for one in part}
		else:
			out[name] = (part.text or "").strip()
	return inside, out


def plain(element: ElementTree.Element, listed: bool = False) -> object:
	"""An element as a text, as None where it is nil or empty, or as a record; rows as a list."""
	children = list(element)
	if listed or _name(element) in ROWS:
		return [plain(child) for child in children]
	if children:
		return {_name(child): plain(child) for child in children}
	return None if element.get(f"{{{INSTANCE}}}nil") == "true" else (element.text or "") or None


def _name(element: ElementTree.Element) -> str:
	return element.tag.rpartition("}")[2]


def fault(content: bytes) -> Stop | None:
	"""A fault that says the message itself was wrong: sending it again is no use."""
	try:
		found = read(content).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
	except (Retry, Stop):
		return None
	if found is None or not (found.findtext("faultcode") or "").endswith(("Client", "MustUnderstand")):
		return None
	return Stop(f"AccountsIQ could not read it: {(found.findtext('faultstring') or '')[:300]}", MEND)


# ---- what it means --------------------------------------------------------------------------------------------------


def judge(told: Mapping[str, object]) -> None:
	"""Errors are read here: every answer is HTTP 200. Retry or Refused; returns where all is well."""
	status, code = told.get("Status") or "", str(told.get("ErrorCode") or "")
	if status in ("Success", "Created") and code in ("SUCCESS", ""):
		return
	if code.startswith(SHUT_OUT):
		raise Stop(f"AccountsIQ does not let us in: {words(told)}", ENTITY, everyone=True)
	if status in ("InProgress", "Unknown") or code in ("UNKNOWN", "OUTDATED_RECORD"):
		raise Retry(f"AccountsIQ did not finish it: {words(told)}")
	todo = open_period("AccountsIQ") if tells_of_period(code.replace("_", " ")) else MEND
	raise Refused(f"AccountsIQ refused it: {words(told)}", todo, code)


def is_expired(told: Mapping[str, object]) -> bool:
	"""Whether the token was turned away, and with it all that was asked."""
	return told.get("HasExpired") == "true" or told.get("ErrorCode") == EXPIRED


def words(told: Mapping[str, object]) -> str:
	"""Why, in theirs."""
	return f"{told.get('ErrorMessage') or 'no reason given'} ({told.get('ErrorCode') or told.get('Status')})"
