"""Reads of the Allocation Board and of moves by hand."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document

from wholesale_b2b.allocation.store import picking
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.setwise import chunks


def item_keys(item: str, companies: Iterable[str]) -> set[Key]:
	"""The Bins of an item in the warehouses of these companies."""
	rows = frappe.db.sql(
		"""select b.item_code, b.warehouse from `tabBin` b join `tabWarehouse` w on w.name = b.warehouse
		where b.item_code = %s and w.company in %s and w.is_group = 0""",
		[item, tuple(companies) or ("",)],
	)
	return set(rows)


def lines(names: Iterable[str]) -> dict[str, dict]:
	"""Demand lines by name: row (the Sales Order Item), sales_order, idx, customer, customer_name, status, and kit: the
	Product Bundle that a component belongs to."""
	found: dict[str, dict] = {}
	of_order = "soi.name as row, soi.parent as sales_order, soi.idx, so.customer, so.customer_name, so.status"
	for chunk in chunks(sorted(set(names))):
		for row in frappe.db.sql(
			f"""select soi.name, {of_order}, null as kit
			from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent where soi.name in %(names)s
			union all
			select part.name, {of_order}, soi.item_code
			from `tabPacked Item` part join `tabSales Order Item` soi on soi.name = part.parent_detail_docname
			join `tabSales Order` so on so.name = soi.parent
			where part.parenttype = 'Sales Order' and part.name in %(names)s""",
			{"names": tuple(chunk)},
			as_dict=True,
		):
			found[row.pop("name")] = row
	return found


def orders(names: Iterable[str]) -> list[Document]:
	"""These Sales Orders, without their rows."""
	return [
		frappe.get_doc({"doctype": "Sales Order", **row})
		for chunk in chunks(sorted(set(names)))
		for row in frappe.db.sql(
			"select * from `tabSales Order` where name in %s", [tuple(chunk)], as_dict=True
		)
	]


def pick_lists(names: Iterable[str]) -> dict[tuple[str, str], list[str]]:
	"""(line, warehouse) → the open pick lists that it is on."""
	found: dict[tuple[str, str], list[str]] = {}
	names = tuple(set(names)) or ("",)
	for line, warehouse, name in frappe.db.sql(
		f"""select distinct {picking.LINE}, row.warehouse, pl.name from {picking.ROWS}
		where row.product_bundle_item in %(names)s
			or (row.sales_order_item in %(names)s and ifnull(row.product_bundle_item, '') = '')
		order by pl.name""",
		{"names": names},
	):
		found.setdefault((line, warehouse), []).append(name)
	return found


def suppliers(orders: Iterable[str]) -> dict[str, str]:
	"""Purchase Order → the supplier's name."""
	orders = tuple(set(orders))
	if not orders:
		return {}
	return dict(
		frappe.db.sql("select name, supplier_name from `tabPurchase Order` where name in %s", [orders])
	)


def last_move(line: str, warehouse: str, supply_row: str | None) -> dict | None:
	"""The last time a person gave units of a supply to a line: qty, from_order, reason, user (full name), at, run."""
	rows = frappe.db.sql(
		"""select m.qty, m.from_order, run.reason, ifnull(u.full_name, run.user) as user, run.started_at as at,
			run.name as run
		from `tabAllocation Move` m join `tabAllocation Run` run on run.name = m.parent
		left join `tabUser` u on u.name = run.user
		where m.to_line = %s and m.warehouse = %s and ifnull(m.supply_row, '') = %s
		order by run.started_at desc, m.idx desc limit 1""",
		[line, warehouse, supply_row or ""],
		as_dict=True,
	)
	return rows[0] if rows else None


# ---- moves that were made ---------------------------------------------------------------------------------------


def run_of(idempotency_key: str) -> str | None:
	"""The Allocation Run that a request with this key has made."""
	return frappe.db.get_value("Allocation Run", {"idempotency_key": idempotency_key})


def moves(run: str) -> list[dict]:
	"""What was moved by a run: item_code, warehouse, qty, from_line, to_line, supply_type, supply_row, and the reason."""
	return frappe.db.sql(
		"""select m.item_code, m.warehouse, m.qty, m.from_line, m.to_line, m.supply_type, m.supply_row, run.reason
		from `tabAllocation Move` m join `tabAllocation Run` run on run.name = m.parent
		where m.parent = %s order by m.idx""",
		[run],
		as_dict=True,
	)


CHANGE = (
	"sales_order",
	"sales_order_item",
	"packed_item",
	"item_code",
	"warehouse",
	"outcome",
	"beneficiary",
	"reserved_before",
	"reserved_after",
	"pre_allocated_before",
	"pre_allocated_after",
	"promise_date_before",
	"promise_date_after",
)


def changes(run: str) -> list[dict]:
	"""The Allocation Changes of a run, with the keys of `CHANGE`."""
	return frappe.db.sql(
		f"select {', '.join(CHANGE)} from `tabAllocation Change` where parent = %s order by idx",
		[run],
		as_dict=True,
	)
