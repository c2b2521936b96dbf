"""What is locked before anything is posted or planned, in one order for everybody, so that nobody waits in a circle.

Documents first, from the one that reports to the one that is reported to (a delivery note before its sales order), each
kind by name; then the Trade Accounts whose credit limit they count against (`credit`), by name; then Bins, sorted by item and warehouse. A run takes Bins alone and passes over whatever else is in
somebody's hands. Rows are locked by their primary key and nothing else: a lock that is taken by another index, or by
reading a small table as a whole, would come in an order of its own.
"""

from collections.abc import Callable, Iterable, Sequence

import frappe
from frappe.utils import now

from wholesale_b2b import busy
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.setwise import chunks

# Documents that others report to, those that report first.
LEVELS = (
	"Pick List",
	"POS Invoice",
	"Sales Invoice",
	"Purchase Invoice",
	"Delivery Note",
	"Subcontracting Receipt",
	"Purchase Receipt",
	"Stock Entry",
	"Subcontracting Order",
	"Work Order",
	"Purchase Order",
	"Material Request",
	"Sales Order",
	"Trade Account",
)
ATTEMPTS = 6


def lock_documents(documents: Iterable[tuple[str, str]], wait: bool = True) -> bool:
	"""Lock documents, given as (DocType, name), in the order of LEVELS.

	With `wait=False` one that is in somebody else's hands is tried again for about three seconds; False if it stays so.
	"""
	names: dict[str, set[str]] = {}
	for doctype, name in documents:
		names.setdefault(doctype, set()).add(name)
	return all(_lock_names(doctype, sorted(names[doctype]), wait) for doctype in LEVELS if names.get(doctype))


def _lock_names(doctype: str, names: Sequence[str], wait: bool) -> bool:
	query = (
		f"""select name from `tab{doctype}` force index (primary) where name in %s order by name for update"""
	)

	def lock() -> None:
		for chunk in chunks(names):
			frappe.db.sql(query if wait else f"{query} nowait", [tuple(chunk)])

	if wait:
		lock()
		return True
	return _try(lock)


def only_one(doctype: str) -> bool:
	"""Be the only one who posts a document of this kind, to the end of the transaction; False if somebody else is for
	about three seconds."""
	return _lock_names("DocType", [doctype], wait=False)


def try_bins(keys: Iterable[Key]) -> bool:
	"""Lock Bins as `lock_bins` does, trying for about three seconds instead of waiting; False if that was too short."""
	keys = set(keys)
	return _try(lambda: lock_bins(keys, wait=False))


def _try(lock: Callable[[], object]) -> bool:
	for attempt in range(ATTEMPTS):
		try:
			lock()
			return True
		except frappe.QueryTimeoutError:
			if attempt < ATTEMPTS - 1:
				busy.pause(attempt)
	return False


def lock_bins(keys: Iterable[Key], wait: bool = True) -> None:
	"""Lock the Bins of `keys` in sorted order, making those that do not exist.

	With `wait=False` raises `frappe.QueryTimeoutError` when another transaction holds one of them.
	"""
	keys = sorted(set(keys))
	if not keys:
		return
	names = _bin_names(keys)
	make_bins(key for key in keys if key not in names)
	found = [names[key] for key in keys if key in names]
	if not found:
		return
	marks = ", ".join(["(%s)"] * len(found))
	# The join order makes the server take the row locks in the order of the keys.
	frappe.db.sql(
		f"""with k(name) as (values {marks})
		select straight_join b.name from k join `tabBin` b force index (primary) on b.name = k.name
		for update {"" if wait else "nowait"}""",
		found,
	)


def _bin_names(keys: Sequence[Key]) -> dict[Key, str]:
	marks = ", ".join(["(%s, %s)"] * len(keys))
	rows = frappe.db.sql(
		f"""with k(item_code, warehouse) as (values {marks})
		select straight_join b.item_code, b.warehouse, b.name from k
		join `tabBin` b on b.item_code = k.item_code and b.warehouse = k.warehouse""",
		[value for key in keys for value in key],
	)
	return {(item, warehouse): name for item, warehouse, name in rows}


def make_bins(keys: Iterable[Key]) -> None:
	"""Make empty Bins, as ERPNext's `get_or_make_bin` does (a site test compares the rows), and lock them.

	ERPNext's way leaves a shared lock with everybody who came second; two of those then wait for each other.
	"""
	at, user = now(), frappe.session.user
	for chunk in chunks(sorted(set(keys))):
		rows = [(frappe.generate_hash(length=10), user, at, at, user, *key) for key in chunk]
		marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(rows))
		frappe.db.sql(
			f"""insert into `tabBin` (name, owner, creation, modified, modified_by, item_code, warehouse, stock_uom)
			with k(name, owner, creation, modified, modified_by, item_code, warehouse) as (values {marks})
			select straight_join k.*, i.stock_uom from k join `tabItem` i on i.name = k.item_code
			on duplicate key update `tabBin`.name = `tabBin`.name""",
			[value for row in rows for value in row],
		)


def reads_are_fresh() -> bool:
	"""Whether plain reads after a lock see what others have committed (READ COMMITTED)."""
	return frappe.db.sql("select @@session.tx_isolation")[0][0] == "READ-COMMITTED"


def ask_for_fresh_reads() -> None:
	"""On a server left at REPEATABLE READ a worker asks for READ COMMITTED itself. What is open is rolled back."""
	if not reads_are_fresh():
		frappe.db.rollback()
		frappe.db.sql("set session transaction isolation level read committed")
		frappe.db.rollback()
