"""Picked lists become Delivery Notes: one for each shipment, once."""

import multiprocessing

import frappe
import pytest
from builders import add_stock, make_bundle, make_customer, make_item, make_sales_order, make_user
from dispatching import make_account, make_address, pick
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note as erpnext_note
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.api.v1 import dispatch
from wholesale_b2b.fulfilment.holds.overrides import update_status
from wholesale_b2b.fulfilment.overrides import make_delivery_note as from_order

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def drafts():
	"""Dispatch leaves drafts during the test."""
	frappe.db.set_single_value("Wholesale Settings", "submit_at_dispatch", 0)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value("Wholesale Settings", "submit_at_dispatch", 1)
	frappe.db.commit()


def notes_of(answer):
	return [frappe.get_doc("Delivery Note", name) for name in answer["made"]]


def stores(customer, count):
	made = [make_address(customer, city=f"Town {n}").name for n in range(count)]
	frappe.db.commit()
	return made


def test_twelve_stores_on_one_order(item):
	"""Story 9: twelve addresses, three dates, one account."""
	account = make_account()
	shops = stores(account.customer, 12)
	dates = [add_days(nowdate(), days) for days in (3, 7, 14)]
	add_stock(item.name, 1000)
	order = make_sales_order(
		[
			{
				"item_code": item.name,
				"qty": 5 + n,
				"b2b_delivery_address": shop,
				"delivery_date": dates[n % 3],
			}
			for n, shop in enumerate(shops)
		],
		customer=account.customer,
		po_no="CHAIN-12",
		b2b_trade_account=account.name,
	)
	picked = pick(order)
	notes = notes_of(dispatch(picked.name))
	frappe.db.commit()
	assert len(notes) == 12
	seen = {(note.shipping_address_name, str(note.b2b_requested_date), note.items[0].qty) for note in notes}
	assert seen == {(shop, dates[n % 3], 5 + n) for n, shop in enumerate(shops)}
	assert {(note.docstatus, note.po_no, note.b2b_trade_account) for note in notes} == {
		(1, "CHAIN-12", account.name)
	}
	# the text that is printed is that of the store
	assert all(note.shipping_address.count("Town ") == 1 for note in notes)
	assert len({note.shipping_address for note in notes}) == 12
	order.reload()
	assert order.per_delivered == 100


def test_one_address_on_three_dates_is_three_shipments(item):
	add_stock(item.name, 30)
	dates = [add_days(nowdate(), days) for days in (2, 9, 16)]
	order = make_sales_order([{"item_code": item.name, "qty": 10, "delivery_date": date} for date in dates])
	notes = notes_of(dispatch(pick(order).name))
	assert [note.b2b_requested_date for note in notes] == [getdate(date) for date in dates]


def test_orders_share_a_note_only_where_the_account_consolidates(item):
	together = make_account(consolidate_deliveries=1)
	apart = make_account()
	address = {account.name: stores(account.customer, 1)[0] for account in (together, apart)}
	add_stock(item.name, 100)

	def orders(account, **fields):
		return [
			make_sales_order(
				item.name,
				5,
				customer=account.customer,
				b2b_trade_account=account.name,
				shipping_address_name=address[account.name],
				po_no=f"{account.name}-{n}",
				**fields,
			)
			for n in (1, 2)
		]

	first, second = orders(together)
	notes = notes_of(dispatch(pick(first, second, *orders(apart)).name))
	assert [len(note.items) for note in notes] == [2, 1, 1]
	assert {row.against_sales_order for row in notes[0].items} == {first.name, second.name}
	assert set(notes[0].po_no.split(", ")) == {f"{together.name}-1", f"{together.name}-2"}


def test_orders_on_lists_of_their_own_share_a_note(item):
	"""As pick lists that are made at once are: one order each."""
	account, apart = make_account(consolidate_deliveries=1), make_account()
	here, there = stores(account.customer, 2)
	elsewhere = stores(apart.customer, 1)[0]
	add_stock(item.name, 100)

	def picked(account, address):
		order = make_sales_order(
			item.name,
			5,
			customer=account.customer,
			b2b_trade_account=account.name,
			shipping_address_name=address,
		)
		return pick(order)

	first, second, other = (picked(account, address) for address in (here, here, there))
	loaded = [frappe.get_doc("Pick List", one.name) for one in (first, other)]
	for one in loaded:
		one.run_method("onload")
	assert [one.get_onload("b2b_together") for one in loaded] == [[second.name], []]
	(note,) = notes_of(dispatch(first.name, with_others=True))
	assert [(row.against_pick_list, row.qty) for row in note.items] == [(first.name, 5), (second.name, 5)]
	assert len({row.against_sales_order for row in note.items}) == 2
	frappe.db.commit()
	assert [frappe.db.get_value("Pick List", one.name, "status") for one in (first, second)] == [
		"Completed"
	] * 2
	# neither list ships twice, and the other address is still to ship
	for one in (first, second):
		again = dispatch(one.name, with_others=True)
		assert (again["made"], [row["name"] for row in again["notes"]]) == ([], [note.name])
	assert notes_of(dispatch(other.name, with_others=True))[0].shipping_address_name == there

	lists = [picked(apart, elsewhere) for _ in range(2)]
	assert len(notes_of(dispatch(lists[0].name, with_others=True))[0].items) == 1


def test_what_is_held_on_a_list_beside_stays_there(item):
	account = make_account(consolidate_deliveries=1)
	add_stock(item.name, 100)
	orders = [
		make_sales_order(item.name, 5, customer=account.customer, b2b_trade_account=account.name)
		for _ in range(2)
	]
	first, second = (pick(order) for order in orders)
	update_status("On Hold", orders[1].name)
	answer = dispatch(first.name, with_others=True)
	assert list(answer["held"]) == [orders[1].name]
	(note,) = notes_of(answer)
	assert {row.against_pick_list for row in note.items} == {first.name}
	update_status("Draft", orders[1].name)
	assert len(dispatch(second.name)["made"]) == 1


def test_a_bundle_on_two_lists_goes_on_one_note(item):
	account = make_account(consolidate_deliveries=1)
	parts = [make_item() for _ in range(2)]
	kit = make_bundle({parts[0].name: 1, parts[1].name: 2})
	for part in parts:
		add_stock(part.name, 100)
	lists = [
		pick(make_sales_order(kit.name, 3, customer=account.customer, b2b_trade_account=account.name))
		for _ in range(2)
	]
	(note,) = notes_of(dispatch(lists[0].name, with_others=True))
	assert [(row.item_code, row.qty, row.against_pick_list) for row in note.items] == [
		(kit.name, 3, one.name) for one in lists
	]
	assert sum(row.qty for row in note.packed_items) == 18


def test_dispatching_again_makes_nothing_more(item, drafts):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	picked = pick(order)
	first = dispatch(picked.name, tracking_number="JD0001")
	frappe.db.commit()
	again = dispatch(picked.name)
	assert (len(first["made"]), again["made"]) == (1, [])
	assert [note["name"] for note in again["notes"]] == first["made"]
	note = frappe.get_doc("Delivery Note", first["made"][0])
	assert (note.docstatus, note.b2b_tracking_number) == (0, "JD0001")
	# what is taken off the draft can be dispatched again
	note.items[0].qty = 4
	note.save()
	frappe.db.commit()
	rest = notes_of(dispatch(picked.name))
	assert [row.qty for note in rest for row in note.items] == [6]


def test_what_is_held_stays_behind_and_the_rest_ships(item):
	from wholesale_b2b.fulfilment.holds import service as holds

	add_stock(item.name, 10)
	free, held = (make_sales_order(item.name, 5) for _ in range(2))
	picked = pick(free, held)
	hold = holds.hold_order(held.name, "The customer called to wait.")
	frappe.db.commit()
	answer = dispatch(picked.name)
	frappe.db.commit()
	(note,) = notes_of(answer)
	assert {row.against_sales_order for row in note.items} == {free.name}
	assert "called to wait" in answer["held"][held.name][0]
	with pytest.raises(frappe.ValidationError, match="called to wait"):
		dispatch(picked.name)
	frappe.db.rollback()
	holds.release(hold, "They called again.")
	frappe.db.commit()
	(rest,) = notes_of(dispatch(picked.name))
	assert {row.against_sales_order for row in rest.items} == {held.name}


def test_the_button_of_erpnext_dispatches_ours(item, drafts):
	from frappe.model.mapper import make_mapped_doc

	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	picked = pick(order)
	method = "erpnext.stock.doctype.pick_list.pick_list.create_delivery_note"
	first = make_mapped_doc(method, picked.name)
	second = make_mapped_doc(method, picked.name)
	assert first.name == second.name
	assert frappe.db.count("Delivery Note Item", {"against_pick_list": picked.name}) == 1


def test_bundles_ship_whole_and_once(drafts):
	parts = [make_item() for _ in range(2)]
	kit = make_bundle({parts[0].name: 2, parts[1].name: 1})
	add_stock(parts[0].name, 10)
	add_stock(parts[1].name, 5)
	order = make_sales_order(kit.name, 5)
	picked = pick(order)
	(note,) = notes_of(dispatch(picked.name))
	frappe.db.commit()
	assert [(row.item_code, row.qty) for row in note.items] == [(kit.name, 5)]
	assert dispatch(picked.name)["made"] == []
	note.items[0].qty = 2
	note.save()
	note.submit()
	frappe.db.commit()
	(rest,) = notes_of(dispatch(picked.name))
	assert [(row.item_code, row.qty) for row in rest.items] == [(kit.name, 3)]
	rest.submit()
	frappe.db.commit()
	assert dispatch(picked.name)["made"] == []


def _press(pick_list, barrier, answers):
	import os

	from conftest import SITE, SITES

	os.chdir(SITES)
	frappe.init(site=SITE, sites_path=str(SITES), force=True)
	frappe.connect()
	frappe.set_user("Administrator")
	barrier.wait(30)
	try:
		made = dispatch(pick_list)["made"]
		frappe.db.commit()
		answers.put(made)
	except Exception as error:
		frappe.db.rollback()
		answers.put(repr(error))
	finally:
		frappe.destroy()


def test_two_who_press_at_once_make_one_note(item):
	add_stock(item.name, 10)
	picked = pick(make_sales_order(item.name, 10))
	context = multiprocessing.get_context("fork")
	barrier, answers = context.Barrier(2), context.Queue()
	frappe.db.commit()
	frappe.db.close()
	pressing = [
		context.Process(target=_press, args=(picked.name, barrier, answers), daemon=True) for _ in range(2)
	]
	for process in pressing:
		process.start()
	got = [answers.get(timeout=60) for _ in pressing]
	for process in pressing:
		process.join(30)
	frappe.connect()
	frappe.set_user("Administrator")
	assert sorted(map(len, got)) == [0, 1], got
	rows = frappe.get_all(
		"Delivery Note Item", {"against_pick_list": picked.name, "docstatus": ("<", 2)}, ["qty", "docstatus"]
	)
	assert [(row.qty, row.docstatus) for row in rows] == [(10, 1)]


def test_a_line_goes_to_an_address_of_its_own_customer(item):
	customer, stranger = make_customer(), make_customer()
	own, foreign = make_address(customer.name).name, make_address(stranger.name).name
	frappe.db.commit()
	rows = [{"item_code": item.name, "qty": 1, "b2b_delivery_address": name} for name in (own, foreign)]
	with pytest.raises(frappe.ValidationError, match="not an address of"):
		make_sales_order(rows, customer=customer.name)
	frappe.db.rollback()


def test_a_note_made_straight_from_an_order_goes_to_one_address(item):
	customer = make_customer().name
	shops = stores(customer, 2)
	add_stock(item.name, 9)
	order = make_sales_order(
		[
			{"item_code": item.name, "qty": 2, "b2b_delivery_address": shops[1]},
			{"item_code": item.name, "qty": 3},
			{"item_code": item.name, "qty": 4, "b2b_delivery_address": shops[1]},
		],
		customer=customer,
		shipping_address_name=shops[0],
	)
	shipped = []
	for left in (shops[0], None):
		frappe.clear_messages()
		note = from_order(order.name)
		said = " ".join(message["message"] for message in frappe.get_message_log())
		assert left in said if left else not said
		note.insert().submit()
		frappe.db.commit()
		shipped.append((note.shipping_address_name, [row.qty for row in note.items]))
		assert "Town" in note.shipping_address
	assert shipped == [(shops[1], [2, 4]), (shops[0], [3])]


def test_no_document_takes_goods_to_another_address_than_their_line_names(item):
	customer = make_customer().name
	shops = stores(customer, 2)
	add_stock(item.name, 5)
	order = make_sales_order(
		[
			{"item_code": item.name, "qty": 2 + at, "b2b_delivery_address": shop}
			for at, shop in enumerate(shops)
		],
		customer=customer,
	)
	for make in (erpnext_note, make_sales_invoice):
		doc = make(order.name)
		doc.update({"update_stock": 1, "shipping_address_name": shops[0]})
		doc.insert()
		with pytest.raises(frappe.ValidationError, match=f"Row 2 goes to.*{shops[1]}"):
			doc.submit()
		frappe.db.rollback()
	# an invoice that ships nothing is for all of them
	bill = make_sales_invoice(order.name)
	bill.insert().submit()
	assert len(bill.items) == 2
	frappe.db.rollback()
	note = erpnext_note(order.name)
	note.set("items", note.items[1:])
	note.shipping_address_name = shops[1]
	note.insert().submit()
	frappe.db.commit()
	assert note.docstatus == 1


def test_only_who_may_ship_dispatches(item):
	add_stock(item.name, 2)
	customer = make_customer().name
	shops = stores(customer, 2)
	# who packs may not read addresses, and ships to them all the same
	order = make_sales_order(
		[
			{"item_code": item.name, "qty": 1},
			{"item_code": item.name, "qty": 1, "b2b_delivery_address": shops[1]},
		],
		customer=customer,
		shipping_address_name=shops[0],
	)
	picked = pick(order)
	clerk = make_user("Accounts User").name
	warehouse = make_user("Stock User").name
	frappe.db.commit()
	for user in (clerk, "Guest"):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			dispatch(picked.name)
		frappe.db.rollback()
	frappe.set_user(warehouse)
	made = notes_of(dispatch(picked.name))
	assert {note.shipping_address_name for note in made} == set(shops)
	assert all("Town" in note.shipping_address for note in made)
