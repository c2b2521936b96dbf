"""What a connector is handed: settings, secrets, tokens, the pace of calls, a folder."""

import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import frappe
from frappe.model.document import Document

from wholesale_b2b.accounting.connectors import oauth
from wholesale_b2b.accounting.connectors.base import OAUTH, SESSION, Access, Connector
from wholesale_b2b.accounting.connectors.errors import Retry, Stop
from wholesale_b2b.accounting.connectors.http import CONNECT_AGAIN
from wholesale_b2b.accounting.rules import messages, pace
from wholesale_b2b.accounting.store import connections, links

# A token that runs out within so many seconds is as good as spent.
MARGIN = 60
LONGEST_PAUSE = 20
# Days for which a connector may ask whether what stands on both sides still does.
LOOKED_AFTER = 365
SETTINGS = (
	"tenant_id", "login", "legal_entity", "invoice_type", "credit_note_type", "pro_forma_type", "receipt_type", "customer_group",
	"region", "default_item", "base_url", "no_tax_code", "rounding_account",
)  # fmt: skip
SECRETS = ("api_key", "webhook_key", "session_token")


def of(connection: Document, kind: type[Connector], note: Callable, dry_run: bool | None = None) -> Access:
	secrets = {field: connections.secret(connection.name, field) for field in SECRETS}
	settings = {field: str(connection.get(field) or "") for field in SETTINGS}
	settings["go_live"] = str(connection.go_live or "")
	settings["currency"] = frappe.get_cached_value("Company", connection.company, "default_currency")
	known = list(secrets.values())

	def masked(sent: object, answered: object) -> None:
		note(messages.masked(sent, known), messages.masked(answered, known))

	made = Access(
		settings=settings,
		secrets=secrets,
		token=lambda refused: "",
		pace=lambda: keep_pace(connection.name, kind.limit),
		note=masked,
		folder=folder_of(connection.name),
		dry_run=bool(connection.dry_run) if dry_run is None else dry_run,
		now=lambda: datetime.now(timezone.utc).replace(tzinfo=None),
		known=lambda what: links.versions(connection.name, what, LOOKED_AFTER),
	)
	tokens = {OAUTH: _oauth_token, SESSION: _session_token}.get(kind.auth)
	if tokens:
		made.token = lambda refused: _known(tokens(connection, kind, made, refused), known)
	return made


def _known(token: str, secrets: list[str]) -> str:
	if token not in secrets:
		secrets.append(token)
	return token


def folder_of(name: str) -> Path:
	"""Where the *File* connector reads and writes."""
	safe = "".join(c if c.isalnum() or c in " -_" else f"%{ord(c):02x}" for c in name)
	return Path(frappe.get_site_path("private", "accounting", safe)).resolve()


# ---- tokens ----------------------------------------------------------------------------------------------------------
# A refresh token is good once: whoever refreshes holds the row's lock, and commits the new one before it is used. No
# caller has written anything of its own by then: a connector is never called in the middle of a transaction.


def _oauth_token(connection: Document, kind: type[Connector], access: Access, refused: str) -> str:
	if not (connection.connected_app and connection.connected_user):
		raise Stop("Nobody has consented yet.", CONNECT_AGAIN, everyone=True)
	name = f"{connection.connected_app}-{connection.connected_user}"
	if not refused:
		cache = _token_cache(name)
		if cache.get_expires_in() > MARGIN:
			return cache.get_password("access_token")
	frappe.db.commit()  # nosemgrep
	try:
		cache = _token_cache(name, lock=True)
		current = cache.get_password("access_token", False) or ""
		if current and cache.get_expires_in() > MARGIN and current != refused:
			return current
		app = frappe.get_doc("Connected App", connection.connected_app)
		answer = oauth.refresh(
			app.token_uri or kind.token_url,
			app.client_id,
			app.get_password("client_secret", False) or "",
			cache.get_password("refresh_token", False) or "",
		)
		answer.setdefault("token_type", "Bearer")
		answer.pop("scope", None)
		# it commits
		cache.update_data(answer)
		return answer["access_token"]
	finally:
		frappe.db.commit()  # nosemgrep


def _token_cache(name: str, lock: bool = False) -> Document:
	cache = connections.consent(name, lock)
	if not cache:
		raise Stop("The consent is gone.", CONNECT_AGAIN, everyone=True)
	return cache


def _session_token(connection: Document, kind: type[Connector], access: Access, refused: str) -> str:
	if not refused:
		token, until = connections.session(connection.name)
		if token and until - time.time() > MARGIN:
			return token
	frappe.db.commit()  # nosemgrep
	connections.lock(connection.name)
	try:
		token, until = connections.session(connection.name)
		if token and until - time.time() > MARGIN and token != refused:
			return token
		token, seconds = kind(access).login()
		connections.keep_session(connection.name, token, time.time() + seconds)
		return token
	finally:
		frappe.db.commit()  # nosemgrep


# ---- pace ------------------------------------------------------------------------------------------------------------


def keep_pace(name: str, limit: pace.Limit) -> None:
	"""Return when a call may be made; all workers of a tenant share its pace. Retry if that would be long."""
	if limit.calls <= 0:
		return
	frappe.db.commit()  # nosemgrep
	now = time.time()
	wait, promised = pace.step(limit, now, connections.lock(name).promised or 0.0)
	if wait > LONGEST_PAUSE:
		frappe.db.commit()  # nosemgrep
		raise Retry("Many calls are in line already.", wait, everyone=True)
	connections.put(name, promised=promised)
	frappe.db.commit()  # nosemgrep
	if wait:
		time.sleep(wait)
