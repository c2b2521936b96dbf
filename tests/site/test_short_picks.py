"""Picked short: the units go back with a reason, what is no good is kept back until it is counted."""

import frappe
import pytest
from builders import (
	add_stock,
	make_bundle,
	make_count,
	make_issue,
	make_item,
	make_loss_type,
	make_purchase_order,
	make_sales_order,
	make_user,
	receive,
)
from dispatching import make_account
from frappe.utils import add_days, now_datetime
from picking_case import AT_ONCE, lists_of, on_lists, pick_rules, scanned
from policies import make_policy

from wholesale_b2b.allocation.service import holds as stock_holds
from wholesale_b2b.fulfilment.overrides import create_pick_list
from wholesale_b2b.fulfilment.release.service import making, recount

pytestmark = pytest.mark.usefixtures("promises_hold")


def submit(pick):
	pick.submit()
	frappe.db.commit()
	pick.reload()
	return pick


def list_of(order):
	(name,) = making.release([order.name]).made
	return frappe.get_doc("Pick List", name)


def figures(order, index=0):
	order.reload()
	row = order.items[index]
	return row.b2b_reserved_qty, row.b2b_pre_allocated_qty, row.b2b_backorder_qty


def shorts(pick):
	return frappe.get_all(
		"Short Pick",
		{"pick_list": pick.name},
		["name", "item_code", "qty", "reason", "status", "stock_hold", "kept_qty", "picked_qty"],
		order_by="creation, item_code",
	)


def sellable(item):
	from builders import warehouse

	return float(stock_holds.available((item, warehouse())))


def test_left_for_later_stays_reserved_and_goes_on_the_next_list(item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	pick = submit(scanned(list_of(order), 4, reasons=["Left for Later"]))
	assert [(row.stock_qty, row.qty, row.picked_qty) for row in pick.locations] == [(4, 4, 4)]
	assert figures(order) == (10, 0, 0)
	(short,) = shorts(pick)
	assert (short.qty, short.picked_qty, short.reason, short.status) == (6, 4, "Left for Later", "Settled")
	assert not short.stock_hold
	assert [row.stock_qty for row in list_of(order).locations] == [6]
	assert on_lists(item.name) == 10


def test_without_a_reason_the_same(item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	pick = submit(scanned(list_of(order), 4))
	assert figures(order) == (10, 0, 0)
	assert [(row.qty, row.reason, row.status) for row in shorts(pick)] == [(6, "", "Settled")]


@pytest.mark.parametrize("reason", ["Missing", "Damaged", "Expired"])
def test_what_is_no_good_is_kept_back_and_the_order_is_promised_what_comes(item, reason):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	make_purchase_order(item.name, 20)
	pick = submit(scanned(list_of(order), 4, reasons=[reason]))
	assert figures(order) == (4, 6, 6)
	(short,) = shorts(pick)
	assert (short.qty, short.reason, short.status, short.kept_qty) == (6, reason, "To Count", 6)
	hold = frappe.get_doc("Stock Hold", short.stock_hold)
	assert (hold.status, hold.qty, hold.for_doctype, hold.for_name) == ("Active", 6, "Short Pick", short.name)
	assert sellable(item.name) == 0
	assert making.release([order.name]).made == []
	comments = frappe.get_all("Comment", {"reference_name": pick.name}, pluck="content")
	assert any(item.name in text and reason in text for text in comments)


def test_the_line_is_not_promised_the_same_shelf_again_but_another_order_is(item):
	"""Fifty are said to be there; a picker finds four of ten: the line waits for the recount, however many are free."""
	add_stock(item.name, 50)
	order = make_sales_order(item.name, 10)
	submit(scanned(list_of(order), 4, reasons=["Missing"]))
	assert figures(order) == (4, 0, 6)
	other = make_sales_order(item.name, 5)
	assert figures(other) == (5, 0, 0)
	assert figures(order) == (4, 0, 6)
	# 50 less 4 + 5 reserved and 6 missing
	assert sellable(item.name) == 35


def test_a_receipt_gives_the_line_what_it_was_promised(item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	bought = make_purchase_order(item.name, 6)
	submit(scanned(list_of(order), 4, reasons=["Missing"]))
	receive(bought)
	assert figures(order) == (10, 0, 0)
	assert [row.stock_qty for row in list_of(order).locations] == [6]


def test_a_count_settles_it(item):
	add_stock(item.name, 50)
	order = make_sales_order(item.name, 10)
	pick = submit(scanned(list_of(order), 4, reasons=["Missing"]))
	count = make_count(item.name, 44)
	(short,) = shorts(pick)
	assert short.status == "Settled"
	assert (
		frappe.db.get_value("Short Pick", short.name, "settled_by_what")
		== f"Stock Reconciliation {count.name}"
	)
	assert frappe.db.get_value("Stock Hold", short.stock_hold, "status") == "Released"
	assert figures(order) == (10, 0, 0)
	assert sellable(item.name) == 34


def test_a_loss_settles_as_much_as_it_takes(item):
	add_stock(item.name, 20)
	first, second = make_sales_order(item.name, 8), make_sales_order(item.name, 8)
	picks = [submit(scanned(list_of(order), 5, reasons=["Damaged"])) for order in (first, second)]
	make_issue(item.name, 4, kind=make_loss_type().name)
	assert [shorts(pick)[0].status for pick in picks] == ["Settled", "To Count"]


def test_found_again(item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	pick = submit(scanned(list_of(order), 4, reasons=["Missing"]))
	from wholesale_b2b.wholesale_b2b.doctype.short_pick.short_pick import settle

	(short,) = shorts(pick)
	frappe.set_user(make_user("Sales User").name)
	with pytest.raises(frappe.PermissionError):
		settle([short.name])
	frappe.set_user(make_user("Stock User").name)
	assert settle([short.name]) == 1
	assert settle([short.name]) == 0
	frappe.set_user("Administrator")
	frappe.db.commit()
	assert figures(order) == (10, 0, 0)


def test_what_nobody_counts_is_kept_on(item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	pick = submit(scanned(list_of(order), 4, reasons=["Missing"]))
	(short,) = shorts(pick)
	frappe.db.set_value("Stock Hold", short.stock_hold, "until", add_days(now_datetime(), 1))
	assert recount.renew() >= 1
	assert frappe.db.get_value("Stock Hold", short.stock_hold, "until") > add_days(now_datetime(), 20)


# ---- zero means zero -------------------------------------------------------------------------------------------------


def test_nothing_of_one_row(item):
	other = make_item().name
	add_stock(item.name, 5)
	add_stock(other, 5)
	order = make_sales_order([{"item_code": item.name, "qty": 5}, {"item_code": other, "qty": 5}])
	pick = list_of(order)
	counts = [0 if row.item_code == item.name else 5 for row in pick.locations]
	submit(scanned(pick, *counts, reasons=["Missing" if not count else "" for count in counts]))
	assert [(row.item_code, row.picked_qty) for row in pick.locations] == [(other, 5)]
	assert figures(order) == (0, 0, 5)


def test_a_reason_without_scanning_means_zero_too(item):
	other = make_item().name
	add_stock(item.name, 5)
	add_stock(other, 5)
	order = make_sales_order([{"item_code": item.name, "qty": 5}, {"item_code": other, "qty": 5}])
	pick = list_of(order)
	for row in pick.locations:
		row.b2b_short_reason = "Left for Later" if row.item_code == item.name else ""
	submit(pick)
	assert [(row.item_code, row.picked_qty) for row in pick.locations] == [(other, 5)]


def test_nothing_at_all(item):
	add_stock(item.name, 5)
	order = make_sales_order(item.name, 5)
	pick = scanned(list_of(order), 0)
	with pytest.raises(frappe.ValidationError, match="Nothing was picked"):
		pick.submit()
	frappe.db.rollback()
	pick.reload()
	submit(scanned(pick, 0, reasons=["Missing"]))
	assert (pick.docstatus, pick.status, pick.locations) == (1, "Completed", [])
	assert figures(order) == (0, 0, 5)
	assert shorts(pick)[0].qty == 5
	pick.cancel()
	frappe.db.commit()


# ---- bundles, numbers, batches ---------------------------------------------------------------------------------------


def test_a_component_that_is_missing_leaves_whole_bundles(worker):
	parts = [make_item().name, make_item().name]
	kit = make_bundle({parts[0]: 2, parts[1]: 1})
	add_stock(parts[0], 10)
	add_stock(parts[1], 5)
	order = make_sales_order(kit.name, 5)
	pick = list_of(order)
	counts = {parts[0]: 7, parts[1]: 5}
	reasons = {parts[0]: "Missing"}
	scanned(
		pick,
		*(counts[row.item_code] for row in pick.locations),
		reasons=[reasons.get(row.item_code, "") for row in pick.locations],
	)
	submit(pick)
	assert {row.item_code: row.picked_qty for row in pick.locations} == {parts[0]: 6, parts[1]: 3}
	notes = {row.item_code: row for row in shorts(pick)}
	# seven were there, one of them goes back to the shelf
	assert (notes[parts[0]].qty, notes[parts[0]].kept_qty) == (4, 3)
	assert (notes[parts[1]].qty, notes[parts[1]].reason, notes[parts[1]].kept_qty) == (2, "Left for Later", 0)


def test_serial_numbers_that_were_scanned_are_those_that_leave(item):
	code = make_item(has_serial_no=1, serial_no_series=f"{item.name[-8:]}-.####").name
	add_stock(code, 5)
	order = make_sales_order(code, 3)
	pick = list_of(order)
	proposed = pick.locations[0].serial_no.split("\n")
	others = frappe.get_all("Serial No", {"item_code": code, "name": ("not in", proposed)}, pluck="name")
	taken = [proposed[0], others[0]]
	pick.locations[0].b2b_scanned_serials = "\n".join(taken)
	submit(scanned(pick, 2, reasons=["Missing"]))
	assert sorted(pick.locations[0].serial_no.split("\n")) == sorted(taken)
	# those that were proposed and not found are proposed to nobody
	other = make_sales_order(code, 2)
	proposed_now = set(list_of(other).locations[0].serial_no.split("\n"))
	assert not proposed_now & {*proposed, *taken}


def test_a_batch_of_which_units_are_missing_is_not_proposed_for_them_again():
	code = make_item(
		has_batch_no=1, create_new_batch=1, batch_number_series=f"{frappe.generate_hash(length=6)}-.###"
	).name
	add_stock(code, 5)
	add_stock(code, 5)
	old = frappe.get_all("Batch", {"item": code}, pluck="name", order_by="creation")[0]
	order = make_sales_order(code, 5)
	pick = list_of(order)
	assert pick.locations[0].batch_no == old
	submit(scanned(pick, 1, reasons=["Missing"]))
	other = make_sales_order(code, 4)
	assert figures(other) == (4, 0, 0)
	assert old not in {row.batch_no for row in list_of(other).locations}


# ---- with policies ---------------------------------------------------------------------------------------------------


def test_what_must_be_complete_does_not_go_short(item):
	policy = make_policy(mode="Wait Until Complete")
	account = make_account(fulfilment_policy=policy.name)
	add_stock(item.name, 10)
	add_stock(item.name, 3)
	order = make_sales_order(item.name, 10, customer=account.customer)
	other = make_sales_order(item.name, 3)
	making.release([order.name, other.name], most=2)
	(pick,) = lists_of(order)
	counts = [6 if row.sales_order == order.name else 3 for row in pick.locations]
	reasons = ["Missing" if row.sales_order == order.name else "" for row in pick.locations]
	submit(scanned(pick, *counts, reasons=reasons))
	assert {row.sales_order: row.picked_qty for row in pick.locations} == {other.name: 3}
	(short,) = shorts(pick)
	assert (short.qty, short.kept_qty) == (10, 4)
	assert figures(order) == (6, 0, 4)
	assert making.release([order.name]).made == []


# ---- a list made by hand ---------------------------------------------------------------------------------------------


def test_a_list_made_by_hand_is_no_different(item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	pick = create_pick_list(order.name).insert()
	submit(scanned(pick, 7, reasons=["Damaged"]))
	assert figures(order) == (7, 0, 3)


def test_at_once_the_rest_has_its_list_when_it_may_go(item, worker):
	add_stock(item.name, 10)
	with pick_rules(AT_ONCE):
		order = make_sales_order(item.name, 10)
		worker()
		(pick,) = lists_of(order)
		submit(scanned(pick, 4, reasons=["Missing"]))
		worker()
		assert lists_of(order) == []
		recount.found([shorts(pick)[0].name])
		worker()
		assert [row.stock_qty for row in lists_of(order)[0].locations] == [6]
