"""Python conditions of Order Rules, evaluated as those of Frappe's own rules are."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import frappe
from frappe import _
from frappe.utils import nowdate
from frappe.utils.safe_exec import get_safe_globals

from wholesale_b2b.ordering.order_rules import store
from wholesale_b2b.ordering.order_rules.rules import Answer, ConditionFailed, Rule

SALES_ORDER = "Sales Order"
BUILTINS = {
	function.__name__: function for function in (abs, all, any, bool, len, max, min, set, sorted, str, sum)
}


class View:
	"""A document or a row as a condition reads it: `doc.customer`, `doc.items[0].qty`, `doc.get("po_no")`. Read only."""

	__slots__ = ("_values",)

	def __init__(self, values: dict):
		self._values = values

	def __getattr__(self, name: str) -> Any:
		try:
			value = self._values[name]
		except KeyError:
			raise AttributeError(f"there is no field {name!r}") from None
		return _viewed(value)

	def get(self, name: str, default: Any = None) -> Any:
		return _viewed(self._values.get(name, default))


def _viewed(value: Any) -> Any:
	return [View(row) for row in value] if isinstance(value, list) else value


def answer(load: Callable[[], frappe._dict]) -> Answer:
	"""Answers conditions about one order. load: the order as conditions see it; asked for once, when first needed."""
	seen: list[frappe._dict] = []

	def holds(rule: Rule) -> bool:
		if not seen:
			seen.append(load())
		try:
			return bool(_evaluate(rule.condition, seen[0]))
		except Exception as error:
			raise ConditionFailed(_told(error)) from error

	return holds


def check_condition(code: str) -> None:
	"""Refuse a condition that cannot be evaluated, and say what is wrong with it.

	Tried on the newest order; where there is none yet, on an empty one, on which only unknown names and fields count.
	"""
	if not code.strip():
		return
	newest = store.newest_order()
	if newest:
		doc = store.condition_docs([newest])[newest]
	else:
		doc = store.as_condition_doc(frappe.new_doc(SALES_ORDER))
	try:
		_evaluate(code, doc)
	except SyntaxError as error:
		_refuse(code, _("It is no Python expression: {0}").format(_told(error)))
	except NameError as error:
		_refuse(
			code,
			_(
				"{0}. Known are <code>doc</code> (the order), <code>nowdate</code> and <code>frappe.utils</code>."
			).format(_told(error)),
		)
	except AttributeError as error:
		_refuse(code, _("A Sales Order has not got what it asks for: {0}").format(_told(error)))
	except Exception as error:
		if newest:
			_refuse(code, _("On Sales Order {0} it fails: {1}").format(newest, _told(error)))


def _evaluate(code: str, doc: frappe._dict) -> Any:
	return frappe.safe_eval(
		code.strip(),
		{
			**BUILTINS,
			"doc": View(doc),
			"nowdate": nowdate,
			"frappe": SimpleNamespace(utils=get_safe_globals()["frappe"]["utils"]),
		},
	)


def _told(error: Exception) -> str:
	"""An error in one line, with its kind where its text alone says little."""
	text = str(error.msg if isinstance(error, SyntaxError) and error.msg else error)
	return frappe.utils.escape_html(f"{type(error).__name__}: {text}"[:300])


def _refuse(code: str, why: str) -> None:
	frappe.throw(
		_("The condition <code>{0}</code> cannot be used. {1}").format(frappe.utils.escape_html(code), why),
		title=_("Order Rule"),
	)
