"""A folder with `out/`, where files are written, and `in/`, where they are read. Each is there whole or not at all."""

import os
from pathlib import Path
from urllib.parse import quote

from wholesale_b2b.accounting.connectors.base import Access
from wholesale_b2b.accounting.connectors.errors import DryRun, Retry, Stop

LARGEST = 20_000_000


class Client:
	def __init__(self, access: Access):
		if access.folder is None:
			raise Stop("There is no folder for files.", "Ask your administrator.")
		self.access, self.folder = access, access.folder

	def write(self, name: str, text: str) -> None:
		"""Write `out/NAME.csv`, over one of that name."""
		sent = {"file": f"out/{quote(name, safe=' ')}.csv", "body": text}
		if self.access.dry_run:
			raise DryRun(sent)
		path = self.path(name)
		try:
			path.parent.mkdir(parents=True, exist_ok=True)
			new = path.with_suffix(f".{os.getpid()}.new")
			with new.open("w", encoding="utf-8", newline="") as file:
				file.write(text)
				file.flush()
				os.fsync(file.fileno())
			new.replace(path)
		except OSError as error:
			raise Retry(f"The file cannot be written: {error.strerror}.") from error
		self.access.note(sent, {"written": path.name})

	def read(self, name: str) -> str | None:
		path = self.path(name)
		return path.read_text(encoding="utf-8") if path.exists() else None

	def path(self, name: str) -> Path:
		"""Whatever is in a document's number, the file is in the folder."""
		return self.folder / "out" / f"{quote(name, safe=' ')}.csv"

	def waiting(self, prefix: str) -> list[Path]:
		"""Files in `in/` whose name begins so, by name."""
		return sorted(p for p in (self.folder / "in").glob("*.csv") if p.name.lower().startswith(prefix))

	def text_of(self, path: Path) -> str:
		if path.stat().st_size > LARGEST:
			raise Stop(
				f"{path.name} is larger than {LARGEST // 1_000_000} MB.", "Divide it and put the parts in."
			)
		try:
			return path.read_text(encoding="utf-8")
		except UnicodeDecodeError as error:
			raise Stop(
				f"{path.name} is not UTF-8.", "Save it as CSV in UTF-8 and put it in again."
			) from error

	def put_away(self, path: Path) -> None:
		done = path.parent / "done"
		done.mkdir(exist_ok=True)
		path.replace(done / path.name)
