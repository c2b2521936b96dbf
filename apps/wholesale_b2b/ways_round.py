"""ERPNext's functions that `hooks.override_whitelisted_methods` puts ours before, asked for by another path.

Frappe looks overrides up by the dotted path that was asked for, but lets a function be called by the path of every module
that imports it, as `pos_invoice` does `make_payment_request`, and some of its functions call what an argument names. Such
calls would pass our checks by.
"""

from importlib import import_module

import frappe
from frappe import _
from frappe.api import API_URL_MAP, v1, v2
from frappe.modules.utils import load_doctype_module
from werkzeug.exceptions import HTTPException

from wholesale_b2b.hooks import override_whitelisted_methods

# Frappe's own that look overrides up for the path in their argument `method`.
MAPPERS = ("frappe.model.mapper.make_mapped_doc", "frappe.model.mapper.map_docs")
NAMES = {path.rpartition(".")[2] for path in override_whitelisted_methods}


def refuse() -> None:
	"""Before each request: raise frappe.PermissionError if it leads to one of those functions past ours."""
	called = frappe.form_dict.get("cmd") or _called_by_url()
	own = _own_path(called)
	if own in override_whitelisted_methods and called != own:
		frappe.throw(
			_("{0} cannot be called as {1}: call /api/method/{0}.").format(own, called),
			frappe.PermissionError,
		)
	for name, value in frappe.form_dict.items():
		if name != "cmd" and _may_name_one(value):
			_refuse_handed_on(value, called or "", looked_up=name == "method" and called in MAPPERS)


def _refuse_handed_on(path: str, called: str, looked_up: bool) -> None:
	"""Some of Frappe's functions call what an argument names. looked_up: they ask for overrides; trees and the like do not."""
	own = _own_path(path)
	if own in override_whitelisted_methods and not (looked_up and path == own):
		frappe.throw(
			_("{0} cannot be called by {1}: call /api/method/{0}.").format(own, called),
			frappe.PermissionError,
		)


def _may_name_one(value: object) -> bool:
	return isinstance(value, str) and value.rpartition(".")[2] in NAMES


def _called_by_url() -> str | None:
	if not frappe.request.path.startswith("/api/"):
		return None
	try:
		endpoint, arguments = API_URL_MAP.bind_to_environ(frappe.request.environ).match()
	except HTTPException:
		return None
	if endpoint is v1.handle_rpc_call:
		return arguments["method"].split("/")[0]
	if endpoint is not v2.handle_rpc_call:
		return None
	method = arguments["method"]
	return _of_doctype(arguments["doctype"], method) if "doctype" in arguments else method


def _of_doctype(doctype: str, method: str) -> str | None:
	if not frappe.db.exists("DocType", doctype):
		return None
	return f"{load_doctype_module(doctype).__name__}.{method}"


def _own_path(path: object) -> str | None:
	"""The path of the module that defines what this path leads to; None where it leads to nothing, which Frappe says."""
	if not isinstance(path, str) or "." not in path or path.split(".")[0] not in frappe.get_installed_apps():
		return None
	module, _dot, name = path.rpartition(".")
	try:
		found = getattr(import_module(module), name)
	except Exception:
		return None
	return f"{getattr(found, '__module__', '')}.{getattr(found, '__name__', '')}"
