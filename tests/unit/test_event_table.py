"""The table of events in the documentation and the one in hooks.py say the same."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ROOT / "apps" / "wholesale_b2b" / "hooks.py"
DOCS = ROOT / "docs" / "allocation.md"


def documented() -> set[tuple[str, str]]:
	rows = re.findall(r"^\| ([A-Z][\w ]+) \| ((?:on|after)_\w+) \|", DOCS.read_text(), re.M)
	assert len(rows) == len(set(rows)), "a row stands twice"
	return set(rows)


def hooked() -> set[tuple[str, str]]:
	"""(DocType, event) of everything after posting that marks; hooks.py imports nothing, so it can simply be run."""
	names: dict = {}
	source = HOOKS.read_text()
	tree = ast.parse(source)
	tree.body = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
	wanted = [
		node
		for node in tree.body
		if isinstance(node, ast.Assign) and node.targets[0].id in {"doc_events"} | {n for n in _used(source)}
	]
	exec(compile(ast.Module(wanted, []), str(HOOKS), "exec"), names)
	return {
		(doctype, event)
		for doctype, events in names["doc_events"].items()
		for event, handlers in events.items()
		if event.startswith(("on_", "after_"))
		for handler in ([handlers] if isinstance(handlers, str) else handlers)
		if handler.startswith("wholesale_b2b.allocation.events.")
	}


def _used(source: str) -> set[str]:
	return set(re.findall(r"^(_\w+) = ", source, re.M))


def test_every_event_is_documented_and_every_documented_event_is_hooked():
	assert documented() == hooked()
