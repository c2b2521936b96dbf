"""What a pro forma stops and lets go: picking, shipping, stock after it has expired; and who may do what with one."""

import multiprocessing

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_delivery_note,
	make_item,
	make_sales_order,
	make_supplier,
	make_trade_account,
	make_user,
	update_items_request,
	warehouse,
)
from erpnext.accounts.doctype.payment_request.payment_request import make_payment_request as erpnext_request
from frappe.utils import add_days, getdate, nowdate
from paying import paper_of, pay, prepaying
from routes import drop_ship
from test_customer_mail import _mail_server

from wholesale_b2b.api.v1.stock import availability
from wholesale_b2b.credit.pro_forma.overrides import make_payment_request
from wholesale_b2b.credit.pro_forma.service import gate, paperwork
from wholesale_b2b.fulfilment import service as fulfilment
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.mail import service as mail
from wholesale_b2b.wholesale_b2b.doctype.trade_pro_forma import trade_pro_forma as doors

pytestmark = pytest.mark.usefixtures("promises_hold")
KIND = "Pro Forma Unpaid"


@pytest.fixture
def mail_server():
	yield from _mail_server()


@pytest.fixture
def order(item):
	"""Of an account that pays beforehand: ten units, all on the shelf."""
	add_stock(item.name, 10)
	return order_of(prepaying(), item)


def order_of(account, item, qty=10, **fields):
	return make_sales_order(item.name, qty, rate=10, customer=account.customer, **fields)


def is_open(order):
	frappe.db.rollback()
	return gate.gates([order.name])[order.name].gate.open


def open_holds(order):
	return frappe.get_all("Order Hold", {"sales_order": order.name, "status": "Open"}, pluck="kind")


def posted(voucher):
	return frappe.db.count("Stock Ledger Entry", {"voucher_no": voucher.name, "is_cancelled": 0})


def ship(order, qty):
	return make_delivery_note(sales_order=order.name, qty=qty)


# ---- story 2 ---------------------------------------------------------------------------------------------------------


def test_nothing_is_picked_before_the_payment_and_what_is_on_a_list_is_stopped_when_it_goes(order):
	assert open_holds(order) == [KIND]
	with pytest.raises(frappe.ValidationError, match="not paid yet"):
		fulfilment.make_pick_list(order.name)

	draft = pay(order, submit=False)
	assert not is_open(order)
	draft.submit()
	frappe.db.commit()
	assert open_holds(order) == []
	lists = frappe.get_all("Pick List Item", {"sales_order": order.name}, pluck="parent")
	pick = frappe.get_doc("Pick List", lists[0]) if lists else fulfilment.make_pick_list(order.name).insert()
	assert [row.qty for row in pick.locations] == [10]
	frappe.db.commit()

	draft.reload()
	draft.cancel()
	frappe.db.commit()
	assert open_holds(order) == [KIND]
	told = frappe.get_all(
		"Notification Log",
		{"document_type": "Pick List", "document_name": pick.name},
		["for_user", "subject"],
	)
	assert told and "Stop picking" in told[0].subject and order.name in told[0].subject
	assert frappe.get_all("Comment", {"reference_name": pick.name, "content": ("like", "%Stop picking%")})
	pick.reload()
	with pytest.raises(frappe.ValidationError, match="not paid yet"):
		pick.submit()
	frappe.db.rollback()
	note = make_delivery_note(sales_order=order.name, do_not_submit=True)
	with pytest.raises(frappe.ValidationError, match="not paid yet"):
		note.submit()
	frappe.db.rollback()
	assert posted(note) == 0


def test_a_payment_cancelled_while_the_order_ships_comes_before_or_after_never_between(item):
	"""Two processes at once, several times: who comes second sees what the first has done."""
	for _trial in range(4):
		add_stock(item.name, 10)
		order = order_of(prepaying(), item)
		payment = pay(order)
		note = make_delivery_note(sales_order=order.name, do_not_submit=True)
		shipped, cancelled = at_once(
			("Delivery Note", note.name, "submit"), ("Payment Entry", payment.name, "cancel")
		)
		assert cancelled == "done"
		assert not is_open(order)
		assert shipped == "done" or "not paid yet" in shipped, shipped
		assert bool(posted(note)) == (shipped == "done")
		assert paper_of(order).paid_amount == 0
		# whatever came first, nothing more ships now
		if shipped != "done":
			with pytest.raises(frappe.ValidationError, match="not paid yet"):
				frappe.get_doc("Delivery Note", note.name).submit()
			frappe.db.rollback()
			frappe.delete_doc("Delivery Note", note.name)
			frappe.db.commit()


def at_once(*deeds):
	context = multiprocessing.get_context("fork")
	barrier, answers = context.Barrier(len(deeds)), context.Queue()
	frappe.db.commit()
	frappe.db.close()
	crew = [context.Process(target=_act, args=(*deed, barrier, answers), daemon=True) for deed in deeds]
	for process in crew:
		process.start()
	got = dict(answers.get(timeout=120) for _ in crew)
	for process in crew:
		process.join(30)
	frappe.connect()
	frappe.set_user("Administrator")
	return [got[doctype] for doctype, _name, _action in deeds]


def _act(doctype, name, action, barrier, answers):
	frappe.connect()
	frappe.set_user("Administrator")
	doc = frappe.get_doc(doctype, name)
	barrier.wait(30)
	for _attempt in range(5):
		try:
			getattr(doc, action)()
			frappe.db.commit()
			answers.put((doctype, "done"))
			break
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError, frappe.DocumentLockedError):
			frappe.db.rollback()
			doc = frappe.get_doc(doctype, name)
		except Exception as error:
			frappe.db.rollback()
			answers.put((doctype, str(error)))
			break
	else:
		answers.put((doctype, "busy"))
	frappe.destroy()


# ---- per shipment ----------------------------------------------------------------------------------------------------


def test_per_shipment_as_much_ships_as_is_paid(item):
	add_stock(item.name, 10)
	order = order_of(prepaying("Per Shipment"), item)
	assert open_holds(order) == [KIND]
	pay(order, 45)
	assert open_holds(order) == []
	assert (paper_of(order).status, paper_of(order).may_be_picked) == ("Partly Paid", 1)
	assert gate.room([order.name]) == {order.name: 45}

	with pytest.raises(frappe.ValidationError, match=r"pays per shipment: goods of .*45.00"):
		fulfilment.make_pick_list(order.name).insert().submit()
	frappe.db.rollback()
	note = make_delivery_note(sales_order=order.name, qty=5, do_not_submit=True)
	with pytest.raises(frappe.ValidationError, match="pays per shipment"):
		note.submit()
	frappe.db.rollback()
	assert posted(note) == 0
	frappe.delete_doc("Delivery Note", note.name)
	frappe.db.commit()

	ship(order, 4)
	assert open_holds(order) == []
	pay(order, 15)
	assert gate.room([order.name]) == {order.name: 20}
	ship(order, 2)
	assert open_holds(order) == [KIND]
	assert paper_of(order).may_be_picked == 0
	pay(order, 40)
	assert open_holds(order) == [] and paper_of(order).status == "Paid"
	ship(order, 4)
	assert paper_of(order).status == "Paid"


def test_per_shipment_a_stock_entry_is_not_stopped_by_a_draft_of_somebody_else(item):
	add_stock(item.name, 10)
	order = order_of(prepaying("Per Shipment"), item)
	pay(order, 50)
	lists = []
	for _ in range(2):
		pick = fulfilment.make_pick_list(order.name)
		pick.locations[0].update({"qty": 5, "stock_qty": 5})
		lists.append(pick.insert())
		if len(lists) == 1:
			pick.submit()
	frappe.db.commit()
	row = {"item_code": item.name, "qty": 5, "s_warehouse": warehouse()}
	entry = {"doctype": "Stock Entry", "company": COMPANY, "purpose": "Material Issue", "items": [row]}
	gate.refuse_beyond_paid(frappe.get_doc({**entry, "pick_list": lists[0].name}))
	with pytest.raises(frappe.ValidationError, match="pays per shipment"):
		gate.refuse_beyond_paid(frappe.get_doc({**entry, "pick_list": lists[1].name}))


def straight_order(account):
	"""Ten units that a supplier ships straight to the customer, at 10 each."""
	row = {"item_code": make_item().name, "qty": 10, "rate": 10, "delivered_by_supplier": 1}
	return make_sales_order([{**row, "supplier": make_supplier().name}], customer=account.customer)


def test_per_shipment_a_supplier_ships_straight_to_the_customer_what_is_paid(item):
	order = straight_order(prepaying("Per Shipment"))
	for paid, qty, text in ((0, 1, "pays per shipment"), (45, 5, r"goods of .*45.00")):
		if paid:
			pay(order, paid)
		with pytest.raises(frappe.ValidationError, match=text):
			drop_ship(order, qty).insert().submit()
		frappe.db.rollback()
	assert frappe.db.count("Purchase Order Item", {"sales_order": order.name, "docstatus": 1}) == 0
	bought = drop_ship(order, 2).insert().submit()
	frappe.db.commit()
	# what is on its way has been paid for once
	with pytest.raises(frappe.ValidationError, match="pays per shipment"):
		drop_ship(order, 3).insert().submit()
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="pays per shipment"):
		update_items_request(bought, {0: {"qty": 5}})
	frappe.db.rollback()
	update_items_request(bought, {0: {"qty": 4}})
	frappe.db.commit()
	pay(order, 55)
	drop_ship(order, 6).insert().submit()
	frappe.db.commit()


def test_what_a_supplier_ships_leaves_less_to_pick(item):
	add_stock(item.name, 10)
	row = {"item_code": make_item().name, "qty": 5, "rate": 10, "delivered_by_supplier": 1}
	order = make_sales_order(
		[{**row, "supplier": make_supplier().name}, {"item_code": item.name, "qty": 5, "rate": 10}],
		customer=prepaying("Per Shipment").customer,
	)
	pay(order, 60)
	drop_ship(order, 4).insert().submit()
	frappe.db.commit()
	assert gate.left_to_pick([order.name]) == {order.name: 20}
	note = make_delivery_note(sales_order=order.name, qty=3, do_not_submit=True)
	with pytest.raises(frappe.ValidationError, match="pays per shipment"):
		note.submit()
	frappe.db.rollback()
	assert posted(note) == 0


# ---- accounts, orders, and asking by hand ----------------------------------------------------------------------------


def test_an_account_that_pays_beforehand_from_now_on_holds_its_open_orders(item):
	account = make_trade_account(make_customer().name)
	order = order_of(account, item)
	assert paper_of(order) is None and open_holds(order) == []
	account.reload()
	account.update({"status": "Pro Forma Only"})
	account.save()
	frappe.db.commit()
	assert open_holds(order) == [KIND] and paper_of(order).amount == 100
	note = make_delivery_note(item.name, customer=account.customer, do_not_submit=True)
	with pytest.raises(frappe.ValidationError, match="pays before goods leave"):
		note.submit()
	frappe.db.rollback()
	assert posted(note) == 0
	account.reload()
	account.update({"status": "Active"})
	account.save()
	frappe.db.commit()
	assert open_holds(order) == [] and paper_of(order).status == "Cancelled"


def test_a_pro_forma_is_asked_for_by_hand_and_let_go_only_by_those_who_may(item):
	order = order_of(make_trade_account(make_customer().name), item)
	rep = make_user("Sales User", "Trade Desk User")
	frappe.set_user(rep.name)
	name = doors.raise_for_order(order.name, "Deposit", 25)
	frappe.db.commit()
	assert (paper_of(order).name, paper_of(order).amount, paper_of(order).kind) == (name, 25, "Deposit")
	assert open_holds(order) == [KIND]
	for loosened in ({"b2b_pro_forma": "Not Needed"}, {"b2b_deposit_percent": 10}, {"b2b_pro_forma": ""}):
		doc = frappe.get_doc("Sales Order", order.name)
		doc.update(loosened)
		with pytest.raises(frappe.ValidationError, match="may ask for less"):
			doc.save()
		frappe.db.rollback()
	frappe.set_user("Administrator")
	doc = frappe.get_doc("Sales Order", order.name)
	doc.b2b_pro_forma = "Not Needed"
	doc.save()
	frappe.db.commit()
	assert open_holds(order) == [] and paper_of(order).status == "Cancelled"


def test_what_is_written_to_a_pro_forma_opens_nothing(order):
	paper = paper_of(order)
	frappe.set_user(make_user("Accounts Manager").name)
	paper.update({"status": "Paid", "paid_amount": 100, "amount": 0, "may_be_picked": 1, "kind": "Deposit"})
	paper.save()
	frappe.db.commit()
	frappe.set_user("Administrator")
	paper.reload()
	assert (paper.status, paper.paid_amount, paper.amount, paper.may_be_picked) == ("Unpaid", 0, 100, 0)
	frappe.delete_doc("Trade Pro Forma", paper.name)
	frappe.db.commit()
	assert not is_open(order) and KIND in [hold.kind for hold in holds.judge([order.name])[order.name]]


@pytest.mark.parametrize("roles", [(), ("Customer",), ("Stock User",)])
def test_the_doors_are_shut_to_those_without_the_role(order, roles):
	paper = paper_of(order)
	frappe.set_user(make_user(*roles).name if roles else "Guest")
	calls = [
		lambda: doors.raise_for_order(order.name, "Whole Order"),
		lambda: doors.extend(paper.name, add_days(nowdate(), 9)),
	]
	if "Stock User" not in roles:
		calls += [lambda: doors.send(paper.name), lambda: doors.of_order(order.name)]
	for call in calls:
		with pytest.raises(frappe.PermissionError):
			call()
		frappe.db.rollback()
	frappe.set_user("Administrator")
	assert paper_of(order).valid_until == paper.valid_until


def test_a_payment_request_opens_nothing_and_no_stranger_makes_one(order):
	for user in ("Guest", make_user(user_type="Website User").name, make_user("Stock User").name):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			make_payment_request(dt="Sales Order", dn=order.name, submit_doc=1, return_doc=1)
		frappe.db.rollback()
	frappe.set_user("Administrator")
	assert (
		frappe.get_attr(
			frappe.override_whitelisted_method(
				"erpnext.accounts.doctype.payment_request.payment_request.make_payment_request"
			)
		)
		is make_payment_request
	)
	assert not frappe.db.count("Payment Request", {"reference_name": order.name})

	buyer = make_user("Customer", user_type="Website User")
	customer = frappe.get_doc("Customer", order.customer)
	customer.append("portal_users", {"user": buyer.name})
	customer.save()
	frappe.db.commit()
	# one who buys for a customer that is disabled asks for nothing
	frappe.db.set_value("Customer", customer.name, "disabled", 1)
	frappe.set_user(buyer.name)
	with pytest.raises(frappe.PermissionError):
		make_payment_request(dt="Sales Order", dn=order.name, submit_doc=1, return_doc=1)
	frappe.db.rollback()
	frappe.set_user(buyer.name)
	request = make_payment_request(dt="Sales Order", dn=order.name, submit_doc=1, return_doc=1, mute_email=1)
	frappe.db.commit()
	frappe.set_user("Administrator")
	# even one that ERPNext made for a guest, or that says it is paid, is no payment
	frappe.db.set_value("Payment Request", request.name, {"status": "Paid", "outstanding_amount": 0})
	frappe.db.commit()
	assert not is_open(order) and open_holds(order) == [KIND]
	frappe.db.set_value("Payment Request", request.name, {"status": "Requested", "outstanding_amount": 100})
	frappe.get_doc("Payment Request", request.name).set_as_paid()
	frappe.db.commit()
	assert is_open(order) and open_holds(order) == [] and paper_of(order).status == "Paid"
	assert erpnext_request is not make_payment_request


# ---- expiry ----------------------------------------------------------------------------------------------------------


def test_an_expired_pro_forma_gives_its_stock_away_and_comes_back(item):
	add_stock(item.name, 10)
	rep = make_user("Sales User")
	order = order_of(prepaying(pro_forma_days=3, sales_rep=rep.name, mail_to="buyer@shop.example"), item)
	other = make_sales_order(item.name, 10)
	paper = paper_of(order)
	assert getdate(paper.valid_until) == getdate(add_days(nowdate(), 3))
	assert reserved(order) == 10 and reserved(other) == 0
	lapse(paper)
	paperwork.expire()
	paper.reload()
	assert paper.status == "Expired"
	assert (reserved(order), reserved(other)) == (0, 10)
	assert frappe.get_all("Notification Log", {"for_user": rep.name, "document_name": paper.name})
	assert frappe.db.exists(
		"Customer Mail",
		{"reference_name": paper.name, "event": "Pro Forma Expired", "trade_account": paper.trade_account},
	)
	# an open form can still be saved
	order.reload()
	order.po_no = "LATE"
	order.save()
	frappe.db.commit()
	assert reserved(order) == 0
	paperwork.expire()
	assert frappe.db.count("Notification Log", {"for_user": rep.name, "document_name": paper.name}) == 1

	with pytest.raises(frappe.ValidationError, match="is over"):
		doors.extend(paper.name, add_days(nowdate(), -1))
	add_stock(item.name, 4)
	assert reserved(order) == 0
	assert doors.extend(paper.name, add_days(nowdate(), 5)) == "Unpaid"
	frappe.db.commit()
	assert reserved(order) == 4
	lapse(paper)
	paperwork.expire()
	assert reserved(order) == 0
	pay(order)
	assert (paper_of(order).status, reserved(order), reserved(other)) == ("Paid", 4, 10)


def test_whoever_does_not_pay_in_time_loses_the_stock_and_rep_and_customer_are_told(item, mail_server):
	add_stock(item.name, 10)
	rep = make_user("Sales User").name
	order = order_of(prepaying(pro_forma_days=3, sales_rep=rep, mail_to="buyer@shop.example"), item)
	paper = paper_of(order)
	assert (reserved(order), on_offer(item)) == (10, 0)
	lapse(paper)
	paperwork.expire()
	assert (reserved(order), on_offer(item)) == (0, 10)
	told = {"for_user": rep, "document_type": paper.doctype, "document_name": paper.name}
	(subject,) = frappe.get_all("Notification Log", told, pluck="subject")
	assert order.name in subject and "was not paid" in subject and "has been released" in subject
	(queued,) = frappe.get_all(
		"Customer Mail", {"reference_name": paper.name, "event": "Pro Forma Expired"}, pluck="name"
	)
	mail.send(queued)
	sent = frappe.get_all("Email Queue", {"reference_name": paper.name}, ["name", "message"])
	(letter,) = (row for row in sent if "expired" in row.message.lower())
	to = frappe.get_all("Email Queue Recipient", {"parent": letter.name}, pluck="recipient")
	assert to == ["buyer@shop.example"] and order.name in letter.message


def on_offer(item):
	return availability([item.name], warehouse=warehouse())["items"][0]["ats_qty"]


def lapse(paper):
	frappe.db.set_value("Trade Pro Forma", paper.name, "valid_until", add_days(nowdate(), -1))
	frappe.db.commit()


def reserved(order):
	return frappe.db.get_value("Sales Order Item", {"parent": order.name}, "b2b_reserved_qty")


# ---- paper and mail --------------------------------------------------------------------------------------------------


def test_it_is_mailed_as_the_account_prefers_and_by_hand_with_the_paper(item, mail_server):
	account = prepaying("Deposit", deposit_percent=20, mail_to="buyer@shop.example")
	order = order_of(account, item, po_no="PO-77")
	paper = paper_of(order)
	(queued,) = frappe.get_all("Customer Mail", {"reference_name": paper.name}, pluck="name")
	mail.send(queued)
	paper.reload()
	assert (paper.sent_to, bool(paper.sent_at)) == ("buyer@shop.example", True)
	(row,) = frappe.get_all("Email Queue", {"reference_name": paper.name}, ["message", "attachments"])
	assert "PO-77" in row.message and paper.name in row.message and "20.00" in row.message
	assert "Trade Pro Forma" in row.attachments
	name = doors.send(paper.name, "owner@shop.example")
	frappe.db.commit()
	mail.send(name)
	assert frappe.db.get_value("Trade Pro Forma", paper.name, "sent_to") == "owner@shop.example"
	quiet = order_of(prepaying(mail_pro_forma=0), make_item())
	assert not frappe.get_all("Customer Mail", {"reference_name": paper_of(quiet).name})


def test_the_paper_says_what_to_pay_where_and_until_when(item):
	order = order_of(prepaying("Deposit", deposit_percent=20, pro_forma_days=9), item, po_no="PO-78")
	paper = paper_of(order)
	html = frappe.get_print("Trade Pro Forma", paper.name, "Trade Pro Forma")
	for words in (paper.name, "PO-78", item.name, "20.00", "Valid Until", "not a tax invoice"):
		assert words in html
