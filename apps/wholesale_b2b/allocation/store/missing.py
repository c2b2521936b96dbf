"""Units that are kept back until somebody has counted, and lines that get no more from the shelf in question."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import frappe

from wholesale_b2b.allocation.store.amendments import extend
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.holds import put
from wholesale_b2b.setwise import as_list, listed

__all__ = ["barred", "extend", "hold"]

SHORT = "Short Pick"


def hold(company: str, rows: Sequence[dict], until: datetime) -> list[str]:
	"""A Stock Hold for each of these rows (for_name: the Short Pick, item_code, warehouse, qty, reason); their names."""
	return put(rows, company=company, until=until, for_doctype=SHORT)


def barred(items: Iterable[str], warehouses: Iterable[str]) -> dict[str, set[Key]]:
	"""Line → shelves on which units of it were missing or unfit and that nobody has counted since."""
	found: dict[str, set[Key]] = defaultdict(set)
	for line, item, warehouse in frappe.db.sql(
		f"""select line, item_code, warehouse from `tab{SHORT}` where status = 'To Count'
			and item_code in {listed("items")} and warehouse in {listed("warehouses")}""",
		{"items": as_list(items), "warehouses": as_list(warehouses)},
	):
		found[line].add((item, warehouse))
	return found
