"""What is kept and said of runs: Allocation Runs with their changes, and words to those who look after the orders."""

from collections.abc import Iterable, Sequence

import frappe

from wholesale_b2b.allocation.store.writes import stamp
from wholesale_b2b.setwise import insert_rows


def log_run(run: dict, changes: Sequence[dict], moves: Sequence[dict] = (), into: str | None = None) -> str:
	"""Insert an Allocation Run with its Allocation Changes and Moves; returns its name.

	into: an Allocation Run that is there already and takes the rows; its own fields are its owner's business.
	"""
	name, fixed = into or frappe.generate_hash(length=12), stamp()
	if not into:
		insert_rows("Allocation Run", ["name", *fixed, *run], [[name, *fixed.values(), *run.values()]])
	for doctype, table, rows in (
		("Allocation Change", "changes", changes),
		("Allocation Move", "moves", moves),
	):
		if not rows:
			continue
		first = 1 + (frappe.db.count(doctype, {"parent": into}) if into else 0)
		parent = {**fixed, "parent": name, "parenttype": "Allocation Run", "parentfield": table}
		insert_rows(
			doctype,
			["name", "idx", *parent, *rows[0]],
			(
				[frappe.generate_hash(length=12), idx, *parent.values(), *row.values()]
				for idx, row in enumerate(rows, first)
			),
		)
	return name


def tell(messages: Sequence[dict], doctype: str = "Sales Order") -> None:
	"""A line in the timeline of each order, or other document, and a notification to each of its people.

	Keys: sales_order (or as the DocType is called), subject (text), content (HTML), users. Written without controllers, so
	that the document's row, which somebody may be saving, is not touched.
	"""
	named = frappe.scrub(doctype)
	fixed = {**stamp(), "docstatus": 0, "idx": 0}
	about = ["reference_doctype", "reference_name", "comment_type", "comment_email", "comment_by", "content"]
	insert_rows(
		"Comment",
		["name", *fixed, *about],
		(
			[
				frappe.generate_hash(length=12),
				*fixed.values(),
				doctype,
				row[named],
				"Info",
				frappe.session.user,
				frappe.session.user,
				row["content"],
			]
			for row in messages
		),
	)
	insert_rows(
		"Notification Log",
		[
			"name",
			*fixed,
			"for_user",
			"from_user",
			"type",
			"document_type",
			"document_name",
			"subject",
			"read",
		],
		(
			[
				frappe.generate_hash(length=12),
				*fixed.values(),
				user,
				frappe.session.user,
				"Alert",
				doctype,
				row[named],
				row["subject"],
				0,
			]
			for row in messages
			for user in row["users"]
		),
	)
	for user in sorted({user for row in messages for user in row["users"]}):
		frappe.publish_realtime("notification", user=user, after_commit=True)


def people_of(orders: Iterable[str]) -> dict[str, list[str]]:
	"""Order → enabled Desk users who look after it: its owner and those it is assigned to."""
	orders = tuple(set(orders))
	if not orders:
		return {}
	found: dict[str, list[str]] = {}
	for order, user in frappe.db.sql(
		"""select distinct x.name, u.name from (
			select name, owner as user from `tabSales Order` where name in %(orders)s
			union select reference_name, allocated_to from `tabToDo`
				where reference_type = 'Sales Order' and status = 'Open' and reference_name in %(orders)s
		) x join `tabUser` u on u.name = x.user and u.enabled = 1 and u.user_type = 'System User'
		order by x.name, u.name""",
		{"orders": orders},
	):
		found.setdefault(order, []).append(user)
	return found


def forget_runs(days: int) -> None:
	"""Delete Allocation Runs whose last deed is older than `days`, save re-sequencings that nobody has applied or that
	are being worked on."""
	old = """greatest(creation, ifnull(applied_at, creation), ifnull(undone_at, creation)) < now() - interval %s day
		and status not in ('Draft', 'Simulating', 'Simulated', 'Applying', 'Undoing')"""
	for table in ("Allocation Change", "Allocation Move", "Allocation Run Segment"):
		frappe.db.sql(
			f"delete from `tab{table}` where parent in (select name from `tabAllocation Run` where {old})",
			[days],
		)
	frappe.db.sql(f"delete from `tabAllocation Run` where {old}", [days])
