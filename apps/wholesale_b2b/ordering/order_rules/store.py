"""Reads and writes of Order Rules: rules, facts of orders, and what a rule decided about them."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cast, cint, flt

from wholesale_b2b.allocation.store.demand import ENDED_ORDER, Key
from wholesale_b2b.ordering.order_rules.rules import OrderFacts, Outcome, Rule
from wholesale_b2b.setwise import chunks, lockable, update_rows
from wholesale_b2b.trees import paths

RULE = "Order Rule"
ORDER = "Sales Order"
TEXTS = (
	"company",
	"customer",
	"customer_group",
	"territory",
	"channel",
	"item_group",
	"condition",
	"strategy",
	"price_tier",
)
FACTS = ("name", "company", "customer", "customer_group", "territory", "b2b_channel", "base_net_total")
OUTCOME = ("b2b_order_rule", "b2b_rule_priority", "b2b_strategy", "b2b_horizon_days", "b2b_rule_policy")


# ---- rules ------------------------------------------------------------------------------------------------------


def rules(only_enabled: bool = True) -> list[Rule]:
	"""The Order Rules, as `rules.Rule`, in no order."""
	fields = ["name", "priority_order", "enabled", "item_group_match", "min_value", "max_value", "priority"]
	rows = frappe.get_all(
		RULE,
		{"enabled": 1} if only_enabled else {},
		[*fields, "horizon_days", "fulfilment_policy", *TEXTS],
		order_by="name",
	)
	return [as_rule(row) for row in rows]


def as_rule(row: Document | frappe._dict) -> Rule:
	"""An Order Rule, a row or a document (saved or not), as the pure rules know it."""
	return Rule(
		name=row.get("name") or "",
		position=cint(row.get("priority_order")),
		enabled=bool(row.get("enabled")),
		item_group_match=row.get("item_group_match") or "",
		min_value=_money(row.get("min_value")),
		max_value=_money(row.get("max_value")),
		priority=cint(row.get("priority")),
		horizon_days=cint(row.get("horizon_days")),
		policy=row.get("fulfilment_policy") or "",
		**{name: (row.get(name) or "").strip() for name in TEXTS},
	)


def places_of(customer: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
	"""The customer groups and the territories that a customer is in, the nearest first."""
	group, territory = frappe.db.get_value("Customer", customer, ["customer_group", "territory"]) or ("", "")
	return (
		paths("Customer Group", [group]).get(group, ()),
		paths("Territory", [territory]).get(territory, ()),
	)


def sourcing(companies: Iterable[str]) -> dict[str, tuple[str, ...]]:
	"""Enabled rule of these companies → its sourcing warehouses, best first. Rules without any are left out."""
	rows = frappe.db.sql(
		"""select r.name, w.warehouse from `tabOrder Rule` r
		join `tabOrder Rule Warehouse` w on w.parent = r.name and w.parenttype = 'Order Rule'
		join `tabWarehouse` wh on wh.name = w.warehouse and wh.company = r.company and wh.is_group = 0
			and wh.disabled = 0 and wh.is_rejected_warehouse = 0
		where r.enabled = 1 and r.company in %s order by r.name, w.idx""",
		[tuple(companies) or ("",)],
	)
	found: dict[str, list[str]] = defaultdict(list)
	for rule, warehouse in rows:
		found[rule].append(warehouse)
	return {rule: tuple(warehouses) for rule, warehouses in found.items()}


# ---- facts ------------------------------------------------------------------------------------------------------


def facts_of(order: Document) -> OrderFacts:
	"""The facts of one order as it stands in memory."""
	head = frappe._dict({name: order.get(name) for name in FACTS})
	items = {row.item_code for row in order.items if row.item_code}
	lines = {head.name: [row.item_code for row in order.items if row.item_code]}
	return _facts([head], lines, _item_groups(items))[0]


def facts(names: Iterable[str]) -> list[OrderFacts]:
	"""The facts of saved orders, in the order of their names."""
	names = sorted(set(names))
	if not names:
		return []
	heads = frappe.get_all(ORDER, {"name": ("in", names)}, list(FACTS), order_by="name")
	lines: dict[str, list[str]] = defaultdict(list)
	for order, item in frappe.db.sql(
		"select parent, item_code from `tabSales Order Item` where parent in %s and item_code is not null",
		[tuple(names)],
	):
		lines[order].append(item)
	return _facts(heads, lines, _item_groups({item for items in lines.values() for item in items}))


def _facts(
	heads: list[frappe._dict], lines: dict[str, list[str]], groups: dict[str, str]
) -> list[OrderFacts]:
	customer_groups = paths("Customer Group", (head.customer_group for head in heads))
	territories = paths("Territory", (head.territory for head in heads))
	item_groups = paths("Item Group", groups.values())
	return [
		OrderFacts(
			order=head.name or "",
			company=head.company or "",
			customer=head.customer or "",
			customer_groups=customer_groups.get(head.customer_group, ()),
			territories=territories.get(head.territory, ()),
			channel=(head.b2b_channel or "").strip(),
			item_groups=tuple(item_groups.get(groups.get(item), ()) for item in lines.get(head.name, ())),
			value=_money(head.base_net_total),
		)
		for head in heads
	]


def _item_groups(items: Iterable[str]) -> dict[str, str]:
	found: dict[str, str] = {}
	for chunk in chunks(sorted(set(items))):
		found.update(frappe.db.sql("select name, item_group from `tabItem` where name in %s", [tuple(chunk)]))
	return found


def _money(value: float | None) -> Decimal:
	return Decimal(str(flt(value, 9)))


# ---- documents for Python conditions ----------------------------------------------------------------------------


def as_condition_doc(order: Document) -> frappe._dict:
	"""An order in memory, for a condition: fields by name, tables as lists of rows, dates as dates."""
	doc = frappe._dict(order.as_dict())
	for table in order.meta.get_table_fields():
		doc[table.fieldname] = [_cast(table.options, row) for row in doc.get(table.fieldname) or ()]
	return _cast(ORDER, doc)


def condition_docs(names: Iterable[str]) -> dict[str, frappe._dict]:
	"""Saved orders in the same shape, one query per table."""
	names = sorted(set(names))
	if not names:
		return {}
	docs = {row.name: row for row in frappe.get_all(ORDER, {"name": ("in", names)}, ["*"])}
	for table in frappe.get_meta(ORDER).get_table_fields():
		for doc in docs.values():
			doc[table.fieldname] = []
		rows = frappe.get_all(
			table.options,
			{"parent": ("in", names), "parenttype": ORDER, "parentfield": table.fieldname},
			["*"],
			order_by="parent, idx",
		)
		for row in rows:
			docs[row.parent][table.fieldname].append(row)
	return docs


def _cast(doctype: str, row: dict) -> frappe._dict:
	row = frappe._dict(row)
	for field in frappe.get_meta(doctype).get("fields", {"fieldtype": ("in", ("Date", "Datetime"))}):
		if row.get(field.fieldname):
			row[field.fieldname] = cast(field.fieldtype, row[field.fieldname])
	return row


def newest_order() -> str | None:
	"""The order that was entered last, to try a condition on."""
	return frappe.db.get_value(ORDER, {}, "name", order_by="creation desc")


# ---- open orders ------------------------------------------------------------------------------------------------


def open_orders(companies: Iterable[str]) -> list[str]:
	"""Submitted orders of these companies with something still to deliver, the oldest first."""
	companies = tuple(companies)
	if not companies:
		return []
	return frappe.db.sql_list(
		"""select name from `tabSales Order` where docstatus = 1 and status not in %s and per_delivered < 100
			and company in %s order by creation, name""",
		[ENDED_ORDER, companies],
	)


def open_orders_of(rule: str, companies: Iterable[str]) -> list[str]:
	"""The open orders that follow a rule."""
	following = set(frappe.get_all(ORDER, {"b2b_order_rule": rule, "docstatus": 1}, pluck="name"))
	return [name for name in open_orders(companies) if name in following] if following else []


def clear_rule(rule: str) -> None:
	"""Take a rule off all orders, ended ones too."""
	frappe.db.sql(
		"""update `tabSales Order` set b2b_order_rule = null, b2b_rule_priority = 0, b2b_strategy = '',
			b2b_horizon_days = 0, b2b_rule_policy = null where b2b_order_rule = %s""",
		[rule],
	)


def lock(names: Iterable[str]) -> set[str]:
	"""Lock these orders; those that somebody is saving are left out."""
	return lockable(ORDER, names)


def outcomes(names: Iterable[str]) -> dict[str, Outcome]:
	"""Order → what its fields say a rule decided."""
	rows = frappe.get_all(ORDER, {"name": ("in", list(names))}, ["name", *OUTCOME])
	return {row.name: Outcome(*_outcome(row)) for row in rows}


def _outcome(row: Document | frappe._dict) -> tuple:
	rule, priority, strategy, horizon, policy = (row.get(name) for name in OUTCOME)
	return rule or "", cint(priority), strategy or "", cint(horizon), policy or ""


def write_outcomes(decided: dict[str, Outcome]) -> None:
	"""Put on the orders what rules decided. Leaves `modified` alone, so that open forms can be saved."""
	update_rows(ORDER, OUTCOME, ((name, *values(outcome)) for name, outcome in sorted(decided.items())))
	for name in decided:
		frappe.clear_document_cache(ORDER, name)


def set_outcome(order: Document, outcome: Outcome) -> None:
	"""The same on an order in memory that is being saved."""
	order.update(dict(zip(OUTCOME, values(outcome), strict=True)))


def values(outcome: Outcome) -> tuple:
	"""An outcome as the fields of `OUTCOME` hold it."""
	return (
		outcome.rule or None,
		outcome.priority,
		outcome.strategy,
		outcome.horizon_days,
		outcome.policy or None,
	)


def keys_of(names: Iterable[str], sources: dict[str, tuple[str, ...]]) -> set[Key]:
	"""Where these orders are or may be covered from: their lines' warehouses, their pegs, their sourcing warehouses.

	sources: order → the warehouses that its rule names.
	"""
	keys: set[Key] = set()
	for chunk in chunks(sorted(set(names))):
		for order, item, warehouse in frappe.db.sql(
			"""select parent, item_code, warehouse from `tabSales Order Item` where parent in %(orders)s
			union select parent, item_code, warehouse from `tabPacked Item`
				where parenttype = 'Sales Order' and parent in %(orders)s
			union select voucher_no, item_code, warehouse from `tabStock Reservation Entry`
				where voucher_type = 'Sales Order' and voucher_no in %(orders)s and docstatus = 1
			union select sales_order, item_code, warehouse from `tabStock Pre Allocation`
				where status = 'Open' and sales_order in %(orders)s""",
			{"orders": tuple(chunk)},
		):
			keys.update((item, place) for place in (warehouse, *sources.get(order, ())))
	return {(item, warehouse) for item, warehouse in keys if item and warehouse}


# ---- holds ------------------------------------------------------------------------------------------------------


def held_by_rule(names: Iterable[str]) -> dict[str, frappe._dict]:
	"""Of these orders, those whose rule holds its orders and that nobody has released: order → rule, reason, role."""
	rows = frappe.db.sql(
		"""select so.name, rule.name as rule, rule.hold_reason as reason, rule.hold_role as role
		from `tabSales Order` so join `tabOrder Rule` rule on rule.name = so.b2b_order_rule
		where so.name in %s and ifnull(rule.hold_reason, '') <> '' and ifnull(so.b2b_rule_released, '') <> rule.name""",
		[tuple(names) or ("",)],
		as_dict=True,
	)
	return {row.name: row for row in rows}


def hold_reason(rule: str) -> str:
	"""Why a rule holds its orders; empty where it does not."""
	return frappe.db.get_value(RULE, rule, "hold_reason") or ""


def rules_that_hold() -> set[str]:
	"""The rules whose orders are held."""
	return set(frappe.get_all(RULE, {"hold_reason": ("is", "set")}, pluck="name"))


def set_released(order: str, rule: str) -> None:
	"""Note that somebody has released an order from its rule's hold. Leaves `modified` alone."""
	update_rows(ORDER, ["b2b_rule_released"], [(order, rule)])
	frappe.clear_document_cache(ORDER, order)
