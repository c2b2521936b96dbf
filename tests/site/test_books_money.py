"""Money that is not simply one payment of one invoice: currencies, overpayments, refunds, credits, several at once."""

from decimal import Decimal

import frappe
import pytest
from books import SERVERS, WORLDS, opened
from books.world import agree, bank_account, credit_note, invoice, mapping, outstanding, paid_here
from builders import COMPANY, make_customer, unique
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import flt, nowdate
from paying import bank, bank_in, debtors

D = Decimal


@pytest.fixture
def world(fresh_transaction):
	bank()
	yield from opened(SERVERS["Xero"]())


@pytest.fixture(params=sorted(SERVERS))
def any_world(request, fresh_transaction):
	yield from opened(SERVERS[request.param]())


@pytest.fixture(params=sorted(WORLDS))
def everywhere(request, fresh_transaction):
	bank()
	yield from opened(WORLDS[request.param]())


def in_euros(account, rate=0.8):
	"""An invoice to a customer from abroad, who owes on this account."""
	own = frappe.db.get_value("Company", COMPANY, "default_receivable_account")
	accounts = [{"company": COMPANY, "account": account}] if account != own else []
	customer = make_customer(default_currency="EUR", accounts=accounts).name
	return invoice(
		customer,
		rows=((3, 12.5),),
		currency="EUR",
		conversion_rate=rate,
		plc_conversion_rate=rate,
		debit_to=account,
	)


def entry_of(doc):
	(name,) = frappe.get_all(
		"Payment Entry Reference", {"reference_name": doc.name, "docstatus": 1}, pluck="parent"
	)
	return frappe.get_doc("Payment Entry", name)


# ---- currencies ------------------------------------------------------------------------------------------------------


@pytest.fixture
def any_account():
	"""Foreign invoices may be on an account in the company's own currency."""
	setting = "allow_multi_currency_invoices_against_single_party_account"
	before = frappe.db.get_single_value("Accounts Settings", setting)
	frappe.db.set_single_value("Accounts Settings", setting, 1)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value("Accounts Settings", setting, before)
	frappe.db.commit()


@pytest.mark.parametrize("banked", ["EUR", "GBP"])
@pytest.mark.parametrize("receivable", ["EUR", "GBP"])
def test_a_foreign_invoice_is_paid_at_another_rate(everywhere, any_account, receivable, banked):
	"""Whatever currency our accounts are in: the bank gets what it was worth that day, and the rest is a difference of exchange."""
	world = everywhere
	account, our_bank = debtors(receivable), bank_account() if banked == "GBP" else bank_in("EUR")
	paid_into(world, our_bank)
	doc = in_euros(account)
	world.drain_all()
	(booked,) = world.booked(doc.name)
	assert (booked.currency, booked.total, round(booked.rate, 4)) == (
		"EUR",
		D(str(doc.grand_total)),
		D("0.8"),
	)
	first = world.pay(doc.name, 10, rate=0.85)
	world.look()
	assert not world.conflicts(), [c.text for c in world.conflicts()]
	left = doc.grand_total - 10 if receivable == "EUR" else flt((doc.grand_total - 10) * 0.8, 2)
	assert float(outstanding(doc)) == pytest.approx(left)
	entry = entry_of(doc)
	assert (entry.paid_from, entry.paid_to) == (account, our_bank)
	assert (entry.paid_from_account_currency, entry.paid_to_account_currency) == (receivable, banked)
	assert entry.received_amount == pytest.approx(10 if banked == "EUR" else 8.5)
	assert entry.base_received_amount == pytest.approx(8.5)
	second = world.pay(doc.name, doc.grand_total - 10, rate=0.85)
	world.look()
	world.drain_all()
	assert outstanding(doc) == 0
	worth = doc.grand_total * 0.85
	assert booked_to(our_bank, doc) == pytest.approx(worth, abs=0.01)
	assert booked_to(differences(), doc) == pytest.approx(-(worth - doc.base_grand_total), abs=0.01)
	assert booked_to(account, doc) == pytest.approx(0, abs=0.01)
	assert len(world.booked(doc.name)) == 1
	agree(world, doc)
	for payment in (first, second):
		world.remove_payment(payment)
		world.look()
	assert outstanding(doc) == D(str(doc.grand_total if receivable == "EUR" else doc.base_grand_total))
	assert booked_to(differences(), doc) == pytest.approx(0, abs=0.01)
	agree(world, doc)


def test_a_payment_whose_rate_nobody_tells_is_worth_the_rate_of_the_day(fresh_transaction):
	if not frappe.db.exists("Currency Exchange", {"from_currency": "EUR", "to_currency": "GBP"}):
		rate = {"from_currency": "EUR", "to_currency": "GBP", "exchange_rate": 0.8, "for_selling": 1}
		frappe.get_doc({"doctype": "Currency Exchange", "date": nowdate(), **rate}).insert()
	for world in opened(WORLDS["File"]()):
		doc = in_euros(debtors("EUR"), rate=0.7)
		world.drain_all()
		world.pay(doc.name, 10)
		world.look()
		assert entry_of(doc).base_received_amount == pytest.approx(8)


def paid_into(world, account):
	"""What comes in over there is in this account here."""
	world.connection.reload()
	for row in world.connection.mappings:
		if row.kind == "Bank Account":
			row.document = account
	world.connection.save()
	frappe.db.commit()


def differences():
	return frappe.get_cached_value("Company", COMPANY, "exchange_gain_loss_account")


def booked_to(account, doc):
	"""What the invoice, its payments and their differences of exchange come to on an account, in the company's currency."""
	payments = frappe.get_all("Payment Entry Reference", {"reference_name": doc.name}, pluck="parent")
	journals = frappe.get_all("Journal Entry Account", {"reference_name": doc.name}, pluck="parent")
	rows = frappe.get_all(
		"GL Entry",
		{"account": account, "is_cancelled": 0, "voucher_no": ("in", [doc.name, *payments, *journals])},
		["debit", "credit"],
	)
	return sum(row.debit - row.credit for row in rows)


# ---- more than one thing ---------------------------------------------------------------------------------------------


def test_an_overpayment_pays_its_invoice_and_leaves_the_rest_on_account(world):
	doc = invoice()
	world.drain()
	ident = world.overpay(doc.name, 50)
	world.look()
	entry = entry_of(doc)
	assert (outstanding(doc), entry.paid_amount, entry.unallocated_amount) == (0, 50, 14)
	other = invoice(doc.customer)
	world.drain()
	world.allocate_overpayment(ident, other.name, 14)
	world.look()
	assert outstanding(other) == 22 and outstanding(doc) == 0
	assert entry_of(other).name == entry_of(doc).name
	assert not world.conflicts()


@pytest.mark.parametrize("provider", sorted(SERVERS))
def test_a_refund_of_a_credit_note_goes_to_the_customer(provider, fresh_transaction):
	for world in opened(SERVERS[provider]()):
		_refunded(world)


def _refunded(world):
	doc = invoice()
	note = credit_note(doc, 1, own=True)
	world.drain()
	assert outstanding(note) == -12
	getattr(world, "refund", world.pay)(note.name, 12)
	world.look()
	entry = entry_of(note)
	assert (entry.payment_type, entry.paid_amount) == ("Pay", 12)
	assert outstanding(note) == 0 and outstanding(doc) == 36


def test_a_credit_allocated_over_there_is_allocated_here(any_world):
	world = any_world
	first, second = (invoice(customer) for customer in [make_customer().name] * 2)
	note = credit_note(first, 2, own=True)
	world.drain()
	world.look()
	world.credit(note.name, second.name, 10)
	world.look()
	assert (outstanding(second), outstanding(note), outstanding(first)) == (26, -14, 36)
	world.look()
	assert outstanding(second) == 26
	assert not world.conflicts()


def test_one_payment_here_of_two_invoices_and_a_little_more(any_world):
	world = any_world
	customer = make_customer().name
	docs = [invoice(customer) for _ in range(2)]
	world.connection.reload()
	entry = get_payment_entry("Sales Invoice", docs[0].name, bank_account=bank_account())
	entry.append(
		"references",
		{
			"reference_doctype": "Sales Invoice",
			"reference_name": docs[1].name,
			"total_amount": 36,
			"outstanding_amount": 36,
			"allocated_amount": 36,
		},
	)
	entry.update(
		{"paid_amount": 80, "received_amount": 80, "reference_no": unique("TRN"), "reference_date": nowdate()}
	)
	entry.insert()
	entry.submit()
	frappe.db.commit()
	world.drain_all()
	assert [m.status for m in world.messages(entry)] == ["Done"], world.messages(entry)[0].error
	assert [b.outstanding for doc in docs for b in world.booked(doc.name)] == [0, 0]
	assert sum(p["amount"] for p in world.payments()) == 80
	world.look()
	world.look()
	assert [outstanding(doc) for doc in docs] == [0, 0] and not world.conflicts()
	assert frappe.db.count("Payment Entry", {"party": customer, "docstatus": 1}) == 1
	entry.reload()
	entry.cancel()
	frappe.db.commit()
	world.drain_all()
	assert world.payments() == [] and [b.outstanding for doc in docs for b in world.booked(doc.name)] == [
		36,
		36,
	]


def test_two_invoices_at_once_and_nothing_more_are_one_batch(world):
	customer = make_customer().name
	docs = [invoice(customer) for _ in range(2)]
	entry = get_payment_entry("Sales Invoice", docs[0].name, bank_account=bank_account())
	row = entry.references[0].as_dict()
	entry.append("references", {**row, "name": None, "reference_name": docs[1].name})
	entry.update(
		{"paid_amount": 72, "received_amount": 72, "reference_no": unique("TRN"), "reference_date": nowdate()}
	)
	entry.insert()
	entry.submit()
	frappe.db.commit()
	world.drain_all()
	world.look()
	assert len(world.books["BatchPayments"]) == 1
	assert [outstanding(doc) for doc in docs] == [0, 0] and not world.conflicts()
	assert frappe.db.count("Payment Entry", {"party": customer, "docstatus": 1}) == 1


def test_money_on_account_that_is_allocated_over_there_later_follows(any_world):
	world = any_world
	doc = invoice()
	world.drain()
	contact = frappe.db.get_value(
		"Sync Link",
		{
			"accounting_connection": world.connection.name,
			"reference_doctype": "Customer",
			"reference_name": doc.customer,
		},
		"their_id",
	)
	ident = world.prepay(contact, 50, "deposit")
	world.look()
	(entry,) = frappe.get_all(
		"Payment Entry", {"party": doc.customer, "docstatus": 1}, ["name", "unallocated_amount"]
	)
	assert entry.unallocated_amount == 50 and outstanding(doc) == 36
	world.allocate_money(ident, doc.name, 36)
	world.look()
	assert outstanding(doc) == 0
	(after,) = frappe.get_all(
		"Payment Entry", {"party": doc.customer, "docstatus": 1}, ["name", "unallocated_amount"]
	)
	assert after.unallocated_amount == 14


def test_what_was_paid_on_two_bank_accounts_over_there_needs_both_mapped(world):
	doc = invoice()
	world.drain()
	world.connection.reload()
	world.connection.mappings = [row for row in world.connection.mappings if row.kind != "Bank Account"]
	world.connection.save()
	world.pay(doc.name, 10)
	world.look()
	(message,) = world.messages(direction="In", kind="Payment")
	assert message.status == "Needs Attention" and "bank account 090" in message.error
	world.connection.reload()
	world.connection.append("mappings", mapping("Bank Account", bank_account(), "090"))
	world.connection.save()
	from wholesale_b2b.accounting.service import replay

	replay.replay([message.name])
	world.drain()
	assert outstanding(doc) == 26


def test_a_credit_allocated_here_is_allocated_over_there(any_world):
	from wholesale_b2b.accounting.store import payments

	world = any_world
	first, second = (invoice(customer) for customer in [make_customer().name] * 2)
	note = credit_note(first, 2, own=True)
	world.drain()
	# what ERPNext's Payment Reconciliation does
	payments.allocate_credit(note.name, second.name, D(10))
	frappe.db.commit()
	world.drain_all()
	assert [b.outstanding for b in world.booked(second.name)] == [26]
	assert [b.outstanding for b in world.booked(note.name)] == [14]
	world.look()
	world.look()
	assert (outstanding(second), outstanding(note)) == (26, -14) and not world.conflicts()


def by_entry(doc, booked):
	paid_here(doc, booked)


def by_journal(doc, booked):
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Bank Entry",
			"company": COMPANY,
			"posting_date": nowdate(),
			"cheque_no": unique("JV"),
			"cheque_date": nowdate(),
			"accounts": [
				{"account": bank_account(), "debit_in_account_currency": booked},
				{
					"account": doc.debit_to,
					"credit_in_account_currency": booked,
					"party_type": "Customer",
					"party": doc.customer,
					"reference_type": doc.doctype,
					"reference_name": doc.name,
				},
			],
		}
	).insert()
	entry.submit()
	frappe.db.commit()


@pytest.mark.parametrize("pays", [by_entry, by_journal])
def test_money_of_our_own_pays_a_foreign_invoice_on_an_account_of_our_own_in_its_currency(
	everywhere, any_account, pays
):
	world = everywhere
	doc = in_euros(debtors("GBP"))
	world.drain_all()
	(there,) = world.booked(doc.name)
	assert (there.total, outstanding(doc)) == (45, 36)
	pays(doc, 20)
	world.drain_all()
	assert [D(str(payment["amount"])) for payment in world.payments()] == [25]
	assert [bill.outstanding for bill in world.booked(doc.name)] == [20] and outstanding(doc) == 16
	pays(doc, 16)
	world.drain_all()
	assert [bill.outstanding for bill in world.booked(doc.name)] == [0] and outstanding(doc) == 0
	world.look()
	world.drain_all()
	agree(world, doc)
