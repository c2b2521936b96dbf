"""Files as tables of texts: CSV by the standard library, XLSX where openpyxl is installed."""

import codecs
import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import BadZipFile

from wholesale_b2b.allocation.offline.model import Unreadable
from wholesale_b2b.ordering.order_import.rules.table import Table, table_from_cells, unpack
from wholesale_b2b.ordering.order_import.rules.table import Unreadable as NoTable

WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LONGEST_CELL = 1_000_000


def read(path: Path, encoding: str | None = None) -> Table:
	"""The table in a CSV, CSV.GZ or XLSX file; what it is shows from its content, not from its name.

	encoding: of a CSV that is not Unicode. Raises `Unreadable` for anything that is no table.
	"""
	try:
		content = unpack(path.read_bytes())
	except FileNotFoundError:
		raise Unreadable(f"{path}: there is no such file.")
	except IsADirectoryError:
		raise Unreadable(f"{path} is a folder. Name the file in it.")
	except OSError as error:
		raise Unreadable(f"{path}: {error.strerror}.")
	except NoTable as error:
		raise Unreadable(f"{path}: {error}")
	if not content.strip():
		raise Unreadable(f"{path} is empty. It needs a heading and one row per line.")
	if content.startswith(OLD_WORKBOOK):
		raise Unreadable(f"{path} is in the old Excel format. Save it as XLSX or CSV.")
	try:
		if content.startswith(WORKBOOK):
			return _workbook(path, content)
		return _csv(path, _decoded(path, content, encoding))
	except NoTable as error:
		raise Unreadable(f"{path}: {error}") from error


def _decoded(path: Path, content: bytes, encoding: str | None) -> str:
	if not encoding and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
		encoding = "utf-16"
	try:
		text = content.decode(encoding or "utf-8-sig")
	except LookupError:
		raise Unreadable(f"There is no encoding “{encoding}”. Common ones: utf-8, cp1252, latin-1, utf-16.")
	except UnicodeError as error:
		line = content[: getattr(error, "start", 0)].count(b"\n") + 1
		raise Unreadable(
			f"{path} is not {encoding or 'UTF-8'} (line {line}). "
			"Save it as CSV UTF-8, or name its encoding, for example --encoding cp1252."
		)
	if "\x00" in text:
		raise Unreadable(f"{path} is not a text file. Save it as CSV or XLSX.")
	return text


def _csv(path: Path, text: str) -> Table:
	"""Comma, semicolon, tab or bar, whichever the heading uses most."""
	first = next((line for line in text.splitlines() if line.strip()), "")
	csv.field_size_limit(LONGEST_CELL)
	reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count), strict=True)
	try:
		return table_from_cells((reader.line_num, cells) for cells in reader)
	except csv.Error as error:
		raise Unreadable(f"{path}, line {reader.line_num}: {error}. Is a quotation mark missing?")


def _workbook(path: Path, content: bytes) -> Table:
	"""The sheet that was open when the workbook was saved."""
	try:
		from openpyxl import load_workbook
	except ImportError:
		raise Unreadable(
			f"{path} is a workbook, and reading it needs openpyxl. "
			"Install it (python -m pip install openpyxl), or save the sheet as CSV UTF-8."
		)
	try:
		book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
	except (BadZipFile, KeyError, ValueError, OSError):
		raise Unreadable(f"{path} is damaged, or no workbook. Save it again as XLSX or CSV.")
	try:
		sheet = book.active
		if sheet is None or not hasattr(sheet, "iter_rows"):
			raise Unreadable(
				f"{path} was saved with a chart in front. Open it at the sheet, and save it again."
			)
		return table_from_cells(enumerate(sheet.iter_rows(values_only=True), start=1))
	finally:
		book.close()


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
	"""Write a CSV that Excel opens as it is: UTF-8 with its mark, comma, CRLF. None is an empty cell."""
	with replacing(path, "utf-8-sig") as file:
		writer = csv.writer(file, lineterminator="\r\n")
		writer.writerow(header)
		writer.writerows(rows)


class replacing:
	"""Open a text file for writing that takes its name only when it is whole."""

	def __init__(self, path: Path, encoding: str = "utf-8"):
		self.path, self.part = path, path.with_name(f".{path.name}.{os.getpid()}.part")
		self.encoding = encoding

	def __enter__(self) -> io.TextIOBase:
		self.file = self.part.open("w", encoding=self.encoding, newline="")
		return self.file

	def __exit__(self, kind: object, *_rest: object) -> None:
		self.file.close()
		if kind is None:
			self.part.replace(self.path)
		else:
			self.part.unlink(missing_ok=True)
