"""Whether goods leave by a document, and whether its rows say rightly which order they are of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Move:
	"""A row as the stock ledger will read it: so many units out of one warehouse (less than 0: into it), into another."""

	units: float
	source: str = ""
	target: str = ""


def leaves(moves: Iterable[Move]) -> bool:
	"""Whether any goods leave, whatever the document calls itself.

	What comes back from one of our warehouses into another, as the return of an internal transfer does, has not left.
	"""
	return any(move.units > 0 or (move.units < 0 and move.target and not move.source) for move in moves)


# ---- what a row is of ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
	"""What a row of a delivery says: names, empty where it says none.

	order, line: a Sales Order and a row of it. invoice, invoiced: the same of an invoice without stock. via: a row of a Pick
	List, or of an order's packing list. delivered: a row of a Delivery Note.
	"""

	idx: int
	order: str = ""
	line: str = ""
	invoice: str = ""
	invoiced: str = ""
	via: str = ""
	delivered: str = ""


@dataclass(frozen=True, slots=True)
class Line:
	"""A row of a Sales Order, or of an invoice (with the order's row that it bills), as the database has it."""

	parent: str
	customer: str
	company: str
	submitted: bool
	line: str = ""


@dataclass(frozen=True, slots=True)
class Known:
	"""What the rows of a document may name: lines of orders, rows of invoices, and rows of pick lists with their line."""

	lines: Mapping[str, Line]
	invoiced: Mapping[str, Line]
	via: Mapping[str, str]


def complete(row: Row, known: Known) -> Row:
	"""The same with the order and its line, where the row names something that is of them."""
	if not row.line:
		bill = known.invoiced.get(row.invoiced)
		row = replace(row, line=known.via.get(row.via) or (bill.line if bill else ""))
	if row.line and not row.order and row.line in known.lines:
		row = replace(row, order=known.lines[row.line].parent)
	return row


def fault(row: Row, known: Known, customer: str, company: str) -> str:
	"""What is wrong with a completed row, or empty.

	`half`: it names a document and no row of it. `unknown`: a row that is not there, is not that document's, or whose
	document is not submitted. `stranger`: of another customer (where the document has one) or company. `other`: its invoice
	or its pick list is of another line. `delivered`: goods that leave were delivered before, it says.
	"""
	if row.delivered:
		return "delivered"
	if (row.order and not row.line) or (row.invoice and not row.invoiced):
		return "half"
	bill = known.invoiced.get(row.invoiced)
	for name, there, parent in (
		(row.line, known.lines.get(row.line), row.order),
		(row.invoiced, bill, row.invoice),
	):
		if not name:
			continue
		if not there or not there.submitted or (parent and there.parent != parent):
			return "unknown"
		if there.company != company or (customer and there.customer != customer):
			return "stranger"
	if known.via.get(row.via, row.line) != row.line:
		return "other"
	if bill and bill.line and bill.line != row.line:
		return "other"
	return ""


# ---- what a till has sold --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sold:
	"""A row of a POS Invoice, or a row of a Sales Invoice that says it posts one: of which sale, what, from where, how much.

	waits: the sale is submitted and posted by nothing else.
	"""

	row: str
	sale: str
	item: str
	warehouse: str
	units: float
	company: str
	waits: bool = True


def posts_sales(rows: Iterable[Sold], sold: Mapping[str, Sold]) -> bool:
	"""Whether every row posts what a till has sold, and no more of it. sold: rows of POS Invoices by name."""
	rows = list(rows)
	wanted: dict[str, float] = defaultdict(float)
	for row in rows:
		there = sold.get(row.row)
		if not there or not there.waits:
			return False
		if (row.sale, row.item, row.warehouse, row.company) != (
			there.sale,
			there.item,
			there.warehouse,
			there.company,
		):
			return False
		wanted[row.row] += row.units
	return bool(rows) and all(units <= sold[name].units + 1e-6 for name, units in wanted.items())
