"""What this bench remembers between runs: its ports, and which steps were finished on which input."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools import paths

FILE = paths.BENCH / "state.json"


def load() -> dict[str, Any]:
	try:
		return json.loads(FILE.read_text())
	except (FileNotFoundError, ValueError):
		return {}


def save(state: dict[str, Any]) -> None:
	FILE.parent.mkdir(parents=True, exist_ok=True)
	temporary = FILE.with_suffix(".tmp")
	temporary.write_text(json.dumps(state, indent="\t", sort_keys=True) + "\n")
	os.replace(temporary, FILE)


def get(*keys: str) -> Any:
	value: Any = load()
	for key in keys:
		if not isinstance(value, dict):
			return None
		value = value.get(key)
	return value


def put(value: Any, *keys: str) -> None:
	"""Store a value under a path of keys; None removes it."""
	state = load()
	place = state
	for key in keys[:-1]:
		place = place.setdefault(key, {})
	if value is None:
		place.pop(keys[-1], None)
	else:
		place[keys[-1]] = value
	save(state)


def done(step: str, fingerprint: str) -> bool:
	return get("steps", step) == fingerprint


def mark(step: str, fingerprint: str) -> None:
	put(fingerprint, "steps", step)


def forget(step: str) -> None:
	put(None, "steps", step)


def fingerprint(files: Iterable[Path], *extra: str) -> str:
	"""A short digest of the files' names and contents; a missing file counts as such."""
	digest = hashlib.sha256()
	for text in extra:
		digest.update(text.encode() + b"\0")
	for file in sorted(files):
		digest.update(str(file).encode() + b"\0")
		digest.update(file.read_bytes() if file.is_file() else b"missing")
	return digest.hexdigest()[:16]
