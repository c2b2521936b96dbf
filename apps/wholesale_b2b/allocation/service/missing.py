"""Units that a picker did not find, or found unfit: taken from the line that had them, and kept from everybody.

They are kept by a Stock Hold until somebody has counted. Their line is given others where there are any, but none from
the same shelf (`store.missing.barred`): where so many are missing, the rest is in question too.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from frappe import _
from frappe.utils import add_days, now_datetime

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.service.run import shrink
from wholesale_b2b.allocation.store import missing as store
from wholesale_b2b.allocation.store import reads, writes
from wholesale_b2b.allocation.store.demand import Key

ZERO = Decimal(0)
# Renewed every night as long as nobody has counted.
DAYS = 30


@dataclass(frozen=True, slots=True)
class Unfit:
	"""`qty` units that a line (a Sales Order Item or a component) was to have from a shelf. short: their Short Pick."""

	short: str
	line: str
	key: Key
	qty: Decimal
	reason: str


def keep_back(company: str, rows: Sequence[Unfit], cause: str) -> dict[str, tuple[str, Decimal]]:
	"""Take these units from their lines and hold them: Short Pick → (Stock Hold, units kept).

	Units that stand on other pick lists, and reservations that name batches or numbers, stay. The caller holds the locks of
	the Bins and marks the keys.
	"""
	keys = {row.key for row in rows}
	if not keys:
		return {}
	world = reads.load(keys)
	resized: dict[str, tuple] = {}
	taken: dict[tuple[str, Key], Decimal] = defaultdict(lambda: ZERO)
	kept = []
	for row in rows:
		place = (row.line, row.key)
		entries = [entry for entry in world.entries if (entry.line, entry.key) == place]
		loose = [entry for entry in entries if not entry.bound and not entry.busy]
		spare = _sum(entries) - world.picking.get((row.line, row.key[1]), ZERO) - taken[place]
		reserved = min(row.qty, max(spare, ZERO))
		cut = min(reserved, max(_sum(loose) - taken[place], ZERO))
		taken[place] += cut
		resized |= {change[0]: change for change in shrink(loose, taken[place])}
		# what cannot be taken from the line stays promised to it; holding that too would count it twice
		if (hold := row.qty - (reserved - cut)) > ZERO:
			kept.append((row, hold))
	writes.resize(list(resized.values()))
	writes.sum_bins(keys)
	names = store.hold(
		company,
		[
			{
				"for_name": row.short,
				"item_code": row.key[0],
				"warehouse": row.key[1],
				"qty": qty,
				"reason": _("{0}: {1}. Kept until it is counted.").format(cause, row.reason),
			}
			for row, qty in kept
		],
		add_days(now_datetime(), DAYS),
	)
	marking.mark(keys, cause)
	return {row.short: (name, qty) for name, (row, qty) in zip(names, kept, strict=True)}


def _sum(entries: Iterable[reads.Entry]) -> Decimal:
	return sum((entry.open for entry in entries), ZERO)


def keep_longer(holds: Sequence[str], until: datetime) -> None:
	"""Let these holds stand until then."""
	store.extend(holds, until)
