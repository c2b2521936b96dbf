"""Where future units come from. Each kind of document that brings stock is a `SupplySource`.

Ours and those of other apps are found in the same way: the app hook `b2b_supply_sources` lists dotted paths of
`SupplySource` subclasses. A source only reads; the engine pegs, converts and releases the same for all.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cstr, getdate

from wholesale_b2b.setwise import as_list, listed

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Inbound:
	"""One row of future supply.

	doctype, name, row: the document and its row (the name again where the document has no rows). key: item and the
	warehouse that it will reach. open: still to come, stock UOM, 0 when the document has ended. received: what has
	arrived from it so far. expected: when the rest comes. for_line: the demand line for which it was bought, empty for none.
	"""

	doctype: str
	name: str
	row: str
	key: Key
	open: Decimal
	received: Decimal
	expected: date | None
	for_line: str = ""

	@property
	def id(self) -> str:
		"""Unique among all supplies."""
		return supply_id(self.doctype, self.row)


def supply_id(doctype: str, row: str) -> str:
	"""The name of a row of future supply among all supplies."""
	return f"{doctype}\n{row}"


class SupplySource(ABC):
	"""Base of all kinds of future supply. `supply_type` is the DocType that a Stock Pre Allocation names.

	first: SQL that finds the first document of this kind that could have open rows, quickly, or nothing (`kinds.in_use`):
	while there is none, nobody asks for rows. Left empty, rows are always asked for.
	"""

	supply_type = ""
	first = ""

	@abstractmethod
	def rows(self, items: Sequence[str], warehouses: Sequence[str], named: Sequence[str]) -> list[Inbound]:
		"""Open supply of these items at these warehouses (of the warehouse's own company), and the rows `named` whatever
		has become of them. One query, or few; never one per row."""

	def fulfilled(self, doc: Document) -> set[str]:
		"""Names of the rows of this source that a document brings in, receives against or otherwise changes."""
		return set()

	@abstractmethod
	def keys(self, names: Sequence[str]) -> set[Key]:
		"""Keys of rows by name."""

	def query(
		self, sql: str, items: Sequence[str], warehouses: Sequence[str], named: Sequence[str], **more
	) -> list[Inbound]:
		"""Run `sql` with items, warehouses and named as parameters; it answers with item_code, warehouse, name, row,
		open, received (stock UOM) and expected, and may with for_line. `listed_items` is a parameter for `setwise.listed`."""
		values = {
			"items": tuple(items) or ("",),
			"listed_items": as_list(items),
			"warehouses": tuple(warehouses) or ("",),
			"named": tuple(named) or ("",),
			**more,
		}
		found = frappe.db.sql(
			sql, {name: value for name, value in values.items() if f"%({name})s" in sql}, as_dict=True
		)
		return [
			Inbound(
				doctype=self.supply_type,
				name=row.name,
				row=row.row,
				key=(row.item_code, row.warehouse),
				open=max(_units(row.open), Decimal(0)),
				received=_units(row.received),
				expected=getdate(row.expected) if row.expected else None,
				for_line=row.get("for_line") or "",
			)
			for row in found
			if row.warehouse
		]


def either(
	columns: str, tables: str, row: str, named: Sequence[str], item: str, warehouse: str, live: str
) -> str:
	"""The rows that are `named`, and the live ones of the items at the warehouses: two questions, each by its own index."""
	here = f"{item} in {listed('listed_items')} and {warehouse} in %(warehouses)s and {live}"
	asked = f"select {columns} from {tables} where {here}"
	return f"{asked} union select {columns} from {tables} where {row} in %(named)s" if named else asked


class PurchaseOrders(SupplySource):
	"""Purchase Order rows: ordered less received. Receipts are Purchase Receipts and Purchase Invoices with stock."""

	supply_type = "Purchase Order"
	first = "select 1 from `tabPurchase Order`"
	receipt_row = {"Purchase Receipt": "purchase_order_item", "Purchase Invoice": "po_detail"}  # noqa: RUF012

	def rows(self, items, warehouses, named):
		sql = either(
			"""poi.item_code, poi.warehouse, po.name, poi.name as row,
				poi.received_qty * poi.conversion_factor as received,
				if(po.docstatus = 1 and po.status not in ('Closed', 'Cancelled', 'Delivered')
					and poi.delivered_by_supplier = 0 and wh.company = po.company,
					poi.stock_qty - poi.received_qty * poi.conversion_factor, 0) as open,
				ifnull(poi.expected_delivery_date, poi.schedule_date) as expected, poi.b2b_demand_line as for_line""",
			"""`tabPurchase Order Item` poi join `tabPurchase Order` po on po.name = poi.parent
			left join `tabWarehouse` wh on wh.name = poi.warehouse""",
			"poi.name",
			named,
			"poi.item_code",
			"poi.warehouse",
			"""po.docstatus = 1 and po.status not in ('Closed', 'Cancelled', 'Delivered')
				and poi.delivered_by_supplier = 0 and wh.company = po.company
				and poi.stock_qty > poi.received_qty * poi.conversion_factor""",
		)
		return self.query(sql, items, warehouses, named)

	def fulfilled(self, doc):
		field = self.receipt_row.get(doc.doctype)
		return {row.get(field) for row in doc.items if row.get(field)} if field else set()

	def keys(self, names):
		return keys_of_rows("Purchase Order Item", "item_code", "warehouse", names)


class WorkOrders(SupplySource):
	"""Work Orders: planned less produced and lost, promised from the planned end."""

	supply_type = "Work Order"
	first = "select 1 from `tabWork Order`"

	def rows(self, items, warehouses, named):
		sql = either(
			"""wo.production_item as item_code, wo.fg_warehouse as warehouse, wo.name, wo.name as row,
				wo.produced_qty as received,
				if(wo.docstatus = 1 and wo.status not in ('Stopped', 'Closed', 'Completed', 'Cancelled')
					and wh.company = wo.company, wo.qty - wo.produced_qty - wo.process_loss_qty, 0) as open,
				date(ifnull(wo.planned_end_date, ifnull(wo.expected_delivery_date, wo.planned_start_date))) as expected""",
			"""`tabWork Order` wo left join `tabWarehouse` wh on wh.name = wo.fg_warehouse""",
			"wo.name",
			named,
			"wo.production_item",
			"wo.fg_warehouse",
			"""wo.docstatus = 1 and wo.status not in ('Stopped', 'Closed', 'Completed', 'Cancelled')
				and wh.company = wo.company and wo.qty > wo.produced_qty + wo.process_loss_qty""",
		)
		return self.query(sql, items, warehouses, named)

	def fulfilled(self, doc):
		if doc.doctype == "Work Order":
			return {doc.name}
		return {doc.work_order} if doc.doctype == "Stock Entry" and doc.work_order else set()

	def keys(self, names):
		return keys_of_rows("Work Order", "production_item", "fg_warehouse", names)


class SubcontractingOrders(SupplySource):
	"""Subcontracting Order rows: the finished goods that the subcontractor owes."""

	supply_type = "Subcontracting Order"
	first = "select 1 from `tabSubcontracting Order`"

	def rows(self, items, warehouses, named):
		sql = either(
			"""i.item_code, i.warehouse, o.name, i.name as row,
				i.received_qty * ifnull(nullif(i.conversion_factor, 0), 1) as received,
				if(o.docstatus = 1 and o.status not in ('Closed', 'Cancelled', 'Completed') and wh.company = o.company,
					(i.qty - i.received_qty) * ifnull(nullif(i.conversion_factor, 0), 1), 0) as open,
				ifnull(i.expected_delivery_date, ifnull(i.schedule_date, o.schedule_date)) as expected""",
			"""`tabSubcontracting Order Item` i join `tabSubcontracting Order` o on o.name = i.parent
			left join `tabWarehouse` wh on wh.name = i.warehouse""",
			"i.name",
			named,
			"i.item_code",
			"i.warehouse",
			"""o.docstatus = 1 and o.status not in ('Closed', 'Cancelled', 'Completed')
				and wh.company = o.company and i.qty > i.received_qty""",
		)
		return self.query(sql, items, warehouses, named)

	def fulfilled(self, doc):
		if doc.doctype != "Subcontracting Receipt":
			return set()
		return {row.subcontracting_order_item for row in doc.items if row.subcontracting_order_item}

	def keys(self, names):
		return keys_of_rows("Subcontracting Order Item", "item_code", "warehouse", names)


# Where an outward transfer goes: to the warehouse that asked for it, else to the only one that names the transit
# warehouse as its own. A transfer of which neither is known is nobody's supply.
DESTINATION = "ifnull(mri.warehouse, home.name)"
TRANSFERS = """`tabStock Entry` e join `tabStock Entry Detail` d on d.parent = e.name
	left join `tabMaterial Request Item` mri on mri.name = d.material_request_item
	left join (
		select min(name) as name, default_in_transit_warehouse as transit from `tabWarehouse`
		where ifnull(default_in_transit_warehouse, '') <> '' group by default_in_transit_warehouse having count(*) = 1
	) home on home.transit = d.t_warehouse"""


class Transfers(SupplySource):
	"""Outward transfers into transit that have not been received: expected when the request for them says, or on the day."""

	supply_type = "Stock Entry"
	first = (
		"select 1 from `tabStock Entry` where add_to_transit = 1 and docstatus = 1 and per_transferred < 100"
	)

	def rows(self, items, warehouses, named):
		sql = either(
			f"""d.item_code, {DESTINATION} as warehouse, e.name, d.name as row,
				d.transferred_qty * d.conversion_factor as received,
				if(e.docstatus = 1, (d.qty - d.transferred_qty) * d.conversion_factor, 0) as open,
				greatest(ifnull(mri.schedule_date, e.posting_date), e.posting_date) as expected""",
			TRANSFERS,
			"d.name",
			named,
			"d.item_code",
			DESTINATION,
			"""e.docstatus = 1 and e.add_to_transit = 1 and e.per_transferred < 100 and d.qty > d.transferred_qty""",
		)
		return self.query(sql, items, warehouses, named)

	def fulfilled(self, doc):
		if doc.doctype != "Stock Entry":
			return set()
		sent = {row.name for row in doc.items} if doc.add_to_transit else set()
		return sent | {row.ste_detail for row in doc.items if row.ste_detail}

	def keys(self, names):
		if not names:
			return set()
		rows = frappe.db.sql(
			f"select distinct d.item_code, {DESTINATION} from {TRANSFERS} where d.name in %s", [tuple(names)]
		)
		return {(item, warehouse) for item, warehouse in rows if warehouse}


def sources() -> list[SupplySource]:
	"""All kinds of future supply that the installed apps know, in the order of their hooks."""
	if not getattr(frappe.local, "b2b_supply_sources", None):
		frappe.local.b2b_supply_sources = [
			frappe.get_attr(path)() for path in frappe.get_hooks("b2b_supply_sources")
		]
	return frappe.local.b2b_supply_sources


def supply_types() -> set[str]:
	"""DocTypes that are supplies."""
	return {source.supply_type for source in sources()}


def inbound(
	items: Sequence[str],
	warehouses: Sequence[str],
	named: dict[str, Sequence[str]] | None = None,
	of: set[str] | None = None,
) -> list[Inbound]:
	"""Open rows of all sources for these items and warehouses; `named`: supply type → rows wanted in any case; `of`: only
	of these supply types."""
	named = named or {}
	return [
		row
		for source in sources()
		if of is None or source.supply_type in of
		for row in source.rows(items, warehouses, tuple(named.get(source.supply_type, ())))
	]


def fulfilled(doc: Document) -> dict[str, set[str]]:
	"""Supply type → rows that a document brings in or changes, by all sources."""
	found = {source.supply_type: source.fulfilled(doc) for source in sources()}
	return {kind: names for kind, names in found.items() if names}


def touched(doc: Document) -> set[Key]:
	"""Keys whose supply a document may have changed beyond the rows it shows itself."""
	named = fulfilled(doc)
	return {
		key
		for source in sources()
		if source.supply_type in named
		for key in source.keys(tuple(named[source.supply_type]))
	}


def keys_of_rows(doctype: str, item_field: str, warehouse_field: str, names: Sequence[str]) -> set[Key]:
	"""(item, warehouse) of rows by name."""
	if not names:
		return set()
	rows = frappe.db.sql(
		f"select distinct `{item_field}`, `{warehouse_field}` from `tab{doctype}` where name in %s",
		[tuple(names)],
	)
	return {(cstr(item), cstr(warehouse)) for item, warehouse in rows if item and warehouse}


def _units(value: float | None) -> Decimal:
	return Decimal(str(round(value or 0, 6)))
