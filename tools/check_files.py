"""Checks of the app's files that need no site: JSON parses, customisations carry our prefix.

Usage: python -m tools.check_files [FILE ...]; without files, all of the app's.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import paths

PREFIX = "b2b_"
APP = paths.APPS / paths.OUR_APP


def main(words: list[str]) -> int:
	files = [Path(word).resolve() for word in words] or list(APP.rglob("*"))
	problems = [problem for file in files for problem in check(file)]
	for problem in problems:
		print(problem)
	return 1 if problems else 0


def check(file: Path) -> Iterator[str]:
	if not file.is_file() or {"node_modules", "dist", "build"} & set(file.parts):
		return
	if file.suffix == ".json":
		try:
			data = json.loads(file.read_text())
		except ValueError as error:
			yield f"{file}: not JSON: {error}"
			return
		yield from _fixtures(file, data)
	elif file.suffix == ".py":
		yield from _custom_fields(file)


def _fixtures(file: Path, data: object) -> Iterator[str]:
	"""Custom fields exported as JSON; ours are made in Python, so that uninstall can remove them."""
	rows = data if isinstance(data, list) else [data]
	for row in rows:
		if isinstance(row, dict) and row.get("doctype") in ("Custom Field", "Property Setter"):
			yield f"{file}: {row.get('name')}: belongs in setup/, in Python"
	if isinstance(data, dict) and "custom_fields" in data:
		yield f"{file}: exported customisations belong in setup/, in Python"


def _custom_fields(file: Path) -> Iterator[str]:
	"""A dictionary that says where a field is to be inserted is a custom field."""
	for node in ast.walk(ast.parse(file.read_text(), str(file))):
		names = _field_names(node)
		if "fieldname" in names and "insert_after" in names:
			value = names["fieldname"]
			if isinstance(value, str) and not value.startswith(PREFIX):
				yield f"{file}:{node.lineno}: custom field {value} does not begin with {PREFIX}"


def _field_names(node: ast.AST) -> dict[str, object]:
	if isinstance(node, ast.Dict):
		pairs = [(key.value, value) for key, value in zip(node.keys, node.values, strict=True) if _text(key)]
	elif isinstance(node, ast.Call):
		pairs = [(word.arg, word.value) for word in node.keywords if word.arg]
	else:
		return {}
	return {key: value.value if isinstance(value, ast.Constant) else None for key, value in pairs}


def _text(node: ast.AST | None) -> bool:
	return isinstance(node, ast.Constant) and isinstance(node.value, str)


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
