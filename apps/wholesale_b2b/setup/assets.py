"""Addresses of our scripts and styles."""

import zlib
from pathlib import Path

PUBLIC = Path(__file__).parents[1] / "public"


def versioned(path: str) -> str:
	"""The address of a file below `public/`, another one whenever its content changes: web servers let browsers keep
	what is below /assets for a year."""
	digest = zlib.crc32((PUBLIC / path).read_bytes())
	return f"/assets/wholesale_b2b/{path}?v={digest:08x}"
