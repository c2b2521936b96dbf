"""Rules import the standard library and other rules, nothing else. The other arrows: pyproject.toml."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "apps" / "wholesale_b2b"
RULES = sorted([*APP.rglob("rules.py"), *APP.rglob("rules/**/*.py")])


def imported(file: Path) -> list[str]:
	names = []
	for node in ast.walk(ast.parse(file.read_text(), str(file))):
		if isinstance(node, ast.Import):
			names += [alias.name for alias in node.names]
		elif isinstance(node, ast.ImportFrom):
			names.append("." * node.level + (node.module or ""))
	return names


def is_allowed(name: str) -> bool:
	if name.split(".")[0] in sys.stdlib_module_names:
		return True
	parts = name.split(".")
	# of our own: another capability's rules, or relative within a rules package
	return (parts[0] == "wholesale_b2b" and "rules" in parts) or (name.startswith(".") and name[1:2] != ".")


def test_there_are_rules() -> None:
	assert RULES


@pytest.mark.parametrize("file", RULES, ids=lambda file: str(file.relative_to(APP)))
def test_rules_import_only_the_standard_library_and_rules(file: Path) -> None:
	assert [name for name in imported(file) if not is_allowed(name)] == []
