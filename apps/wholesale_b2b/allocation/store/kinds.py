"""Which kinds of things that count for stock there are on this site at all.

Questions about thousands of items carry their names with them: the server reads that list again for each kind, whether or
not there is any. Most sites have no use for some kinds: one short question tells which need not be asked about.
"""

import frappe

from wholesale_b2b.allocation.store import sources

# Kind → what finds the first of it. Each is answered from the start of a table or by an index, never by looking through one.
FIRST = {
	"Product Bundle": "select 1 from `tabProduct Bundle`",
	"Batch": "select 1 from `tabBatch`",
	"POS Invoice": "select 1 from `tabPOS Invoice`",
	"Stock Reservation Entry": "select 1 from `tabStock Reservation Entry`",
	"Stock Pre Allocation": "select 1 from `tabStock Pre Allocation`",
	"Stock Hold": "select 1 from `tabStock Hold` where status = 'Active' or awaiting_run = 1",
}


def in_use() -> set[str]:
	"""The kinds of `FIRST`, and the supplies of `sources`, of which there is any. A supply that has no such question
	(`SupplySource.first`) is taken to be there."""
	known = sources.sources()
	first = {**FIRST, **{source.supply_type: source.first for source in known if source.first}}
	(answers,) = frappe.db.sql(f"select {', '.join(f'exists({question})' for question in first.values())}")
	found = {kind for kind, there in zip(first, answers, strict=True) if there}
	return found | {source.supply_type for source in known if not source.first}
