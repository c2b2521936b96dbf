"""What an export reads: everything that is planned, as it is at one moment, without a lock and without a write."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

import frappe

from wholesale_b2b.allocation.store import keyring, reads
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.reads import Shelf, World
from wholesale_b2b.setwise import chunks

ITEMS_AT_ONCE = 500


@contextmanager
def one_moment() -> Iterator[None]:
	"""A transaction that sees one state of the database throughout, and in which the server refuses every write.

	What the caller had open and not committed is rolled back.
	"""
	# Frappe's rollback begins the next transaction at once, and a begun one keeps its isolation.
	frappe.db.rollback()
	frappe.db.sql("rollback")
	frappe.db.sql("set transaction isolation level repeatable read")
	frappe.db.sql("start transaction with consistent snapshot, read only")
	try:
		yield
	finally:
		frappe.db.rollback()


def companies() -> list[str]:
	"""All companies of the site."""
	return frappe.get_all("Company", pluck="name", order_by="name")


def worlds(chosen: Sequence[str], grown: Callable[[set[Key]], set[Key]]) -> Iterator[World]:
	"""All that a run on every key of these companies would look at, some hundred items at a time.

	grown: keys → the same with those of all warehouses that the same orders may be sourced from. All keys of an item come
	together, so that a line with pegs in several warehouses is whole.
	"""
	keys = set(keyring.all_keys(chosen))
	by_item: dict[str, list[Key]] = defaultdict(list)
	for key in sorted(keys | keyring.stock_keys(grown(keys) - keys, chosen)):
		by_item[key[0]].append(key)
	for items in chunks(sorted(by_item), ITEMS_AT_ONCE):
		world = reads.load([key for item in items for key in by_item[item]], lock_entries=False)
		for key in world.keys:
			# A run makes the Bins that are missing; a reader takes them as empty.
			world.shelves.setdefault(key, Shelf(key, Decimal(0), Decimal(0)))
		yield world
