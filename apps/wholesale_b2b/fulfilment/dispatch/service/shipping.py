"""A picked list becomes Delivery Notes, one for each shipment."""

from collections.abc import Iterable, Sequence

import frappe
from erpnext.stock.doctype.pick_list import pick_list as erpnext_pick_list
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.fulfilment.dispatch.store import shipping as store
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.rules.shipments import Picked, Shipment, share, split
from wholesale_b2b.setup.switch import is_enabled, settings


def dispatch(
	pick_list: str,
	transporter: str | None = None,
	tracking_number: str | None = None,
	submit: bool | None = None,
	with_others: bool = False,
) -> dict:
	"""Make the Delivery Notes of what a submitted pick list has picked and no note carries yet.

	with_others: what other picked lists have for the same notes (`together`) goes on them too.

	transporter, tracking_number: the carrier (a Supplier) and its number, for all of them. submit: post them at once;
	None: as Wholesale Settings say. Asked again, or twice at the same moment, it makes nothing more.

	Orders that are held stay behind, the rest ships: held names them, with why.

	Returns `{"made": [names], "notes": [all notes of these lists], "held": {order: [reasons]}}`. Raises
	frappe.ValidationError where nothing was picked or all of it is held, frappe.PermissionError for those who may not make
	notes.
	"""
	picks = _locked(pick_list, together(frappe.get_doc("Pick List", pick_list)) if with_others else ())
	own, others = _picked(picks[0]), [line for pick in picks[1:] for line in _picked(pick)]
	named = {line.order for shipment in _sharing(own, others) for line in shipment.picked}
	held = holds.judge(named)
	shipments = _sharing(
		[line for line in own if line.order not in held], [line for line in others if line.order not in held]
	)
	if held and not shipments:
		holds.refuse(held)
	post = bool(settings().submit_at_dispatch) if submit is None else submit
	made = []
	for shipment in shipments:
		note = _note(picks, shipment)
		note.update({"transporter": transporter, "b2b_tracking_number": tracking_number})
		_save(note, post)
		made.append(note.name)
	notes = list({note.name: note for pick in picks for note in store.notes_of(pick.name)}.values())
	if not notes:
		frappe.throw(
			_("Nothing of {0} is picked, so there is nothing to ship.").format(_link("Pick List", pick_list)),
			title=_("Nothing to ship"),
		)
	return {
		"made": made,
		"notes": notes,
		"held": {order: [hold.reason for hold in reasons] for order, reasons in held.items()},
	}


def together(pick: Document) -> list[str]:
	"""The other picked lists of the same warehouse that have units for the Delivery Notes of this one, of those that the user
	may read: their orders' account consolidates deliveries."""
	if pick.docstatus != 1 or pick.status == "Completed":
		return []
	list_of, others = {}, []
	for name in store.lists_beside(pick.name):
		if frappe.has_permission("Pick List", "read", doc=name):
			lines = _picked(frappe.get_doc("Pick List", name))
			list_of |= {line.row: name for line in lines}
			others += lines
	shipments = _sharing(_picked(pick), others) if others else []
	return sorted(
		{list_of[line.row] for shipment in shipments for line in shipment.picked if line.row in list_of}
	)


def _sharing(own: Sequence[Picked], others: Sequence[Picked]) -> list[Shipment]:
	"""The shipments of `own`, with what of `others` goes with them."""
	rows = {line.row for line in own}
	return [
		shipment for shipment in split([*own, *others]) if any(line.row in rows for line in shipment.picked)
	]


def _save(note: Document, post: bool) -> None:
	"""Insert, and submit, by rights on the note itself."""
	frappe.has_permission("Delivery Note", "create", doc=note, throw=True)
	note.insert()
	if post:
		frappe.has_permission("Delivery Note", "submit", doc=note, throw=True)
		note.submit()


def _locked(name: str, others: Iterable[str]) -> list[Document]:
	"""The pick list as it stands once nobody else has it in hand, then the others that are still submitted: who dispatches a
	second time sees the first's notes."""
	frappe.get_doc("Pick List", name).check_permission("read")
	frappe.has_permission("Delivery Note", "create", throw=True)
	store.lock_documents(("Pick List", one) for one in (name, *others))
	pick = frappe.get_doc("Pick List", name)
	if pick.docstatus != 1:
		frappe.throw(
			_("{0} is not submitted. Pick it and submit it, then dispatch it.").format(
				_link("Pick List", name)
			),
			title=_("Not picked yet"),
		)
	beside = [frappe.get_doc("Pick List", one) for one in others]
	return [pick, *(one for one in beside if one.docstatus == 1)]


def _picked(pick: Document) -> list[Picked]:
	"""What is still to ship. Components of a bundle count while a whole one of them is on no note."""
	rows = store.picked_rows(pick.name)
	on_notes = store.bundles_on_notes(pick.name)
	left = {line: count - flt(on_notes.get(line)) for line, count in _bundles(pick).items()}
	found = []
	for row in rows:
		qty = flt(row.qty if not row.bundle else max(left.get(row.line, 0), 0), 6)
		if qty <= 0:
			continue
		# a charge or discount in money belongs to its order
		terms = (*(row[field] for field in store.HEADER), row.order if row.lump else None)
		found.append(
			Picked(
				row=row.row,
				qty=qty,
				order=row.order,
				line=row.line,
				customer=row.customer,
				account=row.account,
				currency=row.currency,
				address=row.address,
				date=row.date,
				consolidate=bool(row.consolidate),
				terms=terms,
			)
		)
	return found


def _bundles(pick: Document) -> dict[str, float]:
	"""Sales Order Item of a bundle → how many of it the components on this pick list make, as ERPNext counts them."""
	kits = pick._get_product_bundles()
	parts = pick._get_product_bundle_qty_map(kits.values())
	return {line: flt(pick._compute_picked_qty_for_bundle(line, parts[kit])) for line, kit in kits.items()}


def _note(picks: Iterable[Document], shipment: Shipment) -> Document:
	"""The unsaved note of a shipment: mapped by ERPNext from pick lists that hold this shipment's rows alone."""
	units = {line.row: line.qty for line in shipment.picked}
	note = frappe.new_doc("Delivery Note")
	# ERPNext asks for rights on the customer's addresses, which those who pack have not; on the note they have been checked
	note.flags.ignore_permissions = True
	for pick in picks:
		part = frappe.get_doc(pick.as_dict())
		part.locations = [row for row in part.locations if row.name in units]
		for row in part.locations:
			if not row.product_bundle_item:
				row.delivered_qty = flt(row.picked_qty) - units[row.name]
		on_it = {row.sales_order for row in part.locations}
		note = erpnext_pick_list.create_dn_from_so(
			part, [order for order in shipment.orders if order in on_it], note
		)
	_without_noted_bundles(note)
	_address(note, shipment)
	if len(shipment.orders) == 1:
		_lumps(note, shipment.orders[0])
	return note


def _lumps(note: Document, order: str) -> None:
	"""ERPNext copies charges and discounts in money whole onto every note of an order, and from there onto every invoice.

	The first shipment carries the charges; the discount is shared by worth.
	"""
	in_money = [tax for tax in note.taxes if tax.charge_type == "Actual" and flt(tax.tax_amount)]
	discount = flt(note.discount_amount) and not flt(note.additional_discount_percentage)
	if not (in_money or discount):
		return
	lumps = store.lumps(order)
	for tax in in_money:
		left = lumps["charges"].get((tax.account_head, tax.description), 0)
		tax.tax_amount = max(flt(left, 2), 0) if flt(tax.tax_amount) > 0 else min(flt(left, 2), 0)
	if discount:
		worth = sum(flt(row.qty) * flt(row.rate) for row in note.items)
		note.discount_amount = share(
			flt(lumps["discount"]), flt(lumps["worth"]), flt(lumps["shipped"]), worth, flt(lumps["given"])
		)
	note.run_method("calculate_taxes_and_totals")


def _without_noted_bundles(note: Document) -> None:
	"""ERPNext maps all bundles that the components make, also those that a note of their pick list carries already."""
	lists = {row.against_pick_list for row in note.items}
	on_notes = {(name, line): qty for name in lists for line, qty in store.bundles_on_notes(name).items()}
	kept = []
	for row in note.items:
		noted = on_notes.get((row.against_pick_list, row.so_detail))
		if noted and not row.pick_list_item:
			row.qty = flt(row.qty) - flt(noted) / (flt(row.conversion_factor) or 1)
		if flt(row.qty) > 0:
			kept.append(row)
	note.set("items", kept)


def _address(note: Document, shipment: Shipment) -> None:
	note.b2b_requested_date = shipment.date
	if shipment.address:
		send_to(note, shipment.address)


def send_to(note: Document, address: str) -> None:
	"""Put an address on an unsaved note."""
	if address != note.shipping_address_name:
		note.shipping_address_name = address
		# ERPNext fills in its text when it is saved
		note.shipping_address = None


def refuse_foreign_addresses(order: Document) -> None:
	"""A line goes to an address of the order's own customer."""
	named = {row.b2b_delivery_address for row in order.items if row.get("b2b_delivery_address")}
	if not named:
		return
	foreign = named - store.addresses_of(order.customer, named)
	wrong = [row for row in order.items if row.b2b_delivery_address in foreign]
	if wrong:
		frappe.throw(
			[
				_(
					"Row {0}: {1} is not an address of {2}. Choose one of theirs, or link it to them first."
				).format(
					row.idx,
					_link("Address", row.b2b_delivery_address),
					_link("Customer", order.customer),
				)
				for row in wrong
			],
			title=_("Somebody else's address"),
			as_list=True,
		)


def first_note(answer: dict) -> Document:
	"""What the form opens after a dispatch: the first note that was made, else the first there is."""
	name = (answer["made"] or [note.name for note in answer["notes"]])[0]
	return frappe.get_doc("Delivery Note", name)


def is_ours(pick_list: str) -> bool:
	"""Whether a pick list ships orders of a company that is switched on, all its rows."""
	pick = frappe.get_doc("Pick List", pick_list)
	return (
		is_enabled(pick.company)
		and pick.purpose == "Delivery"
		and all(row.sales_order for row in pick.locations)
	)


def _link(doctype: str, name: str) -> str:
	return get_link_to_form(doctype, name)
