"""The site's REST door: real requests through Frappe's own application, each in a thread as a web worker has it."""

import threading

import frappe
from werkzeug.test import Client

from tests.site.conftest import SITE


def make_key(user: str) -> str:
	"""An API key and secret of a user, as the header wants them; committed."""
	doc = frappe.get_doc("User", user)
	doc.api_key, secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
	doc.api_secret = secret
	doc.flags.ignore_permissions = True
	doc.save()
	frappe.db.commit()
	return f"token {doc.api_key}:{secret}"


class Door:
	"""`Door(user).post("/api/resource/Order Hold", {...})` answers with (status, answer). Guest: without a user."""

	def __init__(self, user: str = "Guest"):
		self.key = make_key(user) if user != "Guest" else None

	def get(self, path: str):
		return self._ask("GET", path)

	def post(self, path: str, values: dict | None = None):
		return self._ask("POST", path, values)

	def put(self, path: str, values: dict):
		return self._ask("PUT", path, values)

	def delete(self, path: str):
		return self._ask("DELETE", path)

	def call(self, method: str, **values):
		"""A whitelisted method."""
		return self.post(f"/api/method/{method}", values)

	def _ask(self, method: str, path: str, values: dict | None = None):
		from frappe.app import application

		frappe.db.commit()
		answer = []

		def work():
			headers = {"Host": SITE, "Accept": "application/json"}
			if self.key:
				headers["Authorization"] = self.key
			body = {} if values is None else {"json": values}
			found = Client(application).open(path, method=method, headers=headers, **body)
			answer.append((found.status_code, found.get_json(silent=True) or {}))

		thread = threading.Thread(target=work)
		thread.start()
		thread.join()
		assert answer, f"{method} {path} gave no answer"
		return answer[0]
