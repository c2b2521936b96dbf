"""The Allocation Board, why a line has what it has, and units moved by hand from one order to another."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_customer,
	make_order_rule,
	make_protection,
	make_purchase_order,
	make_sales_order,
	make_stock_hold,
	make_user,
	receive,
	unique,
	update_items,
	warehouse,
)
from frappe.model.naming import NamingSeries
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.api import v1
from wholesale_b2b.fulfilment.overrides import create_pick_list

pytestmark = pytest.mark.usefixtures("promises_hold")


def shelf(item, place=None):
	return f"{item.name}\n{place or warehouse()}"


def coming(purchase_order):
	return f"Purchase Order\n{purchase_order.items[0].name}"


def move(item, supply, giver, taker, qty, reason="The shop opens on Monday", key=None):
	answer = v1.reallocate(
		item.name,
		supply,
		taker.items[0].name,
		qty,
		reason,
		key or unique("key"),
		giver.items[0].name if giver else None,
	)
	frappe.db.commit()
	return answer


def figures(order):
	order.reload()
	row = order.items[0]
	return row.b2b_reserved_qty, row.b2b_pre_allocated_qty, row.b2b_backorder_qty


@pytest.fixture
def as_user():
	def switch(*roles):
		user = make_user(*roles)
		frappe.db.commit()
		frappe.set_user(user.name)
		return user

	yield switch
	frappe.set_user("Administrator")


@pytest.fixture
def two(item):
	"""Ten on the shelf, all of the first order's; the second has the ten of a purchase order."""
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 10)
	incoming = make_purchase_order(item.name, 10)
	second = make_sales_order(item.name, 10)
	assert (figures(first), figures(second)) == ((10, 0, 0), (0, 10, 10))
	return first, second, incoming


# ---- moving -----------------------------------------------------------------------------------------------------


def test_units_move_and_the_later_promise_goes_back_in_exchange(item, two):
	first, second, _incoming = two
	answer = move(item, shelf(item), first, second, 4)
	assert (figures(first), figures(second)) == ((6, 4, 4), (4, 6, 6))
	assert {row.sales_order: row.outcome for row in answer["changes"]} == {
		first.name: "Later",
		second.name: "Changed",
	}


def test_a_move_is_logged_with_who_why_and_what(item, two):
	first, second, _incoming = two
	answer = move(item, shelf(item), first, second, 4, reason="Press visit on Friday")
	log = frappe.get_doc("Allocation Run", answer["run"])
	assert (log.run_type, log.reason, log.user) == ("Manual Move", "Press visit on Friday", "Administrator")
	(row,) = log.moves
	assert (row.qty, row.from_order, row.to_order, row.warehouse) == (4, first.name, second.name, warehouse())
	victim = next(change for change in log.changes if change.sales_order == first.name)
	assert (victim.outcome, victim.beneficiary) == ("Later", second.name)
	assert "Press visit on Friday" in victim.rule
	told = frappe.get_all("Comment", {"reference_name": first.name, "comment_type": "Info"}, pluck="content")
	assert any("Press visit on Friday" in content for content in told)


def test_who_gives_shelf_units_for_units_to_come_is_told_though_nobody_knows_a_date(item):
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 15)
	make_purchase_order(item.name, 5)
	second = make_sales_order(item.name, 5)
	make_purchase_order(item.name, 4)
	assert (figures(first), figures(second)) == ((10, 5, 5), (0, 4, 5))
	update_items(first, {0: {"qty": 30}})
	move(item, shelf(item), first, second, 4)
	# one of the four is what the second lacked, for the other three it gives later ones
	assert (figures(first), figures(second)) == ((6, 8, 24), (4, 1, 1))
	told = frappe.get_all("Comment", {"reference_name": first.name, "comment_type": "Info"}, pluck="content")
	assert any("reserved 6 (was 10)" in content and "opens on Monday" in content for content in told)


def test_a_move_outlives_later_runs(item, two):
	first, second, incoming = two
	move(item, shelf(item), first, second, 10)
	assert marking.run({(item.name, warehouse())}, "Again").changes == []
	make_sales_order(item.name, 3)
	assert (figures(first), figures(second)) == ((0, 10, 10), (10, 0, 0))
	receive(incoming)
	assert (figures(first), figures(second)) == ((10, 0, 0), (10, 0, 0))


def test_units_to_come_move_too(item):
	incoming = make_purchase_order(item.name, 10)
	first, second = make_sales_order(item.name, 8), make_sales_order(item.name, 8)
	move(item, coming(incoming), first, second, 5)
	assert (figures(first), figures(second)) == ((0, 3, 8), (0, 7, 8))


def test_free_units_are_given(item):
	held = make_protection(item_code=item.name, channel="web", floor=6)
	add_stock(item.name, 6)
	order = make_sales_order(item.name, 5)
	assert figures(order) == (0, 0, 5)
	move(item, shelf(item), None, order, 4)
	assert figures(order) == (4, 0, 1)
	held.delete()
	frappe.db.commit()


def test_units_of_a_stock_hold_are_not_free(item):
	add_stock(item.name, 6)
	make_stock_hold(item.name, 6)
	order = make_sales_order(item.name, 5)
	with pytest.raises(frappe.ValidationError, match="Only 0 units are free"):
		move(item, shelf(item), None, order, 1)


def test_units_on_a_pick_list_do_not_move(item, two):
	first, second, _incoming = two
	pick = create_pick_list(first.name)
	pick.locations[0].update({"qty": 7, "stock_qty": 7})
	pick.insert()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="3 of these units .* can be moved"):
		move(item, shelf(item), first, second, 4)
	frappe.db.rollback()
	move(item, shelf(item), first, second, 3)
	assert figures(first)[0] == 7
	pick.delete()
	frappe.db.commit()


@pytest.mark.parametrize(
	("qty", "message"),
	[(11, "has only 10"), (0, "above zero"), (-3, "above zero"), (1.5, "not a whole number")],
)
def test_quantities_that_cannot_be_moved(item, two, qty, message):
	first, second, _incoming = two
	with pytest.raises(frappe.ValidationError, match=message):
		move(item, shelf(item), first, second, qty)


def test_nobody_gets_more_than_it_asks_for_nor_from_elsewhere(item):
	add_stock(item.name, 10)
	first, second = make_sales_order(item.name, 10), make_sales_order(item.name, 3)
	far = make_sales_order(item.name, 3, into=warehouse("Leeds"))
	with pytest.raises(frappe.ValidationError, match="can use 3 more"):
		move(item, shelf(item), first, second, 4)
	with pytest.raises(frappe.ValidationError, match="not delivered from that warehouse"):
		move(item, shelf(item), first, far, 1)
	with pytest.raises(frappe.ValidationError, match="not there any more"):
		move(item, "Purchase Order\nnone", first, second, 1)
	with pytest.raises(frappe.ValidationError, match="Say why"):
		move(item, shelf(item), first, second, 1, reason="  ")
	assert figures(first) == (10, 0, 0)


def test_a_line_that_is_sourced_from_several_warehouses_may_get_units_of_either(item):
	customer = make_customer().name
	rule = make_order_rule(customer=customer, company=COMPANY, sources=[warehouse(), warehouse("Leeds")])
	add_stock(item.name, 5, into=warehouse("Leeds"))
	first = make_sales_order(item.name, 5, into=warehouse("Leeds"))
	second = make_sales_order(item.name, 5, customer=customer)
	move(item, shelf(item, warehouse("Leeds")), first, second, 2)
	assert (figures(first), figures(second)) == ((3, 0, 2), (2, 0, 3))
	second.cancel()
	rule.delete()
	frappe.db.commit()


def test_units_of_a_bundle_component_move_like_any_other(item):
	kit = make_bundle({item.name: 2})
	add_stock(item.name, 10)
	loose, bundle = make_sales_order(item.name, 10), make_sales_order(kit.name, 3)
	(part,) = bundle.packed_items
	answer = v1.reallocate(
		item.name, shelf(item), part.name, 4, "The set is on the poster", unique("key"), loose.items[0].name
	)
	frappe.db.commit()
	assert figures(loose) == (6, 0, 4)
	bundle.reload()
	assert bundle.packed_items[0].b2b_reserved_qty == 4
	assert bundle.items[0].b2b_reserved_qty == 2
	lost = next(row for row in answer["changes"] if row.sales_order == loose.name)
	assert (lost.outcome, lost.beneficiary) == ("Lost", bundle.name)
	row = next(row for row in v1.board(item.name)["demands"] if row["line"] == part.name)
	assert (row["kit"], row["owed"], row["reserved"], row["uncovered"]) == (kit.name, 6, 4, 2)
	update_items(bundle, {0: {"qty": 4}})
	told = v1.explain_peg(item.name, bundle.packed_items[0].name, shelf(item))
	assert "The set is on the poster" in told["reasons"][0]


# ---- asked twice ------------------------------------------------------------------------------------------------


def test_the_same_key_again_answers_the_same_and_moves_nothing(item, two):
	first, second, _incoming = two
	key = unique("key")
	once = move(item, shelf(item), first, second, 4, key=key)
	again = move(item, shelf(item), first, second, 4, key=key)
	assert frappe.as_json(again) == frappe.as_json(once)
	assert figures(second) == (4, 6, 6)
	assert frappe.db.count("Allocation Run", {"idempotency_key": key}) == 1


def test_a_key_is_good_for_one_move(item, two):
	first, second, _incoming = two
	key = unique("key")
	move(item, shelf(item), first, second, 4, key=key)
	with pytest.raises(frappe.ValidationError, match="used for another move"):
		move(item, shelf(item), first, second, 5, key=key)
	with pytest.raises(frappe.ValidationError, match="idempotency_key"):
		v1.reallocate(item.name, shelf(item), second.items[0].name, 1, "Why", "", first.items[0].name)


# ---- looking first ----------------------------------------------------------------------------------------------


def test_a_preview_tells_who_gains_and_loses_and_writes_nothing(item, two):
	first, second, _incoming = two
	lines = second.items[0].name, 4, first.items[0].name
	runs = frappe.db.count("Allocation Run")
	seen = v1.preview_reallocation(item.name, shelf(item), *lines)
	assert (seen["most"], seen["refused"]) == (10, None)
	by_order = {row["sales_order"]: row for row in seen["changes"]}
	assert by_order[first.name]["outcome"] == "Later"
	assert by_order[first.name]["customer_name"] == first.customer_name
	assert by_order[second.name]["reserved_after"] == 4
	assert (figures(first), figures(second)) == ((10, 0, 0), (0, 10, 10))
	assert frappe.db.count("Allocation Run") == runs
	made = move(item, shelf(item), first, second, 4)
	names = [name for name in seen["changes"][0] if name != "customer_name"]
	assert [[row[name] for name in names] for row in made["changes"]] == [
		[row[name] for name in names] for row in seen["changes"]
	]


def test_a_preview_says_why_a_move_cannot_be_made(item, two):
	first, second, _incoming = two
	seen = v1.preview_reallocation(item.name, shelf(item), second.items[0].name, 40, first.items[0].name)
	assert seen["most"] == 10
	assert "has only 10" in seen["refused"]
	assert seen["changes"] == []


# ---- the board --------------------------------------------------------------------------------------------------


def test_the_board_shows_supply_demand_and_the_pegs_between(item, two):
	first, second, incoming = two
	third = make_sales_order(item.name, 5, b2b_priority=10)
	seen = v1.board(item.name)
	assert [row["kind"] for row in seen["supplies"]] == ["shelf", "inbound"]
	on_shelf, to_come = seen["supplies"]
	assert (on_shelf["qty"], on_shelf["promised"], on_shelf["free"]) == (10, 10, 0)
	assert (to_come["name"], to_come["qty"], to_come["free"]) == (incoming.name, 10, 0)
	assert to_come["supplier"] == incoming.supplier_name
	# in the order of the queue: the urgent one first, though it came last
	assert [row["sales_order"] for row in seen["demands"]] == [third.name, first.name, second.name]
	assert [row["uncovered"] for row in seen["demands"]] == [5, 0, 0]
	assert {(peg["line"], peg["supply"], peg["qty"]) for peg in seen["pegs"]} == {
		(first.items[0].name, shelf(item), 10),
		(second.items[0].name, coming(incoming), 10),
	}
	assert (seen["total"], seen["may_move"], seen["unsettled"]) == (3, True, False)


def test_filters_and_pages(item, two):
	_first, second, incoming = two
	third = make_sales_order(item.name, 5)

	def shown(**filters):
		return [row["sales_order"] for row in v1.board(item.name, **filters)["demands"]]

	assert shown(customer=second.customer) == [second.name]
	assert shown(sales_order=third.name) == [third.name]
	assert shown(supply=incoming.name) == [second.name]
	assert shown(only="waiting") == [third.name]
	assert shown(only="picking") == []
	assert shown(warehouse=warehouse("Leeds")) == []
	assert shown(start=1, limit=1) == [second.name]
	with pytest.raises(frappe.ValidationError, match="waiting or picking"):
		v1.board(item.name, only="nothing")
	with pytest.raises(frappe.DoesNotExistError):
		v1.board("no such item")


def test_what_is_held_or_at_the_till_is_not_free(item):
	add_stock(item.name, 10)
	make_stock_hold(item.name, 4)
	(row,) = v1.board(item.name)["supplies"]
	assert (row["qty"], row["held"], row["free"]) == (10, 4, 6)


def test_an_item_nobody_wants_is_an_empty_board(item):
	seen = v1.board(item.name)
	assert (seen["supplies"], seen["demands"], seen["pegs"], seen["total"]) == ([], [], [], 0)


# ---- why --------------------------------------------------------------------------------------------------------


def test_a_peg_is_explained_in_sentences(item, two):
	first, second, incoming = two
	waiting = make_sales_order(item.name, 5, b2b_priority=90)
	told = v1.explain_peg(item.name, second.items[0].name, coming(incoming))
	assert told["summary"].startswith(f"10 of the 10 units still to come on Purchase Order {incoming.name}")
	assert f"{second.name} ({second.customer_name})" in told["summary"]
	words = " ".join(told["reasons"])
	assert "number 2 of 3 in line" in words
	assert f"before {waiting.name}" in words
	assert "priority 50 comes before 90" in words
	assert f"promised to others: 10 to {first.name}" in words


def test_a_move_by_hand_and_a_pick_list_are_part_of_the_explanation(item, two):
	first, second, _incoming = two
	move(item, shelf(item), first, second, 4, reason="Press visit")
	pick = create_pick_list(second.name).insert()
	frappe.db.commit()
	told = v1.explain_peg(item.name, second.items[0].name, shelf(item))
	assert told["frozen"] == 4
	assert told["pick_lists"] == [pick.name]
	assert f"moved 4 units to it from {first.name}" in told["reasons"][0]
	assert "Press visit" in told["reasons"][0]
	assert any(f"on pick list {pick.name}" in reason for reason in told["reasons"])
	pick.delete()
	frappe.db.commit()


def test_a_late_promise_says_so(item):
	incoming = make_purchase_order(item.name, 5, days=30)
	order = make_sales_order(item.name, 5)
	told = v1.explain_peg(item.name, order.items[0].name, coming(incoming))
	assert getdate(order.delivery_date) < getdate(add_days(nowdate(), 30))
	assert any("too late" in reason for reason in told["reasons"])
	assert any("nothing on the shelf" in reason for reason in told["reasons"])


def test_a_peg_that_is_gone_says_so(item, two):
	with pytest.raises(frappe.DoesNotExistError, match="moved or delivered meanwhile"):
		v1.explain_peg(item.name, two[1].items[0].name, shelf(item))


# ---- who may ----------------------------------------------------------------------------------------------------


def ask_all(item, two):
	first, second, incoming = two
	lines = second.items[0].name, 1, first.items[0].name
	return {
		"board": lambda: v1.board(item.name),
		"explain": lambda: v1.explain_peg(item.name, second.items[0].name, coming(incoming)),
		"preview": lambda: v1.preview_reallocation(item.name, shelf(item), *lines),
		"move": lambda: v1.reallocate(
			item.name, shelf(item), second.items[0].name, 1, "Why", unique("key"), first.items[0].name
		),
	}


def allowed(calls):
	may = set()
	for name, call in calls.items():
		try:
			call()
			may.add(name)
		except frappe.PermissionError:
			pass
		frappe.db.rollback()
	return may


@pytest.mark.parametrize(
	("roles", "may"),
	[
		(["Wholesale Manager"], {"board", "explain", "preview", "move"}),
		(["System Manager"], {"board", "explain", "preview", "move"}),
		(["Trade Desk User"], {"board", "explain"}),
		(["Stock User", "Sales User"], {"board", "explain"}),
		(["Accounts User"], set()),
		(["Wholesale Buyer"], set()),
	],
)
def test_who_may_see_and_who_may_move(item, two, as_user, roles, may):
	as_user(*roles)
	assert allowed(ask_all(item, two)) == may


def test_a_guest_may_nothing(item, two):
	frappe.set_user("Guest")
	assert allowed(ask_all(item, two)) == set()
	frappe.set_user("Administrator")
	for method in ("board", "explain_peg", "preview_reallocation", "reallocate"):
		assert getattr(v1, method) in frappe.whitelisted
		assert getattr(v1, method) not in frappe.guest_methods
	assert frappe.allowed_http_methods_for_whitelisted_func[v1.reallocate] == ["POST"]


def test_a_user_for_one_customer_sees_no_other_and_moves_nothing_of_it(item, two, as_user):
	first, second, _incoming = two
	user = make_user("Wholesale Manager", "Sales User", "Stock User")
	frappe.get_doc(
		{"doctype": "User Permission", "user": user.name, "allow": "Customer", "for_value": second.customer}
	).insert()
	frappe.db.commit()
	frappe.set_user(user.name)
	rows = {row["line"]: row for row in v1.board(item.name)["demands"]}
	assert rows[second.items[0].name]["sales_order"] == second.name
	other = rows[first.items[0].name]
	assert (other["sales_order"], other["customer"]) == (None, None)
	assert first.customer_name not in frappe.as_json(rows)
	told = v1.explain_peg(item.name, second.items[0].name, coming(two[2]))
	assert first.name not in frappe.as_json(told)
	with pytest.raises(frappe.PermissionError):
		v1.reallocate(
			item.name, shelf(item), second.items[0].name, 1, "Why", unique("key"), first.items[0].name
		)
	frappe.set_user("Administrator")


@pytest.mark.parametrize("roles", [["Wholesale Manager"], ["Wholesale Manager", "Sales User", "Stock User"]])
def test_a_moves_answer_names_nobody_whom_the_user_may_not_see(item, as_user, roles):
	add_stock(item.name, 10)
	first, wide = make_sales_order(item.name, 10), make_customer().name
	rule = make_order_rule(customer=wide, company=COMPANY, sources=[warehouse(), warehouse("Leeds")])
	make_purchase_order(item.name, 10, into=warehouse("Leeds"))
	second = make_sales_order(item.name, 10, customer=wide)
	# gets the units to come that the second gives up
	third = make_sales_order(item.name, 5, into=warehouse("Leeds"))
	user = as_user(*roles)
	frappe.set_user("Administrator")
	for customer in (first.customer, wide):
		frappe.get_doc(
			{"doctype": "User Permission", "user": user.name, "allow": "Customer", "for_value": customer}
		).insert()
	frappe.db.commit()
	frappe.set_user(user.name)
	lines = second.items[0].name, 4, first.items[0].name
	seen = v1.preview_reallocation(item.name, shelf(item), *lines)
	made = move(item, shelf(item), first, second, 4)
	for answer in (seen, made):
		assert len(answer["changes"]) == 3
		told = frappe.as_json(answer)
		assert first.name in told and second.name in told
		for secret in (third.name, third.items[0].name, third.customer_name):
			assert secret not in told
	frappe.set_user("Administrator")
	assert figures(third) == (0, 4, 5)
	second.reload().cancel()
	rule.delete()
	frappe.db.commit()


def test_a_move_that_cannot_be_written_is_no_answer(item, two):
	"""The counter of reservations has fallen behind (a restored backup, say): each name it gives is there already."""
	first, second, _incoming = two
	prefix = NamingSeries(frappe.get_meta("Stock Reservation Entry").autoname).get_prefix()
	series = frappe.get_all("Stock Reservation Entry", {"voucher_no": first.name}, pluck="name")[0]
	count = frappe.db.get_value("Series", prefix, "current", order_by=None)
	_set_series(prefix, int(series.removeprefix(prefix)) - 1)
	try:
		with pytest.raises(Exception, match="Duplicate entry"):
			move(item, shelf(item), first, second, 4)
	finally:
		frappe.db.rollback()
		_set_series(prefix, count)
	assert figures(first) == (10, 0, 0)


def _set_series(prefix, count):
	frappe.db.sql("update `tabSeries` set `current` = %s where name = %s", [count, prefix])
	frappe.db.commit()
