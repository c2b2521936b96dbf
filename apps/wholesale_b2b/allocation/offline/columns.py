"""The columns of the three input files: their names, what other systems call them, what they mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wholesale_b2b.allocation.offline.model import Unreadable


@dataclass(frozen=True, slots=True)
class Column:
	"""A column. aliases: other headings for it, the better match first; compared without case, spaces or signs."""

	name: str
	meaning: str
	aliases: tuple[str, ...] = ()
	needed: bool = False


ITEM = Column(
	"item",
	"item code",
	(
		"itemcode",
		"sku",
		"stockcode",
		"productcode",
		"product",
		"partnumber",
		"partno",
		"article",
		"articleno",
	),
	needed=True,
)

DEMAND = (
	Column(
		"line",
		"unique name of the order line; without this column: the order and a number",
		("lineid", "linename", "salesorderitem", "orderline", "orderlineid", "lineno"),
	),
	Column(
		"order",
		"order number; fill rate by orders needs it",
		("orderno", "ordernumber", "orderid", "salesorder", "salesorderno", "invoiceno", "reference"),
	),
	Column("customer", "who ordered", ("customername", "customerid", "customercode", "account", "accountno")),
	ITEM,
	Column(
		"warehouse",
		"where it may be covered from, best first, separated by |; empty: from wherever the item is",
		("warehouses", "location", "depot", "site"),
	),
	Column(
		"qty",
		"units still to deliver, in the item's stock unit",
		(
			"openqty",
			"pendingqty",
			"qtytodeliver",
			"outstandingqty",
			"outstanding",
			"owed",
			"backorderqty",
			"stockqty",
			"quantity",
			"orderedqty",
			"units",
		),
		needed=True,
	),
	Column("priority", "class, a whole number, 1 before 2; empty: 50", ("priorityclass", "class")),
	Column(
		"needed_by",
		"date the customer asked for",
		("deliverydate", "requireddate", "requesteddate", "requireddeliverydate", "duedate", "shipdate"),
	),
	Column(
		"placed_at",
		"date, or date and time, of the order",
		("orderdate", "transactiondate", "placedon", "date", "invoicedate", "createdat"),
	),
	Column("entered_at", "date and time it was keyed in, decides within a day", ("creation", "createdon")),
	Column("strategy", "earliest, just in time or fair share; empty: earliest", ("allocationstrategy",)),
	Column("pack", "units that a fair share keeps together; empty: 1", ("casepack", "packsize", "packqty")),
	Column("horizon_days", "the line's own reservation horizon in days, before --horizon", ("horizon",)),
	Column("segments", "channel, customer groups and account, separated by |", ("segment",)),
)

SUPPLY = (
	Column(
		"supply",
		"unique name; without this column: the document and a number, or item and warehouse",
		("supplyid", "supplyname", "supplykey", "purchaseorderitem", "poline"),
	),
	Column("kind", "on hand, or inbound or any other word for what is to come", ("supplytype", "type")),
	Column(
		"document",
		"purchase order or other document that brings it",
		("purchaseorder", "purchaseorderno", "pono", "ponumber", "documentno", "reference"),
	),
	ITEM,
	Column("warehouse", "where it is, or arrives", ("location", "depot", "site")),
	Column(
		"qty",
		"units that may be promised, those that kept promises use included, in the stock unit",
		(
			"openqty",
			"availableqty",
			"actualqty",
			"onhand",
			"onhandqty",
			"pendingqty",
			"stockqty",
			"quantity",
			"units",
		),
		needed=True,
	),
	Column(
		"available_on",
		"date from which it can ship; empty: now if on hand, else no date is known",
		(
			"available",
			"expecteddate",
			"expecteddeliverydate",
			"expected",
			"scheduledate",
			"eta",
			"arrivaldate",
			"duedate",
			"requiredby",
			"date",
		),
	),
)

KEPT = (
	Column(
		"line", "name of the order line, as in the demand file", ("demand", "salesorderitem"), needed=True
	),
	Column("supply", "name of the supply, as in the supply file", ("purchaseorderitem",), needed=True),
	Column("qty", "units already promised", ("quantity", "units", "reservedqty"), needed=True),
	Column("frozen", "of these, units being picked, which may not be taken away", ("picking", "pickedqty")),
)

PROTECTIONS = (
	Column("supply", "name of a supply on hand, as in the supply file", ("shelf",), needed=True),
	Column(
		"segment", "whom it is for: one of the segments of the demand file", ("channel", "group"), needed=True
	),
	Column("floor", "units that nobody else may take while the segment has less", ("least", "minimum")),
	Column("ceiling", "most units that the segment may hold; empty: no cap", ("most", "maximum")),
)


def match(file: str, header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
	"""Which cell of a row is what: column name → position. A column's own name wins over any alias.

	Raises `Unreadable` when a needed column is missing.
	"""
	positions: dict[str, int] = {}
	for position, heading in enumerate(header):
		if heading:
			positions.setdefault(plain(heading), position)
	places: dict[str, int] = {}
	for column in columns:
		if plain(column.name) in positions:
			places[column.name] = positions.pop(plain(column.name))
	for column in columns:
		known = next((alias for alias in column.aliases if alias in positions), None)
		if column.name not in places and known:
			places[column.name] = positions.pop(known)
	missing = [column for column in columns if column.needed and column.name not in places]
	if missing:
		wanted = "; ".join(f"{column.name} (or {', '.join(column.aliases[:4])})" for column in missing)
		raise Unreadable(
			f"{file}: the heading has no column {wanted}. It has: {', '.join(name for name in header if name)}."
		)
	return places


def plain(heading: str) -> str:
	"""A heading without case, spaces, underscores and signs: `Item Code` and `item_code` are `itemcode`."""
	return re.sub(r"[\W_]+", "", heading).casefold()
