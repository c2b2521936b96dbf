"""From the bytes of a file to lines under our names."""

import csv
import gzip
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from .model import REQUIRED_TARGETS, TARGETS, RawLine, Table

# Headings of common exports, lower case without punctuation. Earlier names are the better match.
HEADINGS: dict[str, tuple[str, ...]] = {
	"order_no": (
		"orderno",
		"ordernumber",
		"invoiceno",
		"orderid",
		"order",
		"salesorder",
		"reference",
		"invoice",
	),
	"item": ("stockcode", "itemcode", "sku", "productcode", "partnumber", "partno", "item", "barcode", "ean"),
	"qty": ("quantity", "qty", "orderedqty", "units", "menge"),
	"rate": ("unitprice", "price", "rate", "netprice", "itemprice"),
	"customer": ("customerid", "customercode", "accountno", "accountnumber", "account", "customer"),
	"customer_name": ("customername", "accountname", "company", "billtoname"),
	"order_date": ("orderdate", "invoicedate", "date", "createdat", "placedat"),
	"delivery_date": ("deliverydate", "requireddate", "shipdate", "duedate", "neededby", "deliverby"),
	"description": ("description", "itemname", "productname", "title", "product"),
	"po_no": ("pono", "ponumber", "purchaseorder", "customerpo", "yourreference"),
	"country": ("country", "shippingcountry", "countrycode"),
}


class Unreadable(ValueError):
	"""The file cannot be read as a table of order lines. The text is for the user, untranslated."""


def unpack(content: bytes, limit: int = 256 * 1024 * 1024) -> bytes:
	"""Gunzip `content` if it is gzip, else give it back. `limit` in bytes guards against a hostile archive."""
	if content[:2] != b"\x1f\x8b":
		return content
	try:
		with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
			plain = packed.read(limit + 1)
	except (OSError, EOFError) as error:
		raise Unreadable("The gzip file is damaged. Pack and upload it again.") from error
	if len(plain) > limit:
		raise Unreadable("The file is larger than 256 MB when unpacked. Split it into several files.")
	return plain


def read_csv(content: bytes) -> Table:
	"""Read CSV: UTF-8 or Windows-1252; comma, semicolon, tab or bar, whichever the heading uses most."""
	try:
		text = content.decode("utf-8-sig")
	except UnicodeDecodeError:
		text = content.decode("cp1252", errors="replace")
	if "\x00" in text:
		raise Unreadable("This is not a text file. Save it as CSV or XLSX and upload it again.")
	first = next((line for line in text.splitlines() if line.strip()), "")
	delimiter = max(",;\t|", key=first.count)
	reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
	try:
		return table_from_cells((reader.line_num, cells) for cells in reader)
	except csv.Error as error:
		raise Unreadable(f"Line {reader.line_num} is not valid CSV: {error}.") from error


def table_from_cells(numbered: Iterable[tuple[int, Sequence[object]]]) -> Table:
	"""A table from (row number, cells of any type); the first row that is not empty is the heading.

	Errors: `Unreadable` when there is no heading, or two columns share one name.
	"""
	header: tuple[str, ...] = ()
	rows = []
	for number, values in numbered:
		cells = tuple(cell_text(value) for value in values)
		if not any(cells):
			continue
		if not header:
			header = _trim_end(cells)
			continue
		rows.append((number, cells))
	if not header:
		raise Unreadable("The file is empty. It needs a heading and one row per order line.")
	named = [name.casefold() for name in header if name]
	if len(named) != len(set(named)):
		twice = next(name for name in header if name and named.count(name.casefold()) > 1)
		raise Unreadable(f"Two columns are called {twice}. Rename one of them in the file.")
	return Table(header, tuple(rows))


def cell_text(value: object) -> str:
	"""The text of a cell, as a person reads it in the sheet: 85123.0 is `85123`, dates are ISO."""
	if value is None:
		return ""
	if isinstance(value, bool):
		return str(value)
	if isinstance(value, float):
		# repr gives the shortest text that is the same number: 2.55, not 2.54999…; never 1E+16.
		return format(Decimal(repr(value)), "f").removesuffix(".0")
	if isinstance(value, datetime):
		return value.isoformat(sep=" ", timespec="seconds")
	if isinstance(value, date):
		return value.isoformat()
	return str(value).strip()


def guess_targets(header: Sequence[str]) -> dict[str, str]:
	"""Which column is probably what: column name -> target of `TARGETS`, each target at most once."""
	plain = {re.sub(r"[\W_]+", "", name).casefold(): name for name in reversed(header) if name}
	guessed: dict[str, str] = {}
	for target, headings in HEADINGS.items():
		for heading in headings:
			name = plain.get(heading)
			if name and name not in guessed:
				guessed[name] = target
				break
	return guessed


def missing_targets(targets: Iterable[str]) -> tuple[str, ...]:
	"""Labels of the columns that must be mapped and are not."""
	have = set(targets)
	return tuple(TARGETS[target] for target in REQUIRED_TARGETS if target not in have)


def map_rows(table: Table, targets: Mapping[str, str]) -> tuple[RawLine, ...]:
	"""The table's rows under our names. `targets`: column name -> target; other columns are left out."""
	wanted = {name.casefold(): target for name, target in targets.items() if target}
	columns = [
		(index, wanted[name.casefold()])
		for index, name in enumerate(table.header)
		if name.casefold() in wanted
	]
	return tuple(
		RawLine(row=number, **{target: cells[index] for index, target in columns if index < len(cells)})
		for number, cells in table.rows
	)


def _trim_end(cells: tuple[str, ...]) -> tuple[str, ...]:
	last = max(index for index, cell in enumerate(cells) if cell)
	return cells[: last + 1]
