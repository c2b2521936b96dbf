"""Reservations put aside while ERPNext posts a loss.

ERPNext refuses a Stock Reconciliation of anything reserved, even when enough stays, and an outward posting that takes
reserved units. For the time of such a posting the reservations of its shelves are out of ERPNext's sight, in this
transaction only and under the locks of their Bins: nobody else ever sees a shelf without them. `bring_back` ends it,
at the latest before the transaction commits, whatever became of the posting.
"""

import frappe

from wholesale_b2b.allocation.store import losses, writes
from wholesale_b2b.allocation.store.demand import Key


def put_aside(entries: dict[str, tuple[Key, str]]) -> None:
	"""name → (key, status) of open reservations whose rows and Bins this transaction has locked."""
	if not entries:
		return
	aside = _aside()
	if not aside:
		frappe.db.after_rollback.add(_forget)
		frappe.db.before_commit.add(bring_back)
	aside.update(entries)
	losses.hide(entries)
	writes.sum_bins({key for key, _status in entries.values()})


def bring_back() -> set[Key]:
	"""Bring back all that is aside, unchanged; returns the keys."""
	aside = dict(_aside())
	_forget()
	keys = {key for key, _status in aside.values()}
	losses.show({name: status for name, (_key, status) in aside.items()})
	writes.sum_bins(keys)
	return keys


def _aside() -> dict[str, tuple[Key, str]]:
	if not hasattr(frappe.local, "b2b_aside"):
		frappe.local.b2b_aside = {}
	return frappe.local.b2b_aside


def _forget() -> None:
	frappe.local.b2b_aside = {}
