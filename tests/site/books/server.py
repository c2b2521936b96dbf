"""A stand-in on the loopback interface: it keeps state, checks who calls, and can be told to fail."""

import base64
import json
import random
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import frappe
from builders import unique
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

from books.world import World

# What it can be told to do instead of answering.
FAULTS = ("429", "500", "before", "after", "half", "expired")


@dataclass
class Call:
	method: str
	path: str
	query: dict
	body: object
	key: str = ""
	status: int = 0


@dataclass
class Plan:
	"""Which calls fail. match: a pattern on METHOD /path; once: faults for the next calls; rate: of all others, harmed: how many of those."""

	once: list[tuple[str, str]] = field(default_factory=list)
	rate: float = 0.0
	kinds: tuple[str, ...] = FAULTS
	dice: random.Random = field(default_factory=lambda: random.Random(7))
	harmed: int = 0

	def take(self, method: str, path: str) -> str:
		for n, (pattern, kind) in enumerate(self.once):
			if re.search(pattern, f"{method} {path}"):
				del self.once[n]
				return kind
		if self.dice.random() >= self.rate:
			return ""
		self.harmed += 1
		return self.dice.choice(self.kinds)


class ServerWorld(World):
	"""Subclasses route; `contract` says what is wrong with a request, by the vendor's own description."""

	client_id, client_secret = "client-id", "client-secret"
	webhook_key = "webhook-signing-key"
	token_seconds = 1800
	# (calls, seconds) or None
	rate_limit: tuple[int, float] | None = None
	# whether the period is closed over there: it refuses bills and payments in its own words
	closed = False

	def start(self) -> None:
		self.lock = threading.RLock()
		self.plan, self.calls, self.violations = Plan(), [], []
		self.answers: dict[str, tuple[object, Response]] = {}
		self.access_tokens: set[str] = set()
		self.refresh_token = unique("refresh")
		self.refreshed = 0
		self.recent: list[float] = []
		self.begin()
		self.server = HTTPServer(host="127.0.0.1", port=0, threaded=True)
		self.server.expect_request(re.compile(".*")).respond_with_handler(self._serve)
		self.server.start()

	def begin(self) -> None:
		"""Empty books."""

	def stop(self) -> None:
		self.server.clear()
		if self.server.is_running():
			self.server.stop()
		assert self.violations == [], self.violations

	@property
	def url(self) -> str:
		return f"http://127.0.0.1:{self.server.port}"

	def fail(self, kind: str, pattern: str = ".", times: int = 1) -> None:
		assert kind in FAULTS
		self.plan.once += [(pattern, kind)] * times

	def sent(self, pattern: str) -> list[Call]:
		return [call for call in self.calls if re.search(pattern, f"{call.method} {call.path}")]

	# ---- one call

	def _serve(self, request: Request) -> Response:
		with self.lock:
			return self._answer(request)

	def _answer(self, request: Request) -> Response:
		text = request.get_data(as_text=True)
		body = json.loads(text) if text and request.is_json else text
		name = self.name_of(request)
		call = Call(request.method, name, dict(request.args), body)
		self.calls.append(call)
		fault = self.plan.take(request.method, name)
		if fault == "429" or self._too_many():
			call.status = 429
			return self.too_many()
		if fault == "500":
			call.status = 500
			return Response("Internal Server Error", 500)
		if fault == "before":
			return _hang_up(request)
		if self.is_login(request):
			return self.token(request)
		if fault == "expired" or not self.let_in(request):
			call.status = 401
			return self.unauthorised()
		wrong = self.contract(request)
		if wrong:
			self.violations.append(f"{request.method} {name}: {wrong} {text[:600]}")
			call.status = 400
			return Response(
				json.dumps({"Message": f"contract: {wrong}"}), 400, content_type="application/json"
			)
		response = self._once(request, call, body)
		call.status = response.status_code
		if fault == "after":
			return _hang_up(request)
		if fault == "half":
			whole = response.get_data()
			return Response(whole[: len(whole) // 2], 200, content_type="application/json")
		return response

	def name_of(self, request: Request) -> str:
		"""What a call is about: its path, where each has its own."""
		return request.path

	def _once(self, request: Request, call: Call, body: object) -> Response:
		call.key = self.idempotency_key(request, body)
		if call.key and call.key in self.answers:
			before, answer = self.answers[call.key]
			if before == (request.method, request.path, body):
				return self.repeated(answer)
			return self.key_with_another_body()
		response = self.route(request, body)
		if call.key and response.status_code < 400:
			self.answers[call.key] = ((request.method, request.path, body), response)
		return response

	def repeated(self, answer: Response) -> Response:
		return Response(answer.get_data(), answer.status_code, content_type=answer.content_type)

	def key_with_another_body(self) -> Response:
		return Response(json.dumps({"Message": "The idempotency key was used for another request"}), 400)

	def _too_many(self) -> bool:
		if not self.rate_limit:
			return False
		calls, seconds = self.rate_limit
		now = time.monotonic()
		self.recent = [moment for moment in self.recent if now - moment < seconds]
		if len(self.recent) >= calls:
			return True
		self.recent.append(now)
		return False

	def too_many(self) -> Response:
		return Response("", 429, {"Retry-After": "1", "X-Rate-Limit-Problem": "minute"})

	def unauthorised(self) -> Response:
		return Response(json.dumps({"Detail": "TokenExpired"}), 401, content_type="application/json")

	def is_login(self, request: Request) -> bool:
		return request.path.endswith("/connect/token")

	def let_in(self, request: Request) -> bool:
		return request.headers.get("Authorization", "").removeprefix("Bearer ") in self.access_tokens

	def token(self, request: Request) -> Response:
		"""A refresh token is good once; the next comes with the answer."""
		basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
		good = request.headers.get("Authorization") == f"Basic {basic}"
		if not good or request.form.get("refresh_token") != self.refresh_token:
			return Response(json.dumps({"error": "invalid_grant"}), 400, content_type="application/json")
		self.refreshed += 1
		self.refresh_token = unique("refresh")
		access = unique("access")
		# the one before goes on for a while, as theirs do
		self.access_tokens = set(list(self.access_tokens)[-1:]) | {access}
		answer = {
			"access_token": access,
			"refresh_token": self.refresh_token,
			"expires_in": self.token_seconds,
			"token_type": "Bearer",
			"scope": "offline_access accounting",
		}
		return Response(json.dumps(answer), content_type="application/json")

	def consent(self) -> dict:
		"""A Connected App with a consent that has just been given."""
		app = frappe.get_doc(
			{
				"doctype": "Connected App",
				"provider_name": unique(self.provider),
				"client_id": self.client_id,
				"client_secret": self.client_secret,
				"authorization_uri": f"{self.url}/authorize",
				"token_uri": f"{self.url}/connect/token",
			}
		).insert()
		access = unique("access")
		self.access_tokens.add(access)
		cache = frappe.get_doc({"doctype": "Token Cache", "connected_app": app.name, "user": "Administrator"})
		cache.update(
			{
				"access_token": access,
				"refresh_token": self.refresh_token,
				"expires_in": self.token_seconds,
				"token_type": "Bearer",
			}
		)
		cache.insert(ignore_permissions=True)
		self.cache = cache
		return {"connected_app": app.name, "connected_user": "Administrator"}

	def expire_tokens(self) -> None:
		"""As after an hour: the token that we have is not taken any more."""
		self.access_tokens.clear()

	def revoke(self) -> None:
		"""The user takes the consent back."""
		self.access_tokens.clear()
		self.kept_refresh, self.refresh_token = self.refresh_token, unique("revoked")

	def allow(self) -> None:
		"""And gives it again."""
		self.refresh_token = self.kept_refresh
		self.access_tokens.add(self.cache.get_password("access_token"))

	def writes(self) -> list[Call]:
		return [call for call in self.calls if call.method != "GET" and not call.path.endswith("/token")]

	def secrets(self) -> list[str]:
		return [self.client_secret, self.refresh_token, *self.access_tokens, self.webhook_key]

	# ---- what subclasses say

	# a pattern on METHOD /path of the call that makes an invoice
	create_invoice = ""
	# of the one that makes a payment
	create_payment = ""

	def take_number(self, number: str, like: str) -> None:
		"""Somebody over there has an invoice of this number, a copy of another."""
		raise NotImplementedError

	def contract(self, request: Request) -> str:
		return ""

	def idempotency_key(self, request: Request, body: object) -> str:
		return ""

	def route(self, request: Request, body: object) -> Response:
		raise NotImplementedError


def _hang_up(request: Request) -> Response:
	"""The connection breaks: whoever called does not know what has happened."""
	connection = request.environ["werkzeug.socket"]
	connection.shutdown(socket.SHUT_RDWR)
	return Response("")


def answer(body: object, status: int = 200) -> Response:
	return Response(json.dumps(body), status, content_type="application/json")


Handler = Callable[[Request, object], Response]
