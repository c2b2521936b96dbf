"""What goes wrong between us and an accounting package: nothing is lost, nothing arrives twice, somebody is told."""

from datetime import timedelta
from decimal import Decimal

import frappe
import pytest
from books import SERVERS, opened
from books.world import account, bank_account, invoice, outstanding, voided_there
from builders import make_customer, make_user, unique
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import get_datetime, getdate, now_datetime, nowdate

from wholesale_b2b.accounting.rules import reconciling
from wholesale_b2b.accounting.service import figures, reconciliation, replay
from wholesale_b2b.wholesale_b2b.doctype.accounting_connection import accounting_connection as doors
from wholesale_b2b.wholesale_b2b.doctype.sync_message import sync_message

D = Decimal


@pytest.fixture(params=sorted(SERVERS))
def world(request, fresh_transaction):
	yield from opened(SERVERS[request.param]())


def status_of(world, doc):
	return [message.status for message in world.messages(doc)]


def test_sixty_invoices_and_every_tenth_call_fails_all_arrive_once(world):
	"""`./test faults` sends a thousand, by several workers."""
	customer = make_customer().name
	docs = [invoice(customer, rows=((1 + n, 3.33),), commit=n % 10 == 9) for n in range(60)]
	world.plan.rate = 0.1
	world.plan.kinds = ("429", "500", "before", "after", "half")
	world.drain_all()
	world.plan.rate = 0
	assert world.plan.harmed
	for doc in docs:
		(booked,) = world.booked(doc.name)
		assert booked.total == D(str(doc.grand_total))
	assert {(m.status, m.error) for doc in docs for m in world.messages(doc)} == {("Done", "")}
	day = getdate(nowdate())
	names = {doc.name for doc in docs}
	rows = [row for row in reconciliation.compare(world.connection.name, day, day) if row.number in names]
	assert len(rows) == len(docs) and reconciling.is_green(rows)


@pytest.mark.parametrize("kind", ["500", "before", "after", "half"])
def test_when_the_answer_is_lost_it_is_looked_up_before_it_is_sent_again(world, kind):
	customer = make_customer().name
	invoice(customer)
	world.drain()
	doc = invoice(customer)
	world.fail(kind, world.create_invoice)
	world.drain()
	(message,) = world.messages(doc)
	assert message.status == "Waiting" and message.attempts == 1 and message.error
	assert get_datetime(message.next_try) > now_datetime()
	assert len(world.booked(doc.name)) == (1 if kind in ("after", "half") else 0)
	world.hurry()
	world.drain()
	assert len(world.booked(doc.name)) == 1 and status_of(world, doc) == ["Done"]
	assert world.link(doc).their_id


def test_a_payment_that_may_have_arrived_is_removed_when_it_is_cancelled_meanwhile(world):
	doc = invoice()
	world.drain()
	entry = get_payment_entry("Sales Invoice", doc.name, bank_account=bank_account())
	entry.update({"reference_no": unique("TRN"), "reference_date": nowdate()})
	entry.insert()
	entry.submit()
	world.fail("after", world.create_payment)
	world.drain()
	assert status_of(world, entry) == ["Waiting"] and len(world.payments()) == 1
	entry.cancel()
	frappe.db.commit()
	world.hurry()
	world.drain_all()
	assert set(status_of(world, entry)) == {"Done"}
	assert world.payments() == []
	world.look()
	world.look()
	assert not frappe.db.exists("Payment Entry", {"party": doc.customer, "docstatus": 1})
	assert not world.conflicts()


def test_a_request_to_wait_is_obeyed_by_everything(world):
	customer = make_customer().name
	invoice(customer)
	world.drain()
	docs = [invoice(customer) for _ in range(3)]
	calls = len(world.calls)
	world.fail("429")
	world.drain()
	assert len(world.calls) == calls + 1
	assert "no more calls" in world.messages(docs[0])[0].error
	until = frappe.db.get_value("Accounting Connection", world.connection.name, "wait_until")
	assert until > now_datetime() - timedelta(seconds=5)
	world.drain_all()
	assert all(len(world.booked(doc.name)) == 1 for doc in docs)


def test_an_expired_token_is_renewed_and_the_message_goes(world):
	doc = invoice()
	world.expire_tokens()
	world.drain()
	assert status_of(world, doc) == ["Done"]


def test_revoked_access_stops_everything_says_so_and_goes_on_after_it_is_given_again(world, worker):
	docs = [invoice() for _ in range(2)]
	keeper = make_user("Accounts Manager")
	world.revoke()
	world.drain()
	connection = frappe.get_doc("Accounting Connection", world.connection.name)
	assert connection.trouble and connection.wait_until > now_datetime()
	assert {status for doc in docs for status in status_of(world, doc)} <= {"Queued", "Waiting"}
	figures.refresh()
	worker()
	connection.reload()
	assert connection.health == "Needs Attention"
	assert frappe.get_all(
		"Notification Log",
		{"document_type": "Accounting Connection", "document_name": connection.name, "for_user": keeper.name},
	)
	world.allow()
	assert doors.replay_all(connection.name)
	world.drain_all()
	assert all(len(world.booked(doc.name)) == 1 for doc in docs)
	figures.refresh()
	assert frappe.db.get_value("Accounting Connection", connection.name, "health") == "Good"


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(world):
	world.connection.reload()
	world.connection.dry_run = 1
	world.connection.save()
	doc = invoice()
	world.drain_all()
	(message,) = world.messages(doc)
	assert message.status == "Dry Run" and doc.name in message.sent
	assert not world.writes()
	world.connection.reload()
	world.connection.dry_run = 0
	world.connection.save()
	replay.replay([message.name for message in world.messages()])
	world.drain_all()
	assert len(world.booked(doc.name)) == 1


def test_what_the_package_refuses_is_told_in_its_words_and_goes_after_the_fix(world):
	for row in world.connection.mappings:
		if row.document == account("Income"):
			row.code = "NOWHERE"
	world.connection.save()
	doc = invoice()
	world.drain()
	(message,) = world.messages(doc)
	assert message.status == "Needs Attention" and world.provider in message.error
	assert message.sent and message.answered
	world.connection.reload()
	for row in world.connection.mappings:
		if row.code == "NOWHERE":
			row.code = world.sales_code
	world.connection.save()
	sync_message.replay([message.name])
	world.drain()
	assert len(world.booked(doc.name)) == 1 and status_of(world, doc) == ["Done"]


def test_a_number_that_is_taken_is_a_conflict_not_a_second_invoice(world):
	customer = make_customer().name
	first = invoice(customer)
	world.drain()
	doc = invoice(customer, rows=((1, 99),))
	world.take_number(doc.name, first.name)
	world.drain()
	(conflict,) = world.conflicts(kind="Duplicate")
	assert conflict.reference_name == doc.name and conflict.ours and conflict.theirs
	assert [booked.total for booked in world.booked(doc.name)] == [36]


def test_no_secret_is_kept_with_a_message(world):
	doc = invoice()
	world.expire_tokens()
	world.drain()
	kept = "".join(f"{m.sent}{m.answered}{m.error}" for m in world.messages())
	assert doc.name in kept
	for secret in world.secrets():
		assert secret and secret not in kept


def test_a_voided_invoice_is_reported_and_not_recreated(world):
	from wholesale_b2b.wholesale_b2b.doctype.sync_conflict.sync_conflict import decide

	doc, conflict = voided_there(world)
	assert conflict.kind in ("Voided There", "Deleted There") and conflict.suggestion == "Cancel Ours"
	world.drain_all()
	assert [b for b in world.booked(doc.name) if b.state == "Open"] == []
	decide(conflict.name, "Cancel Ours")
	frappe.db.commit()
	assert frappe.db.get_value("Sales Invoice", doc.name, "docstatus") == 2
	world.drain_all()
	assert not world.conflicts()


def test_a_look_that_breaks_off_moves_no_cursor_and_takes_nothing_twice(world):
	doc = invoice()
	world.drain()
	world.look()
	before = frappe.db.get_value("Accounting Connection", world.connection.name, "cursor_text")
	world.pay(doc.name, 10)
	for kind in ("500", "half", "before"):
		world.fail(kind)
		world.look()
		now = frappe.db.get_value("Accounting Connection", world.connection.name, "cursor_text")
		assert now == before and outstanding(doc) == 36
		world.hurry()
	world.look()
	world.look()
	assert outstanding(doc) == 26


def test_a_user_without_the_role_and_a_guest_can_do_nothing(world):
	doc = invoice()
	world.drain()
	(message,) = world.messages(doc)
	for user in ("Guest", make_user("Sales User").name, make_user("Accounts User").name):
		frappe.set_user(user)
		for call in (
			lambda: doors.test_connection(world.connection.name),
			lambda: doors.connect(world.connection.name),
			lambda: doors.replay_all(world.connection.name),
			lambda: doors.send_earlier(world.connection.name),
			lambda: doors.choices(world.connection.name),
			lambda: sync_message.replay([message.name]),
			lambda: sync_message.leave([message.name]),
		):
			with pytest.raises(frappe.PermissionError):
				call()
	frappe.set_user("Administrator")


def test_test_connection_tells_whose_books_they_are(world):
	answer = doors.test_connection(world.connection.name)
	assert answer["ok"], answer
	assert (
		frappe.db.get_value("Accounting Connection", world.connection.name, "tenant_title") == answer["title"]
	)
	found = doors.choices(world.connection.name)
	# whoever keeps books need not keep cost centres in them
	assert all(rows for kind, rows in found.items() if kind != "Cost Center")
	world.revoke()
	refused = doors.test_connection(world.connection.name)
	assert not refused["ok"] and refused["text"] and refused["todo"]


def test_what_is_missing_is_listed_before_anything_is_sent(world):
	doc = invoice(freight=3)
	world.connection.reload()
	# other tests have sold to other accounts
	ours = {row.income_account for row in doc.items} | {row.account_head for row in doc.taxes}
	assert [
		row
		for row in doors.overview(world.connection.name)["missing"]
		if row["kind"] == "Income Account" and row["name"] in ours
	] == []
	world.connection.mappings = []
	world.connection.no_tax_code = ""
	world.connection.save()
	kinds = {row["kind"] for row in doors.overview(world.connection.name)["missing"]}
	assert {"Income Account", "Tax Account", "Bank Account", "Customer"} <= kinds


def test_uptime_is_the_share_of_the_time_in_which_the_package_answered(world):
	def rest(hours):
		"""The look before was so long ago."""
		frappe.db.sql(
			"update `tabSync Day` set modified = %s where accounting_connection = %s",
			[now_datetime() - timedelta(hours=hours), world.connection.name],
		)
		frappe.db.commit()
		world.hurry()

	assert doors.overview(world.connection.name)["figures"]["uptime_week"] is None
	world.look()
	assert doors.overview(world.connection.name)["figures"]["uptime_week"] == 100
	rest(1)
	world.look()
	rest(1)
	world.fail("500", times=5)
	world.look()
	found = doors.overview(world.connection.name)["figures"]
	assert found["uptime_week"] == found["uptime_month"] == pytest.approx(50.4, abs=0.1)
	# nobody looked for a day: that is not known; the look that ended it speaks for a minute, as the first one did
	rest(24)
	world.plan.once.clear()
	world.look()
	assert doors.overview(world.connection.name)["figures"]["uptime_week"] == pytest.approx(50.8, abs=0.1)
	# what was long ago is in neither figure, and forgotten in the end
	frappe.db.sql(
		"update `tabSync Day` set day = %s where accounting_connection = %s",
		[getdate() - timedelta(days=10), world.connection.name],
	)
	found = doors.overview(world.connection.name)["figures"]
	assert found["uptime_week"] is None and found["uptime_month"] == pytest.approx(50.8, abs=0.1)
	frappe.db.sql(
		"update `tabSync Day` set day = %s where accounting_connection = %s",
		[getdate() - timedelta(days=500), world.connection.name],
	)
	figures.forget()
	assert not frappe.db.exists("Sync Day", {"accounting_connection": world.connection.name})
