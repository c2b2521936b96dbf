"""The table of events in the documentation and the one in document_events.py say the same."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ROOT / "apps" / "wholesale_b2b" / "document_events.py"
DOCS = ROOT / "docs" / "allocation.md"


def documented() -> set[tuple[str, str]]:
	rows = re.findall(r"^\| ([A-Z][\w ]+) \| ((?:on|after)_\w+) \|", DOCS.read_text(), re.M)
	assert len(rows) == len(set(rows)), "a row stands twice"
	return set(rows)


def hooked() -> set[tuple[str, str]]:
	"""(DocType, event) of everything after posting that marks; the module imports nothing, so it can simply be run."""
	return {
		(doctype, event)
		for doctype, events in runpy.run_path(str(EVENTS))["doc_events"].items()
		for event, handlers in events.items()
		if event.startswith(("on_", "after_"))
		for handler in ([handlers] if isinstance(handlers, str) else handlers)
		if handler.startswith("wholesale_b2b.allocation.events.")
	}


def test_every_event_is_documented_and_every_documented_event_is_hooked():
	assert documented() == hooked()
