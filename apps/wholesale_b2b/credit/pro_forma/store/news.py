"""Payment News: orders of whose payments other apps are still to be told. Written in the transaction of the payment."""

from collections.abc import Iterable

import frappe
from frappe.utils import add_to_date, now, now_datetime

from wholesale_b2b.setwise import insert_rows, new_hashes

DOCTYPE = "Payment News"
COLUMNS = (
	"name", "creation", "modified", "owner", "modified_by", "docstatus", "idx", "sales_order", "payment",
)  # fmt: skip


def put(orders: Iterable[str], payment: str) -> None:
	orders = list(orders)
	stamp, user = now(), frappe.session.user
	insert_rows(
		DOCTYPE,
		COLUMNS,
		[
			[name, stamp, stamp, user, user, 0, 0, order, payment]
			for name, order in zip(new_hashes(len(orders)), orders, strict=True)
		],
	)


def of(order: str, payment: str) -> list[str]:
	return frappe.get_all(DOCTYPE, {"sales_order": order, "payment": payment}, pluck="name")


def drop(names: Iterable[str]) -> None:
	frappe.db.delete(DOCTYPE, {"name": ("in", list(names) or [""])})


def overdue(seconds: int) -> list[tuple[str, str]]:
	"""(order, payment) of what nobody has been told for so long, the oldest first."""
	return frappe.db.sql(
		f"""select sales_order, payment from `tab{DOCTYPE}` where creation < %s
		group by sales_order, payment order by min(creation)""",
		[add_to_date(now_datetime(), seconds=-seconds)],
	)
