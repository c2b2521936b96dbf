"""Returns and their policy: which one counts, where the goods go, what is refused until it is approved."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_item,
	make_sales_order,
	make_user,
	unique,
	warehouse,
)
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import add_days, nowdate
from returning import by_invoice, by_note, make_policy, quarantine, sell, send_back

from wholesale_b2b.allocation.service import answers, audit
from wholesale_b2b.api.v1 import approve_return

pytestmark = pytest.mark.usefixtures("promises_hold", "no_policies")


@pytest.fixture(params=[by_note, by_invoice])
def deliver(request):
	return request.param


def figures(order, row=0):
	"""reserved, pre-allocated, backordered."""
	return frappe.db.get_value(
		"Sales Order Item",
		{"parent": order.name, "idx": row + 1},
		["b2b_reserved_qty", "b2b_pre_allocated_qty", "b2b_backorder_qty"],
	)


def on_hand(item, place):
	return frappe.db.get_value("Bin", {"item_code": item.name, "warehouse": place}, "actual_qty") or 0


def to_sell(item, place):
	return answers.availability([item.name], [place])[0]["ats_qty"]


def to_pick(order):
	"""Units that a pick list of the order would ask for."""
	from wholesale_b2b.fulfilment.overrides import create_pick_list

	try:
		return sum(row.qty for row in create_pick_list(order.name).locations)
	except frappe.ValidationError:
		frappe.db.rollback()
		return 0


# ---- deliver ten, four come back ---------------------------------------------------------------------------------


def test_four_of_ten_come_back_and_are_credited_and_nothing_more_is_picked(item, deliver):
	make_policy()
	add_stock(item.name, 10)
	order, out = sell(item.name, 10, deliver)
	send_back(out, 4, "Unopened")
	assert figures(order) == (0, 0, 0)
	assert to_pick(order) == 0
	assert to_sell(item, warehouse()) == 4
	assert audit.run() == []


def test_four_of_ten_come_back_to_be_replaced_and_four_are_picked(item, deliver):
	make_policy()
	add_stock(item.name, 10)
	order, out = sell(item.name, 10, deliver)
	send_back(out, 4, "Unopened", b2b_replace=1)
	assert figures(order) == (4, 0, 0)
	assert to_pick(order) == 4
	assert to_sell(item, warehouse()) == 0


def test_what_is_replaced_does_not_come_out_of_quarantine(item, deliver):
	place = quarantine()
	make_policy([{"condition": "Damaged", "warehouse": place}])
	add_stock(item.name, 10)
	order, out = sell(item.name, 10, deliver)
	back = send_back(out, 4, "Damaged", b2b_replace=1)
	assert on_hand(item, place) == 4
	assert figures(order) == (0, 0, 4)
	assert to_sell(item, place) == 0
	add_stock(item.name, 6)
	assert figures(order) == (4, 0, 0)
	assert to_sell(item, warehouse()) == 2
	back.cancel()
	frappe.db.commit()
	assert on_hand(item, place) == 0
	assert figures(order) == (0, 0, 0)
	assert to_sell(item, warehouse()) == 6


def test_an_order_gets_nothing_from_a_quarantine_until_it_is_none(item):
	place = warehouse(unique("Returns"))
	frappe.db.set_value("Warehouse", place, "is_rejected_warehouse", 1)
	add_stock(item.name, 5, into=place)
	order = make_sales_order(item.name, 5, into=place)
	assert figures(order) == (0, 0, 5)
	doc = frappe.get_doc("Warehouse", place)
	doc.is_rejected_warehouse = 0
	doc.save()
	frappe.db.commit()
	assert figures(order) == (5, 0, 0)
	assert to_sell(item, place) == 0


# ---- which policy -------------------------------------------------------------------------------------------------


def test_without_a_policy_a_return_is_as_erpnext_has_it(item, deliver):
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver)
	back = send_back(out, 4)
	assert (back.b2b_return_policy, back.b2b_return_status) == (None, None)
	assert back.items[0].warehouse == warehouse()


def test_the_policy_of_the_channel_comes_before_the_companys(item, deliver):
	house = make_policy()
	web = make_policy(channel="Web Shop", days_allowed=14)
	add_stock(item.name, 20)
	_order, out = sell(item.name, 10, deliver, b2b_channel="web shop")
	assert send_back(out, 1, "Opened").b2b_return_policy == web.name
	_order, out = sell(item.name, 10, deliver)
	back = send_back(out, 1, "Opened")
	assert (back.b2b_return_policy, back.b2b_return_status) == (house.name, "Within Policy")
	assert back.b2b_carriage_paid_by == "Customer"


def test_a_disabled_policy_does_not_count(item):
	make_policy(enabled=0)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10)
	assert send_back(out, 4).b2b_return_policy is None


@pytest.mark.parametrize(
	("fields", "match"),
	[
		({"is_default": 1}, "default of"),
		({"is_default": 0, "channel": "WEB"}, "channel"),
		({"is_default": 0, "restocking_fee_percent": 101}, "0 to 100"),
		({"is_default": 0, "default_condition": "Damaged", "conditions": []}, "not one of the conditions"),
		({"is_default": 0, "conditions": [{"condition": "Opened"}] * 2}, "twice"),
		({"is_default": 0, "restocking_fee_percent": 10, "restocking_fee_account": None}, "account"),
		({"is_default": 0, "days_allowed": -1}, "negative"),
	],
)
def test_policies_that_cannot_stand_are_refused(fields, match):
	make_policy()
	make_policy(channel="web")
	with pytest.raises(frappe.ValidationError, match=match):
		make_policy(**fields)


def test_nothing_is_returned_to_a_group_or_to_another_companys_warehouse():
	group = frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 1})
	with pytest.raises(frappe.ValidationError, match="group"):
		make_policy([{"condition": "Opened", "warehouse": group}])


# ---- where the goods go -------------------------------------------------------------------------------------------


def test_goods_go_where_their_condition_sends_them(item, deliver):
	place = quarantine()
	make_policy([{"condition": "Unopened"}, {"condition": "Damaged", "warehouse": place}])
	add_stock(item.name, 10)
	order, out = sell(item.name, 10, deliver)
	back = send_back(out, 3, "Damaged")
	assert back.items[0].warehouse == place
	assert (on_hand(item, place), on_hand(item, warehouse())) == (3, 0)
	send_back(out, 2, "Unopened")
	assert (on_hand(item, place), on_hand(item, warehouse())) == (3, 2)
	# what is in quarantine covers nobody
	other = make_sales_order(item.name, 5)
	assert figures(other) == (2, 0, 3)
	assert figures(order) == (0, 0, 0)


def test_a_warehouse_that_somebody_chose_stays(item, deliver):
	place, shop = quarantine(), warehouse("Shop Floor")
	make_policy([{"condition": "Opened", "warehouse": place}, {"condition": "Unopened"}])
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver)
	back = send_back(out, 3, "Opened", submit=False)
	assert back.items[0].warehouse == place
	# another condition is followed, a choice is kept
	back.items[0].b2b_condition = "Unopened"
	back.save()
	assert back.items[0].warehouse == warehouse()
	back.items[0].update({"b2b_condition": "Opened", "warehouse": shop})
	back.save().submit()
	frappe.db.commit()
	assert (back.items[0].warehouse, on_hand(item, shop)) == (shop, 3)


def test_the_components_of_a_bundle_go_with_it():
	place = quarantine()
	make_policy([{"condition": "Damaged", "warehouse": place}])
	parts = [make_item(), make_item()]
	kit = make_bundle({parts[0].name: 2, parts[1].name: 1})
	add_stock(parts[0].name, 10)
	add_stock(parts[1].name, 5)
	order, out = sell(kit.name, 5)
	back = send_back(out, 2, "Damaged", b2b_replace=1)
	assert [on_hand(part, place) for part in parts] == [4, 2]
	assert figures(order) == (0, 0, 2)
	back.cancel()
	frappe.db.commit()
	assert [on_hand(part, place) for part in parts] == [0, 0]


def test_serial_numbers_go_to_quarantine():
	place = quarantine()
	make_policy([{"condition": "Damaged", "warehouse": place}])
	item = make_item(has_serial_no=1, serial_no_series=unique("SN") + ".#####")
	add_stock(item.name, 2)
	_order, out = sell(item.name, 2)
	send_back(out, 2, "Damaged")
	assert on_hand(item, place) == 2
	assert frappe.db.count("Serial No", {"item_code": item.name, "warehouse": place}) == 2


# ---- conditions ---------------------------------------------------------------------------------------------------


def test_a_return_says_in_which_condition_it_is(item, deliver):
	make_policy()
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver)
	back = send_back(out, 4, submit=False)
	with pytest.raises(frappe.ValidationError, match="which condition"):
		back.submit()
	frappe.db.rollback()
	assert on_hand(item, warehouse()) == 0
	back.reload()
	back.items[0].b2b_condition = "Opened"
	back.save().submit()


def test_a_default_condition_goes_without_saying(item, deliver):
	place = quarantine()
	make_policy(
		[{"condition": "Unopened", "warehouse": place}, {"condition": "Opened"}],
		default_condition="Unopened",
	)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver)
	back = send_back(out, 4)
	assert (back.items[0].b2b_condition, on_hand(item, place)) == ("Unopened", 4)


# ---- outside the policy -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days_ago", "status"), [(30, "Within Policy"), (31, "Needs Approval")])
def test_a_late_return_needs_approval(item, deliver, days_ago, status):
	make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver, days_ago=days_ago)
	back = send_back(out, 4, "Unopened", submit=False)
	assert back.b2b_return_status == status
	if status == "Within Policy":
		back.submit()
		return
	with pytest.raises(frappe.ValidationError, match="31 days after the sale; 30 are allowed"):
		back.submit()
	frappe.db.rollback()
	assert on_hand(item, warehouse()) == 0
	assert approve_return(back.doctype, back.name, "They were away.")["status"] == "Approved"
	frappe.db.commit()
	back.reload()
	assert back.b2b_return_approved_by == "Administrator"
	assert back.b2b_return_approved_at
	assert back.b2b_return_approval_reason == "They were away."
	back.submit()
	frappe.db.commit()
	assert on_hand(item, warehouse()) == 4
	comments = frappe.get_all(
		"Comment", {"reference_name": back.name, "comment_type": "Info"}, pluck="content"
	)
	assert any("They were away." in text for text in comments)


@pytest.mark.parametrize("condition", ["Damaged", "Soaked"])
def test_a_condition_that_is_not_accepted_needs_approval(item, deliver, condition):
	if not frappe.db.exists("Return Condition", condition):
		frappe.get_doc({"doctype": "Return Condition", "condition": condition}).insert()
	make_policy([{"condition": "Unopened"}, {"condition": "Damaged", "accepted": 0}])
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver)
	back = send_back(out, 4, condition, submit=False)
	with pytest.raises(frappe.ValidationError, match=f"{condition} is not accepted"):
		back.submit()
	frappe.db.rollback()
	approve_return(back.doctype, back.name, "The box was ours.")
	frappe.db.commit()
	back.reload()
	back.submit()


def test_a_return_that_names_no_sale_needs_approval(item):
	make_policy()
	back = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": COMPANY,
			"customer": sell_one(item)[0].customer,
			"is_return": 1,
			"items": [
				{
					"item_code": item.name,
					"qty": -1,
					"rate": 10,
					"warehouse": warehouse(),
					"b2b_condition": "Opened",
				}
			],
		}
	).insert()
	with pytest.raises(frappe.ValidationError, match="names no sale"):
		back.submit()


def sell_one(item, **fields):
	add_stock(item.name, 1)
	return sell(item.name, 1, **fields)


def test_an_approval_is_for_what_was_approved(item, deliver):
	make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver, days_ago=40)
	back = send_back(out, 4, "Unopened", submit=False)
	approve_return(back.doctype, back.name, "Agreed.")
	frappe.db.commit()
	back.reload()
	back.items[0].qty = -5
	back.save()
	assert (back.b2b_return_status, back.b2b_return_approved_by) == ("Needs Approval", None)
	with pytest.raises(frappe.ValidationError, match="outside"):
		back.submit()
	frappe.db.rollback()
	# fewer are within what was agreed
	back.reload()
	back.items[0].qty = -3
	back.save()
	assert back.b2b_return_status == "Approved"
	back.submit()


def test_nobody_approves_by_writing_it_on_the_paper(item, deliver):
	make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver, days_ago=40)
	forged = {
		"b2b_return_status": "Approved",
		"b2b_return_approved_by": "Administrator",
		"b2b_return_approved_for": frappe.as_json(
			{"kinds": ["late"], "goods": [[item.name, "Unopened", "9"]]}
		),
	}
	back = send_back(out, 4, "Unopened", submit=False, **forged)
	assert (back.b2b_return_status, back.b2b_return_approved_for) == ("Needs Approval", None)
	back.update(forged)
	with pytest.raises(frappe.ValidationError, match="outside"):
		back.submit()


def test_approving_is_for_the_role_of_the_policy(item):
	make_policy(days_allowed=30, approver_role="Stock Manager")
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, days_ago=40)
	back = send_back(out, 4, "Unopened", submit=False)
	clerk, chief = make_user("Stock User", "Sales User"), make_user("Stock User", "Stock Manager")
	frappe.db.commit()
	for user in ("Guest", make_user("Customer", user_type="Website User").name, clerk.name):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			approve_return(back.doctype, back.name, "Let me.")
		frappe.set_user("Administrator")
	frappe.set_user(chief.name)
	with pytest.raises(frappe.ValidationError, match="Say why"):
		approve_return(back.doctype, back.name, " ")
	first = approve_return(back.doctype, back.name, "Fine.")
	assert first["approved_by"] == chief.name
	# asked again it stays as it was
	assert approve_return(back.doctype, back.name, "Again.") == first


def test_there_is_nothing_to_approve_within_the_policy(item):
	make_policy()
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10)
	back = send_back(out, 4, "Unopened", submit=False)
	with pytest.raises(frappe.ValidationError, match="nothing to approve"):
		approve_return(back.doctype, back.name, "Why not.")
	with pytest.raises(frappe.ValidationError, match="returns"):
		approve_return("Sales Order", back.items[0].against_sales_order, "Why not.")


def test_a_return_within_the_policy_waits_no_longer_once_the_policy_allows_it(item):
	policy = make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, days_ago=40)
	back = send_back(out, 4, "Unopened", submit=False)
	policy.days_allowed = 60
	policy.save()
	back.reload()
	back.submit()
	assert back.b2b_return_status == "Within Policy"


# ---- by whatever door ---------------------------------------------------------------------------------------------


def test_a_late_return_is_refused_by_rest_in_one_go(item, deliver):
	make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver, days_ago=40)
	back = make_return_doc(out.doctype, out.name)
	back.items[0].b2b_condition = "Unopened"
	body = {**back.as_dict(no_default_fields=True), "doctype": out.doctype, "docstatus": 1}
	user = make_user("Stock User", "Stock Manager", "Sales User", "Sales Manager", "Accounts Manager")
	frappe.db.commit()
	frappe.set_user(user.name)
	from frappe.client import insert, submit

	with pytest.raises(frappe.ValidationError, match="31|40 days"):
		submit(frappe.as_json(body))
	frappe.db.rollback()
	draft = insert(frappe.as_json({**body, "docstatus": 0}))
	assert draft.b2b_return_status == "Needs Approval"
	with pytest.raises(frappe.ValidationError, match="40 days"):
		submit(frappe.as_json(frappe.get_doc(out.doctype, draft.name).as_dict()))
	frappe.db.rollback()
	frappe.set_user("Administrator")
	assert on_hand(item, warehouse()) == 0


def test_desk_and_background_submits_are_refused_alike(item):
	make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, days_ago=40)
	back = send_back(out, 4, "Unopened", submit=False)
	from frappe.desk.form.save import savedocs

	with pytest.raises(frappe.ValidationError, match="outside"):
		savedocs(frappe.as_json(back.as_dict()), "Submit")
	frappe.db.rollback()
	from frappe.desk.doctype.bulk_update.bulk_update import _bulk_action

	_bulk_action("Delivery Note", [back.name], "submit", None, None)
	assert frappe.db.get_value("Delivery Note", back.name, "docstatus") == 0
	assert not frappe.db.exists("Stock Ledger Entry", {"voucher_no": back.name})


def test_an_amended_return_keeps_its_approval(item, deliver):
	make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver, days_ago=40)
	back = send_back(out, 4, "Unopened", submit=False)
	approve_return(back.doctype, back.name, "Agreed by phone.")
	frappe.db.commit()
	back.reload()
	back.submit()
	back.cancel()
	frappe.db.commit()
	assert on_hand(item, warehouse()) == 0
	again = frappe.copy_doc(back)
	again.amended_from = back.name
	again.insert()
	assert (again.b2b_return_status, again.b2b_return_approval_reason) == ("Approved", "Agreed by phone.")
	again.submit()
	frappe.db.commit()
	assert on_hand(item, warehouse()) == 4
	again.cancel()
	frappe.db.commit()
	more = frappe.copy_doc(again)
	more.amended_from = again.name
	more.items[0].qty = -6
	more.insert()
	assert more.b2b_return_status == "Needs Approval"


def test_returns_of_a_company_that_is_not_switched_on_are_left_alone(item):
	make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, days_ago=40)
	settings = frappe.get_single("Wholesale Settings")
	row = next(row for row in settings.companies if row.company == COMPANY)
	frappe.db.set_value("Wholesale Company", row.name, "enabled", 0)
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")
	back = send_back(out, 4, commit=False)
	assert (back.docstatus, back.b2b_return_policy) == (1, None)
	frappe.db.rollback()
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")


def test_the_days_count_from_the_sale_to_the_return(item):
	make_policy(days_allowed=30)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, days_ago=40)
	back = make_return_doc(out.doctype, out.name)
	back.items[0].b2b_condition = "Unopened"
	back.update({"set_posting_time": 1, "posting_date": add_days(nowdate(), -10)})
	back.insert()
	assert back.b2b_return_status == "Within Policy"
