"""Reads for customers on the website: who they are, what they may see."""

from collections.abc import Iterable, Sequence

import frappe

from wholesale_b2b.allocation.store.answers import SELLING
from wholesale_b2b.setwise import chunks


def customers_of(user: str) -> list[str]:
	"""Customers whose *Portal Users* name this user, without disabled ones, sorted."""
	return frappe.db.sql_list(
		"""select distinct c.name from `tabPortal User` p join `tabCustomer` c on c.name = p.parent
		where p.parenttype = 'Customer' and p.user = %s and c.disabled = 0 order by c.name""",
		[user],
	)


def selling_warehouses(companies: Iterable[str]) -> list[str]:
	"""Warehouses of these companies from which is sold: no groups, none in transit, disabled or for rejected goods."""
	return frappe.get_all(
		"Warehouse", {"company": ("in", list(companies)), "is_group": 0, **SELLING}, pluck="name"
	)


def on_offer(items: Sequence[str]) -> set[str]:
	"""Of these items, those that are sold: sales items that are neither disabled nor templates nor past their life."""
	found: set[str] = set()
	for chunk in chunks(items, 5000):
		found.update(
			frappe.db.sql_list(
				"""select name from `tabItem` where name in %s and is_sales_item = 1 and disabled = 0
				and has_variants = 0 and ifnull(nullif(end_of_life, '0000-00-00'), '2999-12-31') > curdate()""",
				[tuple(chunk)],
			)
		)
	return found
