"""What callers send, read in one way by every function of this door: lists as such or as JSON, lines, days.

Everything raises frappe.ValidationError that says what to send instead.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _

# At most so many items or lines at a time.
LIMIT = 10_000


def parsed(text: str) -> Any:
	"""What a text says as JSON; None if it is none."""
	try:
		return frappe.parse_json(text)
	except ValueError:
		return None


def names(value: Sequence[str] | str | None, fault: str) -> list[str]:
	"""Names: one, a list, or the JSON of a list. fault: what is said of anything else."""
	found = parsed(value) if isinstance(value, str) and value.lstrip().startswith("[") else value
	found = [found] if isinstance(found, str) else found
	if not isinstance(found, list | tuple) or not all(isinstance(name, str) and name for name in found):
		frappe.throw(fault)
	return list(found)


def lines(value: list[dict] | str | None) -> list[dict]:
	"""A list (or its JSON) of dicts with item_code and qty, at most `LIMIT`; qty as a float above zero."""
	rows = parsed(value) if isinstance(value, str) else value
	if not isinstance(rows, list) or not all(
		isinstance(row, dict) and isinstance(row.get("item_code"), str) and row["item_code"] for row in rows
	):
		frappe.throw(_("lines must be a list of objects with item_code and qty."))
	if len(rows) > LIMIT:
		frappe.throw(_("At most {0} lines at a time; {1} were asked for.").format(LIMIT, len(rows)))
	return [{**row, "qty": _quantity(row)} for row in rows]


def _quantity(row: dict) -> float:
	try:
		qty = float(row.get("qty"))
	except (TypeError, ValueError):
		qty = 0
	if not 0 < qty < 1e12:
		frappe.throw(
			_("{0}: {1} is not a quantity; give a number above zero.").format(
				row["item_code"], row.get("qty")
			)
		)
	return qty


def day(value: str | None) -> date | None:
	"""An ISO date; None for an empty one."""
	if not value:
		return None
	try:
		return frappe.utils.getdate(value)
	except Exception:
		frappe.throw(_("{0} is not a date; write it as YYYY-MM-DD.").format(value))
