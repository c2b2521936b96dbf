"""Sets of rows in one statement each, for the capabilities' `store` rooms.

Frappe's `bulk_insert` builds its statement through the query builder, which costs more than the insert itself; these
write the same rows with plain parametrised SQL. Table and column names come from code, values always as parameters.

Updates and deletes are joined from the list of names to the table, in that order: on a small table the server would
rather read all of it, and lock rows that are in somebody else's hands.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import frappe

CHUNK = 1000


def chunks(rows: Iterable, size: int = CHUNK) -> Iterator[list]:
	"""`rows` in lists of at most `size`."""
	rows = iter(rows)
	while chunk := list(islice(rows, size)):
		yield chunk


def insert_rows(doctype: str, columns: Sequence[str], rows: Iterable[Sequence]) -> int:
	"""Insert rows (values in the order of `columns`) and return how many. No controller or event runs."""
	names = ", ".join(f"`{column}`" for column in columns)
	mark = "(" + ", ".join(["%s"] * len(columns)) + ")"
	count = 0
	for chunk in chunks(rows):
		values = [value for row in chunk for value in row]
		frappe.db.sql(f"insert into `tab{doctype}` ({names}) values {', '.join([mark] * len(chunk))}", values)
		count += len(chunk)
	return count


def update_rows(doctype: str, columns: Sequence[str], rows: Iterable[Sequence]) -> int:
	"""Update rows by name: each row is (name, then values in the order of `columns`). Returns how many rows were named."""
	mark = "(" + ", ".join(["%s"] * (len(columns) + 1)) + ")"
	alias = ", ".join(["name", *columns])
	sets = ", ".join(f"t.`{column}` = v.`{column}`" for column in columns)
	count = 0
	for chunk in chunks(rows):
		values = [value for row in chunk for value in row]
		frappe.db.sql(
			f"""update (with v({alias}) as (values {", ".join([mark] * len(chunk))}) select * from v) v
			straight_join `tab{doctype}` t on t.name = v.name
			set {sets}""",
			values,
		)
		count += len(chunk)
	return count


def delete_rows(doctype: str, names: Iterable[str]) -> None:
	"""Delete rows by name, touching no other row."""
	for chunk in chunks(names):
		frappe.db.sql(
			f"""delete t from (with v(name) as (values {", ".join(["(%s)"] * len(chunk))}) select * from v) v
			straight_join `tab{doctype}` t on t.name = v.name""",
			chunk,
		)


def lockable(doctype: str, names: Iterable[str]) -> set[str]:
	"""Lock the rows that nobody else holds and return their names; rows in somebody's hands are passed over, not waited for."""
	locked: set[str] = set()
	for chunk in chunks(sorted(set(names))):
		rows = frappe.db.sql(
			f"select name from `tab{doctype}` where name in %s order by name for update skip locked",
			[tuple(chunk)],
		)
		locked.update(row[0] for row in rows)
	return locked
