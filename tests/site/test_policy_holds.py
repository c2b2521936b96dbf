"""What a Fulfilment Policy stops is neither picked nor shipped, until it is reached or somebody says so.

That no route leads around it, whoever takes it, is shown by test_no_route_around.
"""

import frappe
import pytest
from builders import (
	add_stock,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_supplier,
	make_user,
	receive,
	update_items,
)
from dispatching import pick
from erpnext.selling.doctype.sales_order.sales_order import update_status
from frappe.utils import add_days, nowdate
from policies import decided, holds_of, make_policy, timeline

from wholesale_b2b.api.v1 import dispatch
from wholesale_b2b.fulfilment.holds import jobs
from wholesale_b2b.fulfilment.holds.service import hold_order
from wholesale_b2b.fulfilment.holds.service.veto import Held
from wholesale_b2b.fulfilment.overrides import create_pick_list
from wholesale_b2b.fulfilment.overrides import make_delivery_note as from_order
from wholesale_b2b.wholesale_b2b.doctype.fulfilment_policy.fulfilment_policy import keep_policy, ship_now

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def waiting(item):
	"""Ten ordered to be shipped complete, four on the shelf."""
	add_stock(item.name, 4)
	return make_sales_order(item.name, 10, b2b_fulfilment_policy=make_policy("Wait Until Complete").name)


def test_it_opens_and_closes_by_itself_as_stock_arrives(waiting):
	(hold,) = holds_of(waiting)
	assert (hold.kind, hold.release_role) == ("Waiting to Be Complete", "Sales Manager")
	assert hold.reason == "the order ships complete, and 40 % of it is in stock"
	purchase = make_purchase_order(waiting.items[0].item_code, 6, days=5)
	receive(purchase, 2)
	(hold,) = holds_of(waiting)
	assert hold.reason == "the order ships complete, and 60 % of it is in stock"
	receive(purchase)
	assert holds_of(waiting) == []
	assert frappe.db.get_value("Sales Order", waiting.name, "b2b_hold_status") == ""
	assert decided(waiting)[0] == 10


def test_nothing_there_is_no_hold(item):
	order = make_sales_order(item.name, 10, b2b_fulfilment_policy=make_policy("Wait Until Complete").name)
	assert holds_of(order) == []


def test_nothing_reserved_is_no_way_around(item):
	"""Units that nobody has may be shipped on any order, but not against its policy."""
	order = make_sales_order(item.name, 10, b2b_fulfilment_policy=make_policy("Wait Until Complete").name)
	add_stock(item.name, 4, commit=False)
	# as if the engine had not come to it yet
	with pytest.raises(Held, match="the order ships complete, and 40 %"):
		make_delivery_note(sales_order=order.name, qty=4, commit=False)
	frappe.db.rollback()


def test_it_closes_by_itself_on_the_day(item, worker):
	add_stock(item.name, 5)
	policy = make_policy(use_ship_after=1, ship_after_days=2)
	order = make_sales_order(
		item.name, 5, delivery_date=add_days(nowdate(), 4), b2b_fulfilment_policy=policy.name
	)
	(hold,) = holds_of(order)
	assert hold.kind == "Ship Date Ahead"
	assert frappe.format(add_days(nowdate(), 2), "Date") in hold.reason
	with pytest.raises(Held):
		create_pick_list(order.name)
	frappe.db.set_value("Sales Order Item", order.items[0].name, "delivery_date", add_days(nowdate(), 2))
	frappe.db.commit()
	assert create_pick_list(order.name).locations[0].qty == 5
	jobs.daily()
	worker()
	assert holds_of(order) == []


def test_a_line_whose_day_has_not_come_stays_when_others_go(item):
	late = make_item()
	add_stock(item.name, 5)
	add_stock(late.name, 5)
	rows = [
		{"item_code": item.name, "qty": 5, "delivery_date": nowdate()},
		{"item_code": late.name, "qty": 5, "delivery_date": add_days(nowdate(), 30)},
	]
	order = make_sales_order(rows, b2b_fulfilment_policy=make_policy(use_ship_after=1).name)
	assert holds_of(order) == []
	note = make_delivery_note(sales_order=order.name, do_not_save=True)
	note.insert()
	with pytest.raises(Held, match="it ships from"):
		note.submit()
	frappe.db.rollback()
	assert [row.item_code for row in create_pick_list(order.name).locations] == [item.name]
	note = from_order(order.name)
	assert [row.item_code for row in note.items] == [item.name]
	note.insert().submit()
	frappe.db.commit()
	assert [hold.kind for hold in holds_of(order)] == ["Ship Date Ahead"]


def test_small_shipments_and_open_cases_wait(item):
	add_stock(item.name, 30)
	small = make_sales_order(
		item.name, 30, rate=2, b2b_fulfilment_policy=make_policy(min_shipment_value=100).name
	)
	assert holds_of(small) == []
	other = make_item()
	add_stock(other.name, 30)
	order = make_sales_order(
		other.name, 60, rate=2, b2b_fulfilment_policy=make_policy(min_shipment_value=100).name
	)
	(hold,) = holds_of(order)
	assert hold.kind == "Shipment Too Small" and "100.00" in hold.reason and "60.00" in hold.reason
	cases = make_item(uoms=[{"uom": "Box", "conversion_factor": 12}])
	add_stock(cases.name, 20)
	order = make_sales_order(
		[{"item_code": cases.name, "qty": 3, "uom": "Box", "conversion_factor": 12}],
		b2b_fulfilment_policy=make_policy(whole_cases=1).name,
	)
	assert decided(order)[0] == 12
	assert [row.qty * row.conversion_factor for row in create_pick_list(order.name).locations] == [12]


def test_what_is_ordered_in_pieces_ships_in_whole_cases_of_its_item_but_for_the_last_part():
	item = make_item(b2b_case_pack=12)
	add_stock(item.name, 19)
	policy = make_policy(whole_cases=1).name
	order = make_sales_order(item.name, 30, b2b_fulfilment_policy=policy)
	ships, (waits, why), _cut = decided(order)
	assert (ships, waits, why[0]) == (12, 18, "part_case")
	picked = pick(order)
	assert [row.qty for row in picked.locations] == [12]
	dispatch(picked.name, submit=True)
	add_stock(item.name, 11)
	assert decided(order) == (18, None, 0)
	assert [row.qty for row in pick(order).locations] == [18]


def test_what_was_picked_is_on_its_way(waiting):
	"""A pick list that was right when it was made is dispatched, though the rest of the order waits again."""
	add_stock(waiting.items[0].item_code, 6)
	picked = pick(waiting)
	update_items(waiting, {0: {"qty": 15}})
	(note,) = dispatch(picked.name, submit=True)["made"]
	frappe.db.commit()
	assert frappe.db.get_value("Delivery Note Item", {"parent": note}, "qty") == 10


def test_more_than_was_picked_waits(item):
	policy = make_policy("Wait Until Complete", min_fill_percent=50)
	add_stock(item.name, 5)
	order = make_sales_order(item.name, 10, b2b_fulfilment_policy=policy.name)
	picked = pick(order)
	add_stock(item.name, 1)
	note = make_delivery_note(sales_order=order.name, do_not_save=True)
	note.items[0].qty = 1
	with pytest.raises(Held, match="the order ships once 50 %"):
		note.insert().submit()
	frappe.db.rollback()
	assert dispatch(picked.name, submit=True)["made"]


def test_ship_now_lets_one_shipment_go(waiting):
	seller, manager = make_user("Sales User", "Stock User"), make_user("Sales Manager", "Stock User")
	frappe.db.commit()
	frappe.set_user(seller.name)
	with pytest.raises(frappe.PermissionError):
		ship_now(waiting.name, "They begged.")
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		ship_now(waiting.name, "Please.")
	frappe.set_user(manager.name)
	with pytest.raises(frappe.ValidationError, match="Say why"):
		ship_now(waiting.name, " ")
	ship_now(waiting.name, "They <b>begged</b>.")
	frappe.db.commit()
	frappe.set_user("Administrator")
	assert holds_of(waiting) == []
	said = frappe.get_all(
		"Comment", {"reference_name": waiting.name, "content": ("like", "Ship Now%")}, ["content", "owner"]
	)
	assert [(row.owner, "&lt;b&gt;begged" in row.content) for row in said] == [(manager.name, True)]
	# a form that was open all the time neither refuses nor takes it back
	waiting.po_no = "PO-1"
	waiting.save()
	dispatch(pick(waiting).name, submit=True)
	frappe.db.commit()
	waiting.reload()
	assert (waiting.b2b_ship_now or "", waiting.items[0].delivered_qty) == ("", 4)
	add_stock(waiting.items[0].item_code, 2)
	assert [hold.kind for hold in holds_of(waiting)] == ["Waiting to Be Complete"]


def test_ship_now_is_taken_back(waiting):
	ship_now(waiting.name, "They begged.")
	keep_policy(waiting.name, "They can wait.")
	frappe.db.commit()
	assert len(holds_of(waiting)) == 1
	with pytest.raises(frappe.ValidationError, match="keeps its Fulfilment Policy already"):
		keep_policy(waiting.name, "Again.")


def test_another_policy_holds_and_releases(waiting, worker):
	policy = frappe.get_doc("Fulfilment Policy", waiting.b2b_fulfilment_policy)
	policy.min_fill_percent = 40
	policy.save()
	worker()
	assert holds_of(waiting) == []
	policy.reload()
	policy.min_fill_percent = 50
	policy.save()
	worker()
	assert len(holds_of(waiting)) == 1
	waiting.reload()
	waiting.b2b_fulfilment_policy = make_policy().name
	waiting.save()
	frappe.db.commit()
	assert holds_of(waiting) == []


def test_impossible_policies_are_refused():
	for wrong, words in (
		({"min_fill_percent": 101}, "from 0 to 100"),
		({"max_shipments": -1}, "negative"),
		({"mode": "Ship and Cancel the Rest", "max_shipments": 2}, "ships once"),
	):
		with pytest.raises(frappe.ValidationError, match=words):
			make_policy(**wrong)


def test_a_policy_that_is_named_is_not_deleted(waiting):
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Fulfilment Policy", waiting.b2b_fulfilment_policy)
	frappe.db.rollback()


def test_a_held_order_leaves_its_stock_to_others_where_its_policy_says_so(item, worker):
	add_stock(item.name, 10)
	policy = make_policy(keep_pegs_on_hold=0)
	order = make_sales_order(item.name, 10, b2b_fulfilment_policy=policy.name)
	other = make_sales_order(item.name, 4)
	assert [reserved(one) for one in (order, other)] == [10, 0]
	update_status("On Hold", order.name)
	frappe.db.commit()
	assert [reserved(one) for one in (order, other)] == [0, 4]
	assert any("left to others" in said for said in timeline(order))
	update_status("Draft", order.name)
	frappe.db.commit()
	# a promise made meanwhile is kept
	assert [reserved(one) for one in (order, other)] == [6, 4]
	update_status("On Hold", order.name)
	frappe.db.commit()
	assert reserved(order) == 0
	policy.reload()
	policy.keep_pegs_on_hold = 1
	policy.save()
	worker()
	assert reserved(order) == 6


def test_what_only_waits_for_the_rest_keeps_its_stock(item):
	add_stock(item.name, 4)
	policy = make_policy("Wait Until Complete", keep_pegs_on_hold=0)
	order = make_sales_order(item.name, 10, b2b_fulfilment_policy=policy.name)
	assert ([hold.kind for hold in holds_of(order)], reserved(order)) == (["Waiting to Be Complete"], 4)
	hold_order(order.name, "The customer asked us to wait.")
	frappe.db.commit()
	assert reserved(order) == 0


def reserved(order):
	return frappe.db.get_value("Sales Order Item", order.items[0].name, "b2b_reserved_qty")


def test_what_a_supplier_delivers_straight_to_the_customer_waits_for_nothing(item):
	add_stock(item.name, 4)
	straight, supplier = make_item(), make_supplier().name
	order = make_sales_order(
		[
			{"item_code": item.name, "qty": 10},
			{"item_code": straight.name, "qty": 3, "delivered_by_supplier": 1, "supplier": supplier},
		],
		b2b_fulfilment_policy=make_policy("Wait Until Complete").name,
	)
	assert len(holds_of(order)) == 1
	row = {"delivered_by_supplier": 1, "sales_order": order.name, "sales_order_item": order.items[1].name}
	purchase = make_purchase_order(
		straight.name, 3, supplier=supplier, do_not_save=True, customer=order.customer
	)
	purchase.items[0].update(row)
	purchase.insert().submit()
	frappe.db.commit()
	hold_order(order.name, "The customer asked us to wait.")
	other = frappe.copy_doc(purchase)
	other.update({"schedule_date": purchase.schedule_date})
	other.items[0].schedule_date = purchase.schedule_date
	with pytest.raises(Held, match="asked us to wait"):
		other.insert().submit()
	frappe.db.rollback()
