"""Sets of rows in one statement each, for the capabilities' `store` rooms.

Frappe's `bulk_insert` builds its statement through the query builder, which costs more than the insert itself; these
write the same rows with plain parametrised SQL. Table and column names come from code, values always as parameters.

Updates and deletes are joined from the list of names to the table, in that order and by its primary key: on a small
table the server would rather read all of it, and wait for rows that are in somebody else's hands.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice

import frappe
from frappe.utils import cstr

# The server makes a table of its own of a list of a thousand values or more, and may then read (and lock) all of the
# table that it is compared with: `in_predicate_conversion_threshold`.
CHUNK = 900
# fewer rows are not worth the comparing
MANY = 20


def chunks(rows: Iterable, size: int = CHUNK) -> Iterator[list]:
	"""`rows` in lists of at most `size`."""
	rows = iter(rows)
	while chunk := list(islice(rows, size)):
		yield chunk


def listed(parameter: str) -> str:
	"""SQL for a list of names that is given as one parameter, made by `as_list`: `item_code in {listed("items")}`.

	With thousands of names the driver takes longer to write them into a statement than the server to answer it.
	"""
	return f"""(select listed.name from json_table(%({parameter})s, '$[*]' columns (
		name varchar(140) charset utf8mb4 collate utf8mb4_unicode_ci path '$')) listed)"""


def as_list(names: Iterable[str]) -> str:
	"""The parameter of `listed`."""
	return _as_list(tuple(names))


@lru_cache(maxsize=8)
def _as_list(names: tuple[str, ...]) -> str:
	return _EscapedOnce(json.dumps([cstr(name) for name in names], ensure_ascii=False))


class _EscapedOnce(str):
	"""A long text that goes into many statements: the driver escapes it by `translate`, always with the same table."""

	def translate(self, table):
		if "escaped" not in self.__dict__:
			self.escaped = super().translate(table)
		return self.escaped


def read_rows(columns: str, rest: str, where: object) -> list[list]:
	"""The rows of `select {columns} {rest}`, each read as one text: the driver takes longer over a row's values than the
	server does.

	Columns have no names. Numbers with a decimal point come as Decimals of at most six places, dates and times as ISO
	texts, conditions as booleans.
	"""
	rows = frappe.db.sql(f"select json_array({columns}) {rest}", where)
	return json.loads(f"[{','.join([text for (text,) in rows])}]", parse_float=_decimal)


@lru_cache(maxsize=4096)
def _decimal(text: str) -> Decimal:
	return Decimal(str(round(float(text), 6)))


def insert_rows(doctype: str, columns: Sequence[str], rows: Iterable[Sequence]) -> int:
	"""Insert rows (values in the order of `columns`) and return how many. No controller or event runs."""
	count = 0
	for chunk in chunks(rows):
		same, differ = _told_apart(chunk)
		names = ", ".join(f"`{columns[n]}`" for n in (*differ, *same))
		values = [tuple([row[n] for n in differ]) for row in chunk] if same else [tuple(row) for row in chunk]
		marks = ", ".join(["%s"] * len(chunk))
		if same:
			alias = ", ".join(f"`{columns[n]}`" for n in differ)
			once = "".join([", %s"] * len(same))
			marks = f"with v({alias}) as (values {marks}) select v.*{once} from v"
		else:
			marks = f"values {marks}"
		frappe.db.sql(f"insert into `tab{doctype}` ({names}) {marks}", [*values, *same.values()])
		count += len(chunk)
	return count


def _told_apart(rows: list[Sequence]) -> tuple[dict[int, object], list[int]]:
	"""What all rows have in common (place of the column → value), and the places where they differ.

	Most of a statement's time goes into writing and reading its values, so what is the same in all rows is said once.
	"""
	if len(rows) < MANY:
		return {}, list(range(len(rows[0])))
	first, last = rows[0], rows[-1]
	# The first and the last mostly tell already.
	maybe = [n for n in range(len(first)) if _alike(first[n], last[n])]
	same = {n: first[n] for n in maybe if all(_alike(first[n], row[n]) for row in rows)}
	return same, [n for n in range(len(first)) if n not in same]


def _alike(one: object, other: object) -> bool:
	return one is other or (type(one) is type(other) and one == other)


def new_hashes(count: int) -> list[str]:
	"""Names for `count` rows of a DocType that is named by hash. Rows of one set are neighbours in the table."""
	start = frappe.generate_hash(length=14)
	return [f"{start}{number:04x}" for number in range(count)]


def update_rows(doctype: str, columns: Sequence[str], rows: Iterable[Sequence]) -> int:
	"""Update rows by name: each row is (name, then values in the order of `columns`). Returns how many rows were named.

	Rows that are to say the same are named together; of many that differ the values are joined to the table.
	"""
	count = 0
	for chunk in chunks(rows):
		alike: dict[tuple, list[str]] = {}
		for name, *values in chunk:
			alike.setdefault(tuple(values), []).append(name)
		if len(alike) * MANY <= len(chunk):
			for values, names in alike.items():
				_update_alike(doctype, columns, values, names)
		else:
			_update_each(doctype, columns, chunk)
		count += len(chunk)
	return count


def _update_alike(doctype: str, columns: Sequence[str], values: Sequence, names: Sequence[str]) -> None:
	sets = ", ".join(f"`{column}` = %s" for column in columns)
	frappe.db.sql(
		f"update `tab{doctype}` force index (primary) set {sets} where name in %s",
		[*values, tuple(names)],
	)


def _update_each(doctype: str, columns: Sequence[str], rows: Sequence[Sequence]) -> None:
	alias = ", ".join(["name", *columns])
	sets = ", ".join(f"t.`{column}` = v.`{column}`" for column in columns)
	frappe.db.sql(
		f"""update (with v({alias}) as (values {", ".join(["%s"] * len(rows))}) select * from v) v
		straight_join `tab{doctype}` t force index (primary) on t.name = v.name
		set {sets}""",
		[tuple(row) for row in rows],
	)


def delete_rows(doctype: str, names: Iterable[str]) -> None:
	"""Delete rows by name, touching no other row."""
	for chunk in chunks(names):
		frappe.db.sql(
			f"""delete t from (with v(name) as (values {", ".join(["(%s)"] * len(chunk))}) select * from v) v
			straight_join `tab{doctype}` t force index (primary) on t.name = v.name""",
			chunk,
		)


def lockable(doctype: str, names: Iterable[str]) -> set[str]:
	"""Lock the rows that nobody else holds and return their names; rows in somebody's hands are passed over, not waited for."""
	locked: set[str] = set()
	for chunk in chunks(sorted(set(names))):
		rows = frappe.db.sql(
			f"""select name from `tab{doctype}` force index (primary) where name in %s
			order by name for update skip locked""",
			[tuple(chunk)],
		)
		locked.update(row[0] for row in rows)
	return locked
