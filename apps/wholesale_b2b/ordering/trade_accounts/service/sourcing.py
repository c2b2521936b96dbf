"""The warehouses that an account, or an Order Rule, names for its orders to be covered from."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.ordering.trade_accounts import store


def check_warehouses(doc: Document) -> None:
	"""Raise frappe.ValidationError for a row of `sourcing_warehouses` that no order of `doc.company` can be covered from."""
	names = [row.warehouse for row in doc.sourcing_warehouses]
	known = {row.name: row for row in store.warehouses(names)}
	for row in doc.sourcing_warehouses:
		place = known.get(row.warehouse) or frappe._dict()
		for wrong, why in (
			(names.count(row.warehouse) > 1, _("it stands in the list twice")),
			(
				place.company != doc.company,
				_("it belongs to {0}, not to {1}").format(place.company, doc.company),
			),
			(place.is_group, _("it is a group; name the warehouses below it")),
			(place.disabled, _("it is disabled")),
			(place.warehouse_type == "Transit", _("goods are only in transit there")),
			(place.is_rejected_warehouse, _("it is for rejected goods")),
		):
			if wrong:
				frappe.throw(
					_("Row {0}: orders cannot be covered from {1}: {2}.").format(
						row.idx, frappe.bold(row.warehouse), why
					)
				)
