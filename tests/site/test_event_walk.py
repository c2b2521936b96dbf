"""A walk through the table *What makes the engine look*: every row is done for real, nothing is taken on trust."""

import re
from pathlib import Path

import frappe
import pytest
from event_deeds import DEEDS

from wholesale_b2b.allocation import events
from wholesale_b2b.allocation.service import audit

DOCS = Path(__file__).resolve().parents[2] / "docs" / "allocation.md"
ROWS = re.findall(r"^\| ([A-Z][\w ]+) \| ((?:on|after)_\w+) \|", DOCS.read_text(), re.M)
WALK = [(*row, arrange) for row in ROWS for arrange in DEEDS.get(row, ())]
OURS = "wholesale_b2b.allocation.events."


def test_every_row_has_a_deed_and_every_deed_a_row():
	assert ROWS
	assert set(ROWS) == set(DEEDS)


@pytest.mark.parametrize(
	("doctype", "event", "arrange"), WALK, ids=[f"{d}-{e}-{a.__name__}".replace(" ", "_") for d, e, a in WALK]
)
def test_walk(doctype, event, arrange, item, monkeypatch):
	deed = arrange(item)
	frappe.db.commit()
	assert not waiting(deed.keys)

	# Done once and taken back: what this row alone marks.
	marked = watch(doctype, event, deed, monkeypatch)
	frappe.db.rollback()
	assert deed.keys <= marked, "the row's own handler marks what it says"

	# Done in earnest.
	deed.act()
	frappe.db.commit()
	assert not waiting(deed.keys), "what was marked is settled before the commit"
	deed.then()
	assert audit.run() == []


def waiting(keys):
	return [
		key for key in keys if frappe.db.exists("Allocation Key", {"item_code": key[0], "warehouse": key[1]})
	]


def watch(doctype, event, deed, monkeypatch):
	"""Do it, with the row's handlers looked at from outside: what they mark themselves, whatever was marked before them."""
	seen: set[tuple[str, str]] = set()

	def around(handler):
		def watched(doc, method=None, *args):
			if (doc.doctype, method) != (doctype, event):
				return handler(doc, method, *args)
			frappe.db.delete("Allocation Key")
			frappe.local.b2b_pending = {}
			handler(doc, method, *args)
			seen.update(frappe.get_all("Allocation Key", fields=["item_code", "warehouse"], as_list=True))

		return watched

	with monkeypatch.context() as patch:
		for path in frappe.get_doc_hooks()[doctype][event]:
			if path.startswith(OURS):
				name = path.removeprefix(OURS)
				patch.setattr(events, name, around(getattr(events, name)))
		deed.act()
	return seen
