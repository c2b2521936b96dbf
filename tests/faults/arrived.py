"""What has arrived in an accounting package, when all is quiet again."""

from collections.abc import Sequence

import frappe
from books.world import World
from frappe.utils import getdate, nowdate

from wholesale_b2b.accounting.rules import reconciling
from wholesale_b2b.accounting.service import reconciliation


def all_arrived_once(world: World, names: Sequence[str]) -> None:
	"""Each of these invoices is over there once, is linked once, and is the same on both sides."""
	world.drain_all()
	for name in names:
		assert len(world.booked(name)) == 1, name
	links = frappe.db.sql(
		"""select reference_name, count(*) from `tabSync Link` where accounting_connection = %s
		and reference_doctype = 'Sales Invoice' and reference_name in %s group by reference_name""",
		[world.connection.name, tuple(names)],
	)
	assert dict(links) == dict.fromkeys(names, 1)
	if hasattr(world, "balances"):
		world.balances()
	rows = reconciliation.compare(world.connection.name, getdate(nowdate()), getdate(nowdate()))
	mine = [row for row in rows if row.number in set(names)]
	assert len(mine) == len(names) and reconciling.is_green(mine)
