"""Serial and batch items: reserved by quantity, bound to batches and numbers when they are picked."""

from collections import defaultdict

import frappe
import pytest
from builders import (
	add_stock,
	make_bundle,
	make_delivery_note,
	make_item,
	make_sales_order,
	settle_everything,
	unique,
)
from erpnext.stock.doctype.pick_list.pick_list import create_delivery_note
from erpnext.stock.doctype.serial_no.serial_no import get_serial_nos
from test_batches import expire, figures, stock

from wholesale_b2b.fulfilment.overrides import create_pick_list

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def item():
	"""A batch item; stock comes batch by batch."""
	made = make_item(has_batch_no=1, create_new_batch=0)
	frappe.db.commit()
	return made


@pytest.fixture
def numbered():
	"""An item with serial numbers, ten of them on hand."""
	made = make_item(has_serial_no=1, serial_no_series=f"{unique('S')}-.###")
	add_stock(made.name, 10)
	return made


def bound(pick):
	return [(row.batch_no, row.stock_qty) for row in pick.locations]


def pick_of(order):
	pick = create_pick_list(order.name)
	pick.insert()
	frappe.db.commit()
	return pick


def submit(doc):
	doc.submit()
	frappe.db.commit()
	return doc


def ship(pick):
	"""The Delivery Note of a pick list, submitted."""
	note = create_delivery_note(pick.name)
	note.reload()
	return submit(note)


def entries(order):
	return frappe.get_all(
		"Stock Reservation Entry",
		{"voucher_no": order.name, "docstatus": 1},
		["reserved_qty", "delivered_qty", "status", "reservation_based_on"],
	)


def shipped(note):
	"""(batch, serial number) → units that left with a Delivery Note, as the ledger has it."""
	rows = frappe.db.sql(
		"""select no.batch_no, no.serial_no, -no.qty from `tabStock Ledger Entry` sle
		join `tabSerial and Batch Entry` no on no.parent = sle.serial_and_batch_bundle
		where sle.voucher_no = %s and sle.is_cancelled = 0""",
		[note.name],
	)
	found = defaultdict(float)
	for batch, serial, qty in rows:
		found[batch, serial] += qty
	return dict(found)


def test_from_order_to_delivery_first_expired_first_out(item):
	late, soon, expired = stock(item, 10, days=60), stock(item, 6, days=20), stock(item, 5, days=5)
	expire(expired)
	so = make_sales_order(item.name, 9)
	assert [row.reservation_based_on for row in entries(so)] == ["Qty"]
	pick = pick_of(so)
	assert bound(pick) == [(soon, 6), (late, 3)]
	submit(pick)
	note = ship(pick)
	assert shipped(note) == {(soon, None): 6, (late, None): 3}
	assert [(row.delivered_qty, row.status) for row in entries(so)] == [(9, "Delivered")]
	pick.reload()
	assert pick.status == "Completed"
	note.cancel()
	frappe.db.commit()
	assert figures(so) == (9, 0)


def test_two_pick_lists_one_after_the_other_share_nothing(item):
	first_batch, second_batch = stock(item, 6, days=20), stock(item, 10, days=60)
	one, two = make_sales_order(item.name, 4), make_sales_order(item.name, 8)
	first = pick_of(one)
	assert bound(first) == [(first_batch, 4)]
	assert bound(pick_of(two)) == [(first_batch, 2), (second_batch, 6)]
	first.delete()
	submit(create_pick_list(one.name).insert())


def test_serial_numbers_from_order_to_delivery(numbered):
	one, two = make_sales_order(numbered.name, 3), make_sales_order(numbered.name, 4)
	first, second = pick_of(one), pick_of(two)
	names = [set(get_serial_nos(pick.locations[0].serial_no)) for pick in (first, second)]
	assert [len(found) for found in names] == [3, 4]
	assert not names[0] & names[1]
	for pick, order, numbers in ((first, one, names[0]), (second, two, names[1])):
		note = ship(submit(pick))
		assert {serial for _batch, serial in shipped(note)} == numbers
		assert [row.status for row in entries(order)] == ["Delivered"]


def test_serial_numbers_of_batches():
	item = make_item(
		has_batch_no=1,
		create_new_batch=1,
		batch_number_series=f"{unique('B')}-.###",
		has_serial_no=1,
		serial_no_series=f"{unique('S')}-.###",
	)
	add_stock(item.name, 3)
	add_stock(item.name, 5)
	so = make_sales_order(item.name, 4)
	pick = pick_of(so)
	assert [(row.stock_qty, len(get_serial_nos(row.serial_no))) for row in pick.locations] == [(3, 3), (1, 1)]
	note = ship(submit(pick))
	assert sum(shipped(note).values()) == 4
	assert [row.status for row in entries(so)] == ["Delivered"]


def test_another_batch_may_be_chosen_but_none_that_is_on_another_list(item):
	soon, late = stock(item, 6, days=20), stock(item, 4, days=60)
	one, two = make_sales_order(item.name, 4), make_sales_order(item.name, 2)
	pick = create_pick_list(one.name)
	pick.locations[0].batch_no = late
	pick.insert()
	submit(pick)
	other = create_pick_list(two.name)
	assert bound(other) == [(soon, 2)]
	other.locations[0].batch_no = late
	with pytest.raises(frappe.ValidationError, match="on no other pick list"):
		other.insert()
	assert shipped(ship(pick)) == {(late, None): 4}


def test_a_serial_number_on_two_lists(numbered):
	first = pick_of(make_sales_order(numbered.name, 2))
	second = create_pick_list(make_sales_order(numbered.name, 2).name)
	second.locations[0].serial_no = first.locations[0].serial_no
	with pytest.raises(frappe.ValidationError, match="Choose another serial number"):
		second.insert()


def test_a_short_pick_gives_the_rest_back(item):
	batch = stock(item, 10, days=20)
	so = make_sales_order(item.name, 8)
	pick = pick_of(so)
	pick.locations[0].picked_qty = 5
	pick.save()
	submit(pick)
	assert bound(pick) == [(batch, 5)]
	assert shipped(ship(pick)) == {(batch, None): 5}
	assert figures(so) == (3, 0)
	rest = pick_of(so)
	assert bound(rest) == [(batch, 3)]
	ship(submit(rest))
	assert figures(so) == (0, 0)


def test_scanning_nothing_is_nothing(item):
	soon, late = stock(item, 3, days=20), stock(item, 5, days=60)
	so = make_sales_order(item.name, 6)
	pick = pick_of(so)
	pick.scan_mode = 1
	pick.save()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Nothing was picked"):
		pick.submit()
	frappe.db.rollback()
	pick.reload()
	pick.locations[1].picked_qty = 3
	pick.save()
	submit(pick)
	assert bound(pick) == [(late, 3)]
	assert shipped(ship(pick)) == {(late, None): 3}
	assert bound(pick_of(so)) == [(soon, 3)]


def test_fewer_picked_than_serial_numbers_named(numbered):
	pick = pick_of(make_sales_order(numbered.name, 4))
	pick.locations[0].picked_qty = 3
	pick.save()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Name those that were picked"):
		pick.submit()
	frappe.db.rollback()
	pick.reload()
	pick.locations[0].serial_no = "\n".join(get_serial_nos(pick.locations[0].serial_no)[1:])
	pick.save()
	assert len(shipped(ship(submit(pick)))) == 3


def test_boxes_come_whole_from_a_batch_or_from_several_together():
	item = make_item(has_batch_no=1, uoms=[{"uom": "Box", "conversion_factor": 12}])
	frappe.db.set_value("UOM", "Box", "must_be_whole_number", 1)
	soon, late = stock(item, 7, days=20), stock(item, 17, days=60)
	so = make_sales_order([{"item_code": item.name, "qty": 2, "uom": "Box", "conversion_factor": 12}])
	pick = pick_of(so)
	assert [(row.batch_no, row.qty, row.stock_qty) for row in pick.locations] == [
		(late, 1, 12),
		(None, 1, 12),
	]
	note = ship(submit(pick))
	assert shipped(note) == {(late, None): 17, (soon, None): 7}
	assert [row.status for row in entries(so)] == ["Delivered"]


def test_a_delivery_without_a_pick_list_is_bound_too_and_leaves_pick_lists_alone(item):
	soon, late = stock(item, 6, days=20), stock(item, 7, days=60)
	one, two = make_sales_order(item.name, 4), make_sales_order(item.name, 8)
	pick = submit(pick_of(one))
	note = make_delivery_note(sales_order=two.name)
	assert shipped(note) == {(soon, None): 2, (late, None): 6}
	assert [row.status for row in entries(two)] == ["Delivered"]
	assert shipped(ship(pick)) == {(soon, None): 4}


def test_no_delivery_takes_what_is_on_a_pick_list(item):
	soon = stock(item, 6, days=20)
	stock(item, 10, days=60)
	one, two = make_sales_order(item.name, 4), make_sales_order(item.name, 6)
	pick = submit(pick_of(one))
	note = make_delivery_note(sales_order=two.name, do_not_submit=True)
	note.items[0].update({"batch_no": soon, "use_serial_batch_fields": 1})
	with pytest.raises(frappe.ValidationError, match="are on pick lists"):
		note.submit()
	frappe.db.rollback()
	assert shipped(ship(pick)) == {(soon, None): 4}


def test_serial_numbers_without_a_pick_list(numbered):
	one, two = make_sales_order(numbered.name, 4), make_sales_order(numbered.name, 6)
	pick = submit(pick_of(one))
	numbers = set(get_serial_nos(pick.locations[0].serial_no))
	note = make_delivery_note(sales_order=two.name)
	assert not {serial for _batch, serial in shipped(note)} & numbers
	assert {serial for _batch, serial in shipped(ship(pick))} == numbers


def test_a_sales_invoice_with_stock(item):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	soon, late = stock(item, 6, days=20), stock(item, 7, days=60)
	so = make_sales_order(item.name, 8)
	invoice = make_sales_invoice(so.name)
	invoice.update_stock = 1
	invoice.insert()
	submit(invoice)
	assert shipped(invoice) == {(soon, None): 6, (late, None): 2}
	assert [row.status for row in entries(so)] == ["Delivered"]


def test_a_batch_that_expired_after_the_list_was_made(item):
	old = stock(item, 6, days=20)
	so = make_sales_order(item.name, 4)
	pick = pick_of(so)
	expire(old)
	pick.reload()
	with pytest.raises(frappe.ValidationError, match="expired or are disabled"):
		pick.submit()
	frappe.db.rollback()
	from wholesale_b2b.allocation import jobs

	jobs.nightly()
	settle_everything()
	assert figures(so) == (0, 4)


def test_a_component_of_a_product_bundle(item):
	soon, late = stock(item, 3, days=20), stock(item, 10, days=60)
	kit = make_item(is_stock_item=0)
	frappe.get_doc(
		{
			"doctype": "Product Bundle",
			"new_item_code": kit.name,
			"items": [{"item_code": item.name, "qty": 2}],
		}
	).insert()
	so = make_sales_order(kit.name, 2)
	pick = pick_of(so)
	assert bound(pick) == [(soon, 3), (late, 1)]
	assert shipped(ship(submit(pick))) == {(soon, None): 3, (late, None): 1}
	assert [row.status for row in entries(so)] == ["Delivered"]


def test_bundles_of_batch_and_serial_components_in_two_deliveries(item, numbered):
	soon, late = stock(item, 3, days=20), stock(item, 10, days=60)
	kit = make_bundle({item.name: 2, numbered.name: 1})
	so = make_sales_order(kit.name, 3)
	other = submit(pick_of(make_sales_order(numbered.name, 4)))
	pick = submit(pick_of(so))
	assert all(row.product_bundle_item for row in pick.locations)
	batches = [(row.batch_no, row.stock_qty) for row in pick.locations if row.item_code == item.name]
	assert batches == [(soon, 3), (late, 3)]
	(row,) = (row for row in pick.locations if row.item_code == numbered.name)
	numbers = set(get_serial_nos(row.serial_no))
	assert len(numbers) == 3 and not numbers & set(get_serial_nos(other.locations[0].serial_no))

	note = create_delivery_note(pick.name)
	note.reload()
	note.items[0].qty = 1
	note.save()
	first = shipped(submit(note))
	assert {key: qty for key, qty in first.items() if key[0]} == {(soon, None): 2}
	assert sum(first.values()) == 3
	rest = create_delivery_note(pick.name)
	rest.reload()
	rest.items[0].qty = 2
	rest.save()
	second = shipped(submit(rest))
	assert {key: qty for key, qty in second.items() if key[0]} == {(soon, None): 1, (late, None): 3}
	assert {number for _batch, number in (*first, *second) if number} == numbers
	assert {row.status for row in entries(so)} == {"Delivered"}


def sent(order, **named):
	"""A Delivery Note of an order as a scanner posts it, naming what leaves."""
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": order.company,
			"customer": order.customer,
			"items": [
				{
					"item_code": row.item_code,
					"qty": row.qty,
					"rate": row.rate,
					"warehouse": row.warehouse,
					"against_sales_order": order.name,
					"so_detail": row.name,
					"use_serial_batch_fields": 1,
					**named,
				}
				for row in order.items
			],
		}
	).insert()
	frappe.db.commit()
	return note


def test_a_batch_that_is_named_is_not_replaced(item):
	stock(item, 6, days=20)
	late = stock(item, 4, days=60)
	note = sent(make_sales_order(item.name, 5), batch_no=late)
	assert note.items[0].batch_no == late
	with pytest.raises(frappe.ValidationError, match=late):
		note.submit()
	frappe.db.rollback()


def test_numbers_that_are_named_are_not_replaced(numbered):
	pick = submit(pick_of(make_sales_order(numbered.name, 2)))
	taken = get_serial_nos(pick.locations[0].serial_no)[0]
	free = frappe.get_all(
		"Serial No",
		{"item_code": numbered.name, "name": ("not in", taken)},
		pluck="name",
		order_by="name desc",
	)
	named = f"{free[0]}\n{taken}"
	note = sent(make_sales_order(numbered.name, 2), serial_no=named)
	assert note.items[0].serial_no == named
	with pytest.raises(frappe.ValidationError, match=pick.name):
		note.submit()
	frappe.db.rollback()


def name_by_hand(order, names):
	"""Reserve what an order has anew, by batch or serial number."""
	from erpnext.stock.doctype.stock_reservation_entry.stock_reservation_entry import (
		cancel_stock_reservation_entries,
	)

	cancel_stock_reservation_entries("Sales Order", order.name, notify=False)
	row = order.items[0]
	has = frappe.db.get_value("Item", row.item_code, ["has_batch_no", "has_serial_no"], as_dict=True)
	entry = frappe.get_doc(
		{
			"doctype": "Stock Reservation Entry",
			"item_code": row.item_code,
			"warehouse": row.warehouse,
			"voucher_type": "Sales Order",
			"voucher_no": order.name,
			"voucher_detail_no": row.name,
			"company": order.company,
			"stock_uom": row.stock_uom,
			"available_qty": row.stock_qty,
			"voucher_qty": row.stock_qty,
			"reserved_qty": row.stock_qty,
			"reservation_based_on": "Serial and Batch",
			**has,
			"sb_entries": [{"warehouse": row.warehouse, **named} for named in names],
		}
	)
	# else ERPNext chooses them itself when the entry is submitted
	chosen_by_erpnext = frappe.db.get_single_value("Stock Settings", "auto_reserve_serial_and_batch")
	frappe.db.set_single_value("Stock Settings", "auto_reserve_serial_and_batch", 0)
	entry.insert().submit()
	frappe.db.set_single_value("Stock Settings", "auto_reserve_serial_and_batch", chosen_by_erpnext)
	frappe.db.commit()


def test_an_order_is_given_the_batch_reserved_for_it_by_hand(item):
	soon, late = stock(item, 10, days=20), stock(item, 10, days=60)
	one, two = make_sales_order(item.name, 4), make_sales_order(item.name, 12)
	name_by_hand(one, [{"batch_no": late, "qty": 4}])
	other, pick = pick_of(two), pick_of(one)
	assert bound(other) == [(soon, 10), (late, 2)]
	assert bound(pick) == [(late, 4)]
	assert shipped(ship(submit(pick))) == {(late, None): 4}
	assert [(row.reservation_based_on, row.status) for row in entries(one)] == [
		("Serial and Batch", "Delivered")
	]


def test_an_order_is_given_the_numbers_reserved_for_it_by_hand(numbered):
	numbers = frappe.get_all("Serial No", {"item_code": numbered.name}, pluck="name", order_by="name desc")
	one, two = make_sales_order(numbered.name, 2), make_sales_order(numbered.name, 8)
	name_by_hand(one, [{"serial_no": number, "qty": 1} for number in numbers[:2]])
	other, pick = pick_of(two), pick_of(one)
	assert set(get_serial_nos(other.locations[0].serial_no)) == set(numbers[2:])
	assert set(get_serial_nos(pick.locations[0].serial_no)) == set(numbers[:2])
	ship(submit(pick))
	assert [row.status for row in entries(one)] == ["Delivered"]


def test_numbers_on_a_list_may_stand_in_one_line(numbered):
	first = pick_of(make_sales_order(numbered.name, 2))
	named = get_serial_nos(first.locations[0].serial_no)
	frappe.db.set_value("Pick List Item", first.locations[0].name, "serial_no", ", ".join(named))
	second = pick_of(make_sales_order(numbered.name, 8))
	assert not set(named) & set(get_serial_nos(second.locations[0].serial_no))


def test_two_drafts_with_the_same_units_the_first_to_be_submitted_has_them(item):
	soon, late = stock(item, 6, days=20), stock(item, 10, days=60)
	one, two = make_sales_order(item.name, 4), make_sales_order(item.name, 4)
	first, second = pick_of(one), pick_of(two)
	assert bound(second) == [(soon, 2), (late, 2)]
	# as if both had been saved at the same moment
	frappe.db.set_value("Pick List Item", second.locations[1].name, "batch_no", soon)
	frappe.db.commit()
	submit(first)
	second.reload()
	with pytest.raises(frappe.ValidationError, match="on no other pick list"):
		second.submit()
	frappe.db.rollback()
	second.reload()
	second.locations[1].batch_no = late
	second.save()
	assert shipped(ship(submit(second))) == {(soon, None): 2, (late, None): 2}
