"""Default accounts from before the database watched over them: the one that was made it last stays, and is marked."""

import frappe

from wholesale_b2b.ordering.trade_accounts.store import ACCOUNT, default_key


def execute() -> None:
	kept: set[str] = set()
	rows = frappe.get_all(
		ACCOUNT, {"is_default": 1}, ["name", "customer", "company"], order_by="modified desc, name"
	)
	for row in rows:
		key = default_key(row.customer, row.company)
		values = {"is_default": 0, "default_of": None} if key in kept else {"default_of": key}
		frappe.db.set_value(ACCOUNT, row.name, values, update_modified=False)
		kept.add(key)
