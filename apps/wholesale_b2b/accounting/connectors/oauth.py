"""Refreshing an OAuth token. Who calls this holds the lock, and stores the answer before it is used."""

import requests

from wholesale_b2b.accounting.connectors.errors import Retry, Stop
from wholesale_b2b.accounting.connectors.http import CONNECT, CONNECT_AGAIN, READ


def refresh(token_url: str, client_id: str, client_secret: str, refresh_token: str) -> dict:
	"""The provider's answer: access_token, expires_in, refresh_token (a new one where they rotate).

	Stop where consent is revoked or the refresh token is spent; Retry where the provider cannot answer.
	"""
	if not refresh_token:
		raise Stop("There is no consent yet.", CONNECT_AGAIN, everyone=True)
	try:
		response = requests.post(
			token_url,
			data={"grant_type": "refresh_token", "refresh_token": refresh_token},
			auth=(client_id, client_secret),
			headers={"Accept": "application/json"},
			timeout=(CONNECT, READ),
			allow_redirects=False,
		)
	except requests.RequestException as error:
		raise Retry(f"The login server did not answer ({type(error).__name__}).", everyone=True) from error
	if response.status_code in (400, 401, 403):
		raise Stop("The consent was revoked, or it is too old.", CONNECT_AGAIN, everyone=True)
	if not response.ok:
		raise Retry(f"The login server had an error ({response.status_code}).", everyone=True)
	try:
		answer = response.json()
	except ValueError as error:
		raise Retry("The login server broke off in the middle of an answer.", everyone=True) from error
	if not answer.get("access_token"):
		raise Retry("The login server sent no token.", everyone=True)
	return answer
