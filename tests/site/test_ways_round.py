"""Ways round the veto that somebody who may write documents could think of. Each is attempted for real."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_customer,
	make_delivery_note,
	make_item,
	make_sales_order,
	make_trade_account,
	make_user,
	warehouse,
)
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note as map_delivery_note
from erpnext.stock.doctype.repost_item_valuation.repost_item_valuation import repost
from rest import Door
from routes import drop_ship
from till import Till

from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.holds.service.veto import Held
from wholesale_b2b.fulfilment.overrides import create_pick_list

pytestmark = pytest.mark.usefixtures("promises_hold")


ROUNDED = ("rounding_adjustment", "base_rounding_adjustment", "rounded_total", "base_rounded_total")


@pytest.fixture
def account():
	made = make_trade_account(make_customer().name)
	frappe.db.commit()
	return made


@pytest.fixture
def goods():
	"""Twenty units of an item."""
	item = make_item()
	add_stock(item.name, 20)
	return item.name


@pytest.fixture
def order(account, goods):
	return make_sales_order(goods, 5, customer=account.customer)


def put(account, **fields):
	doc = frappe.get_doc("Trade Account", account.name)
	doc.update(fields)
	doc.save()
	frappe.db.commit()


def stop(account):
	put(account, status="On Hold", status_reason="Overdue.")


def hold_order(order):
	name = holds.hold_order(order.name, "The customer asked us to wait.")
	frappe.db.commit()
	return name


def on_hand(item):
	frappe.db.rollback()
	return frappe.db.get_value("Bin", {"item_code": item, "warehouse": warehouse()}, "actual_qty")


def left(voucher):
	"""What of a voucher stands on the stock ledger."""
	frappe.db.rollback()
	return frappe.db.count("Stock Ledger Entry", {"voucher_no": voucher, "is_cancelled": 0})


def refused(doc, error=Held, match=""):
	"""Insert and submit as far as it goes; nothing of it may stand on the ledger."""
	with pytest.raises(error, match=match):
		doc.insert() if doc.is_new() else doc.save()
		doc.submit()
		frappe.db.commit()
	assert left(doc.name) == 0


def invoice(item, qty, customer, **fields):
	amounts = dict.fromkeys(("amount", "base_amount", "net_amount", "base_net_amount"), 10 * qty)
	row = {"item_code": item, "qty": qty, "rate": 10, "warehouse": warehouse(), **amounts}
	return frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": COMPANY,
			"customer": customer,
			"update_stock": 1,
			"items": [{**row, **fields.pop("row", {})}],
			# ERPNext computes nothing of what says that it is consolidated
			**dict.fromkeys(ROUNDED, 0),
			**fields,
		}
	)


# ---- what says that it is a day's till sales -------------------------------------------------------------------------


def test_an_invoice_that_says_it_is_consolidated(account, goods):
	stop(account)
	refused(invoice(goods, 2, account.customer, is_consolidated=1))
	assert on_hand(goods) == 20


def test_one_that_names_a_sale_of_a_till_with_other_goods_or_more_of_them(account, goods):
	till, other = Till(), make_item()
	add_stock(other.name, 10)
	till.customer = account.customer
	sale = till.sell(goods, 1)
	stop(account)
	row = {"pos_invoice": sale.name, "pos_invoice_item": sale.items[0].name}
	refused(invoice(other.name, 1, account.customer, is_consolidated=1, row=row))
	refused(invoice(goods, 2, account.customer, is_consolidated=1, row=row))
	twice = invoice(goods, 1, account.customer, is_consolidated=1, row=row)
	twice.append("items", {**twice.items[0].as_dict(), "name": None, "idx": None})
	refused(twice)
	made_up = {"pos_invoice": sale.name, "pos_invoice_item": "made up"}
	refused(invoice(goods, 1, account.customer, is_consolidated=1, row=made_up))
	assert (on_hand(goods), on_hand(other.name)) == (20, 10)
	# what the till has sold is posted all the same, once
	till.close()
	assert on_hand(goods) == 19
	refused(invoice(goods, 1, account.customer, is_consolidated=1, row=row))
	assert on_hand(goods) == 19


def test_an_invoice_by_rest_that_says_it_is_consolidated(account, goods):
	stop(account)
	door = Door(make_user("Accounts User", "Accounts Manager", "Sales User", "Stock User").name)
	doc = invoice(goods, 2, account.customer, is_consolidated=1, docstatus=1).as_dict(no_nulls=True)
	status, answer = door.post("/api/resource/Sales Invoice", frappe.parse_json(frappe.as_json(doc)))
	assert status >= 400, answer
	assert "is held" in str(answer)
	assert on_hand(goods) == 20


# ---- rows that name no order, or another one -------------------------------------------------------------------------


def test_goods_of_a_held_account_without_its_order(account, order, goods):
	stop(account)
	note = map_delivery_note(order.name)
	for row in note.items:
		row.update({"against_sales_order": None, "so_detail": None})
	refused(note)
	refused(make_delivery_note(goods, 2, customer=account.customer, do_not_save=True))
	assert on_hand(goods) == 20


@pytest.mark.parametrize("kept", ["against_sales_order", "so_detail"])
def test_a_row_that_names_half_of_its_order(order, kept):
	hold_order(order)
	note = map_delivery_note(order.name)
	for row in note.items:
		row.update({field: None for field in ("against_sales_order", "so_detail") if field != kept})
	refused(note, frappe.ValidationError)


def test_a_row_of_a_held_order_that_names_another(account, order, goods):
	other = make_sales_order(goods, 5, customer=account.customer)
	hold_order(order)
	note = map_delivery_note(other.name)
	note.items[0].so_detail = order.items[0].name
	refused(note, frappe.ValidationError)
	note = map_delivery_note(order.name)
	note.items[0].against_sales_order = other.name
	refused(note, frappe.ValidationError)
	note = map_delivery_note(other.name)
	note.items[0].so_detail = "made up"
	refused(note, frappe.ValidationError)
	assert on_hand(goods) == 20
	# what is said rightly goes
	note = map_delivery_note(other.name)
	note.insert().submit()
	frappe.db.commit()
	assert on_hand(goods) == 15


def test_the_order_of_another_customer(account, order, goods):
	stop(account)
	stranger = make_customer().name
	for kept in ({}, {"against_sales_order": None}):
		note = make_delivery_note(goods, 2, customer=stranger, do_not_save=True)
		note.items[0].update({"against_sales_order": order.name, "so_detail": order.items[0].name, **kept})
		refused(note, frappe.ValidationError)
	bill = invoice(goods, 2, stranger, row={"so_detail": order.items[0].name})
	# ERPNext stumbles over it by itself, while it looks for the order's payment terms
	refused(bill, (frappe.ValidationError, AttributeError))
	assert on_hand(goods) == 20


def test_a_row_of_a_pick_list_that_forgets_whose_it_is(account, order, goods):
	pick = create_pick_list(order.name)
	pick.insert().submit()
	frappe.db.commit()
	hold_order(order)
	note = make_delivery_note(goods, 5, customer=account.customer, do_not_save=True)
	note.items[0].update({"pick_list_item": pick.locations[0].name, "against_pick_list": pick.name})
	refused(note)
	stranger = make_delivery_note(goods, 5, do_not_save=True)
	stranger.items[0].update({"pick_list_item": pick.locations[0].name, "against_pick_list": pick.name})
	refused(stranger, frappe.ValidationError)
	assert on_hand(goods) == 20


def test_a_row_of_an_invoice_that_forgets_the_order(order, goods):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_delivery_note as from_invoice
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	bill = make_sales_invoice(order.name).insert()
	bill.submit()
	frappe.db.commit()
	hold_order(order)
	note = from_invoice(bill.name)
	for row in note.items:
		row.update({"against_sales_order": None, "so_detail": None})
	refused(note)
	note = from_invoice(bill.name)
	for row in note.items:
		row.update({"against_sales_order": None, "so_detail": None, "si_detail": None})
	refused(note, frappe.ValidationError)
	assert on_hand(goods) == 20


def test_made_up_links_do_not_hide_what_an_account_owes(account, goods):
	put(account, credit_limit=15, over_limit="Hold")
	for link in ({"so_detail": "made up"}, {"si_detail": "made up"}, {"dn_detail": "made up"}):
		note = make_delivery_note(goods, 2, customer=account.customer, do_not_save=True)
		note.items[0].update(link)
		refused(note, frappe.ValidationError)
	for link in ({"so_detail": "made up"}, {"dn_detail": "made up"}):
		refused(invoice(goods, 2, account.customer, row=link), frappe.ValidationError)
	assert on_hand(goods) == 20


def test_a_named_order_does_not_stand_for_goods_beside_it(account, goods):
	"""An account that pays beforehand, with one paid order: more goods beside it, or on its name alone."""
	from paying import pay

	put(account, status="Pro Forma Only")
	order = make_sales_order(goods, 2, customer=account.customer)
	pay(order)
	note = map_delivery_note(order.name)
	note.append("items", {"item_code": goods, "qty": 3, "rate": 10, "warehouse": warehouse()})
	refused(note, frappe.ValidationError)
	note.items[1].against_sales_order = order.name
	note = frappe.get_doc(frappe.parse_json(frappe.as_json(note.as_dict())))
	refused(note, frappe.ValidationError)
	assert on_hand(goods) == 20


# ---- what says that it is a return -----------------------------------------------------------------------------------


@pytest.mark.parametrize("against", [True, False])
@pytest.mark.parametrize("make", [make_delivery_note, invoice])
def test_a_return_that_takes_goods_out(account, goods, make, against):
	item = frappe.get_doc("Item", goods)
	item.append("uoms", {"uom": "Box", "conversion_factor": 4})
	item.save()
	if make is invoice:
		sold = invoice(goods, 4, account.customer).insert()
		sold.submit()
	else:
		sold = make_delivery_note(goods, 4, customer=account.customer)
	stop(account)
	for wrong in (
		{"qty": 2},
		{"uom": "Box", "qty": -1, "conversion_factor": -2},
		{"uom": "Box", "qty": 1, "conversion_factor": 2},
	):
		back = make_return_doc(sold.doctype, sold.name)
		if not against:
			back.return_against = None
		back.items[0].update(wrong)
		refused(back, frappe.ValidationError)
	assert on_hand(goods) == 16
	# what comes back comes back
	back = make_return_doc(sold.doctype, sold.name)
	back.insert().submit()
	frappe.db.commit()
	assert on_hand(goods) == 20


def test_the_parts_of_a_bundle_in_a_return_that_takes_goods_out(account):
	part = make_item()
	kit = make_bundle({part.name: 2})
	add_stock(part.name, 20)
	sold = make_delivery_note(kit.name, 2, customer=account.customer)
	stop(account)
	back = make_return_doc("Delivery Note", sold.name).insert()
	for row in back.packed_items:
		frappe.db.set_value("Packed Item", row.name, "qty", 3)
	frappe.db.commit()
	back.reload()
	try:
		back.submit()
		frappe.db.commit()
	except frappe.ValidationError:
		frappe.db.rollback()
	assert on_hand(part.name) >= 16


# ---- ledgers that are written anew -----------------------------------------------------------------------------------


def recreate(doc):
	entry = frappe.get_doc(
		{
			"doctype": "Repost Item Valuation",
			"based_on": "Transaction",
			"voucher_type": doc.doctype,
			"voucher_no": doc.name,
			"company": COMPANY,
			"posting_date": doc.posting_date,
			"posting_time": doc.posting_time,
			"recreate_stock_ledgers": 1,
		}
	).insert()
	entry.submit()
	frappe.db.commit()
	repost(entry)
	frappe.db.commit()
	return frappe.db.get_value("Repost Item Valuation", entry.name, ["status", "error_log"])


@pytest.mark.parametrize("kind", ["order", "without", "invoice"])
@pytest.mark.parametrize("reason", ["stopped", "limit", "prepaying"])
def test_what_has_left_is_posted_anew_whatever_is_held_now(account, goods, order, kind, reason):
	if kind == "invoice":
		sold = invoice(goods, 3, account.customer).insert()
		sold.submit()
	elif kind == "order":
		sold = make_delivery_note(sales_order=order.name, qty=3)
	else:
		sold = make_delivery_note(goods, 3, customer=account.customer)
	frappe.db.commit()
	put(
		account,
		**{
			"stopped": {"status": "On Hold", "status_reason": "Overdue."},
			"limit": {"credit_limit": 1, "over_limit": "Refuse"},
			"prepaying": {"status": "Pro Forma Only"},
		}[reason],
	)
	assert recreate(sold) == ("Completed", None)
	assert on_hand(goods) == 17
	assert left(sold.name) == 1


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_what_has_not_left_does_not_leave_by_writing_ledgers_anew(account, goods, state):
	note = make_delivery_note(goods, 3, customer=account.customer, do_not_submit=True)
	if state == "cancelled":
		note.submit()
		frappe.db.commit()
		note.cancel()
		frappe.db.commit()
	before = note.docstatus
	stop(account)
	try:
		recreate(note)
	except frappe.ValidationError:
		frappe.db.rollback()
	assert left(note.name) == 0
	assert on_hand(goods) == 20
	assert frappe.db.get_value("Delivery Note", note.name, "docstatus") == before


# ---- holds themselves ------------------------------------------------------------------------------------------------


@pytest.fixture
def held(order):
	return hold_order(order)


def state(name):
	frappe.db.rollback()
	return frappe.db.get_value("Order Hold", name, ["status", "manual", "reason", "docstatus"])


@pytest.mark.parametrize(
	"role", ["Administrator", "System Manager", "Wholesale Manager", "Trade Desk User", "Stock User"]
)
def test_a_hold_is_neither_changed_nor_deleted_by_rest(account, order, held, role):
	user = "Administrator" if role == "Administrator" else make_user(role, "Sales User").name
	door, path = Door(user), f"/api/resource/Order Hold/{held}"
	before = state(held)
	for values in (
		{"status": "Released"},
		{"reason": "Nothing"},
		{"sales_order": None},
		{"manual": 0},
		{"docstatus": 1},
		{"release_role": "All"},
	):
		assert door.put(path, values)[0] >= 400
		(field, value), *_ = values.items()
		status, _answer = door.call(
			"frappe.client.set_value", doctype="Order Hold", name=held, fieldname=field, value=value
		)
		assert status >= 400
		assert state(held) == before
	assert door.delete(path)[0] >= 400
	assert door.call("frappe.client.delete", doctype="Order Hold", name=held)[0] >= 400
	assert state(held) == before
	with pytest.raises(Held):
		holds.refuse([order.name])
	# the automatic ones neither
	stop(account)
	own = frappe.db.get_value("Order Hold", {"sales_order": order.name, "kind": "Account Status"})
	assert door.put(f"/api/resource/Order Hold/{own}", {"status": "Released"})[0] >= 400
	assert door.delete(f"/api/resource/Order Hold/{own}")[0] >= 400
	assert state(own)[0] == "Open"


def test_a_hold_that_is_inserted_says_what_is_true(account, order):
	clerk = make_user("Trade Desk User", "Sales User").name
	door = Door(clerk)
	other = make_trade_account(make_customer().name).name
	status, answer = door.post(
		"/api/resource/Order Hold",
		{
			"sales_order": order.name,
			"trade_account": other,
			"customer": make_customer().name,
			"kind": "Account Status",
			"status": "Released",
			"manual": 0,
			"reason": "They asked.",
			"opened_by": "Administrator",
			"opened_at": "2001-01-01 00:00:00",
			"cause": "A computer said so",
			"released_by": "Administrator",
			"released_at": "2001-01-01 00:00:00",
			"release_reason": "done",
			"released_by_what": "Nothing.",
		},
	)
	assert status == 200, answer
	frappe.db.rollback()
	made = frappe.get_doc("Order Hold", answer["data"]["name"])
	assert (made.kind, made.status, made.manual, made.docstatus) == ("Set by Hand", "Open", 1, 0)
	assert (made.trade_account, made.customer, made.company) == (account.name, account.customer, COMPANY)
	assert made.opened_by == clerk
	assert made.opened_at.year > 2001
	assert (made.released_by, made.released_at, made.release_reason, made.cause) == (None, None, None, None)
	assert made.released_by_what == "It is released by hand."
	# released when it is made, by everybody, or of a document that is nobody's business
	for wrong in (
		{"docstatus": 1},
		{"release_role": "All"},
		{"release_role": "Guest"},
		{"sales_order": None, "trade_account": None},
		{"reason": "  "},
	):
		assert (
			door.post("/api/resource/Order Hold", {"sales_order": order.name, "reason": "x", **wrong})[0]
			>= 400
		)
	for user in (
		"Guest",
		make_user("Stock User").name,
		make_user("Wholesale Buyer", user_type="Website User").name,
	):
		values = {"sales_order": order.name, "reason": "x"}
		assert Door(user).post("/api/resource/Order Hold", values)[0] in (401, 403)


def test_a_clerk_who_may_not_read_an_order_does_not_hold_it(order):
	clerk = make_user("Trade Desk User").name
	answer = Door(clerk).post("/api/resource/Order Hold", {"sales_order": order.name, "reason": "x"})
	assert answer[0] == 403
	assert frappe.db.count("Order Hold", {"sales_order": order.name}) == 0


# ---- orders and accounts ---------------------------------------------------------------------------------------------


def test_an_order_that_is_older_than_its_account(goods):
	customer = make_customer().name
	order = make_sales_order(goods, 5, customer=customer)
	assert not order.b2b_trade_account
	pick = create_pick_list(order.name).insert()
	frappe.db.commit()
	account = make_trade_account(customer, status="On Hold", status_reason="Overdue.")
	assert [hold.kind for hold in holds.judge([order.name])[order.name]] == ["Account Status"]
	assert frappe.get_all("Order Hold", {"sales_order": order.name, "status": "Open"}, pluck="kind") == [
		"Account Status"
	]
	with pytest.raises(Held):
		create_pick_list(order.name)
	with pytest.raises(Held):
		pick.submit()
	frappe.db.rollback()
	refused(map_delivery_note(order.name))
	put(account, status="Active")
	assert not frappe.db.exists("Order Hold", {"sales_order": order.name, "status": "Open"})
	put(account, status="Pro Forma Only")
	assert [hold.kind for hold in holds.judge([order.name])[order.name]] == ["Pro Forma Unpaid"]
	put(account, status="Closed", status_reason="Gone.")
	assert [hold.kind for hold in holds.judge([order.name])[order.name]] == ["Account Status"]
	refused(map_delivery_note(order.name))
	put(account, status="Active")
	map_delivery_note(order.name).insert().submit()
	frappe.db.commit()
	assert on_hand(goods) == 15


def test_an_account_that_is_closed_gets_nothing_without_an_order(account, goods):
	put(account, status="Closed", status_reason="Gone.")
	refused(make_delivery_note(goods, 1, customer=account.customer, do_not_save=True))
	refused(invoice(goods, 1, account.customer))
	assert on_hand(goods) == 20


def test_a_hold_goes_with_an_order_that_is_amended(order, held):
	order.cancel()
	frappe.db.commit()
	amended = frappe.copy_doc(order)
	amended.amended_from = order.name
	amended.insert().submit()
	frappe.db.commit()
	assert [hold.kind for hold in holds.judge([amended.name])[amended.name]] == ["Set by Hand"]
	assert frappe.db.get_value("Order Hold", held, "sales_order") == amended.name
	assert frappe.db.get_value("Sales Order", amended.name, "b2b_hold_status") == "Held"
	refused(map_delivery_note(amended.name))


def test_so_does_the_one_of_erpnext(order):
	from erpnext.selling.doctype.sales_order.sales_order import update_status

	update_status("On Hold", order.name)
	frappe.db.commit()
	order.reload()
	order.cancel()
	frappe.db.commit()
	amended = frappe.copy_doc(order)
	amended.amended_from = order.name
	amended.insert().submit()
	frappe.db.commit()
	refused(map_delivery_note(amended.name))


@pytest.mark.parametrize("role", ["Guest", "Stock User", "Wholesale Buyer"])
def test_who_may_not_write_an_order_does_not_resume_it(order, role):
	from erpnext.selling.doctype.sales_order.sales_order import update_status

	update_status("On Hold", order.name)
	frappe.db.commit()
	kind = "Website User" if role == "Wholesale Buyer" else "System User"
	user = role if role == "Guest" else make_user(role, user_type=kind).name
	method = "erpnext.selling.doctype.sales_order.sales_order.update_status"
	assert Door(user).call(method, status="Draft", name=order.name)[0] in (401, 403)
	frappe.db.rollback()
	assert frappe.db.get_value("Sales Order", order.name, "status") == "On Hold"
	seller = make_user("Sales User").name
	assert Door(seller).call(method, status="Draft", name=order.name)[0] == 200


# ---- goods that go straight from the supplier ------------------------------------------------------------------------


def test_a_purchase_order_that_ships_more_of_a_held_order_straight_to_the_customer(account):
	from builders import make_supplier, update_items_request

	row = {
		"item_code": make_item().name,
		"qty": 5,
		"delivered_by_supplier": 1,
		"supplier": make_supplier().name,
	}
	order = make_sales_order([row], customer=account.customer)
	bought = drop_ship(order, 2)
	bought.insert().submit()
	frappe.db.commit()
	stop(account)
	refused(drop_ship(order, 3))
	with pytest.raises(Held):
		update_items_request(bought, {0: {"qty": 5}})
	frappe.db.rollback()
	for left_out in ({"sales_order": None, "sales_order_item": None}, {"sales_order": None}):
		again = drop_ship(order, 3)
		again.items[0].update(left_out)
		refused(again, frappe.ValidationError)
	# what brings nothing more to them goes
	update_items_request(bought, {0: {"rate": 4}})
	frappe.db.commit()
