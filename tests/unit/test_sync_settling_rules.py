"""Payments that come in, bills that changed over there, and the comparison of both sides."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.rules import conflicts, papers, reconciling, settling
from wholesale_b2b.accounting.rules.conflicts import Agreed, Conflict, OurBill
from wholesale_b2b.accounting.rules.papers import Money, TheirBill, Use
from wholesale_b2b.accounting.rules.settling import Deed, Facts, Known, Owing

DAY = date(2026, 3, 2)
PENNIES = st.integers(0, 100_000).map(lambda n: Decimal(n) / 100)
D = Decimal


def money(amount, *uses, **fields):
	return Money("P1", "C1", DAY, "GBP", D(amount), "090", tuple(uses), their_id="p-1", **fields)


def pays(number, amount, kind=papers.INVOICE):
	return Use(kind, D(amount), number, f"id-{number}")


def facts(*owing, **fields):
	documents = {(papers.INVOICE, f"id-{one.name}"): one for one in owing}
	return Facts("Shop", documents, **fields)


def owes(name, amount, customer="Shop", doctype="Sales Invoice"):
	return Owing(doctype, name, customer, "GBP", D(amount))


DOCUMENTS = st.dictionaries(st.sampled_from("ABCDE"), PENNIES, max_size=5)


@given(DOCUMENTS, st.lists(st.tuples(st.sampled_from("ABCDEF"), PENNIES), max_size=5), PENNIES, st.booleans())
def test_a_posted_payment_is_all_of_it_and_no_document_gets_more_than_is_open(open_now, uses, extra, decided):
	amount = sum((part for _number, part in uses), D(0)) + extra
	known = facts(
		*(owes(name, part) for name, part in open_now.items()),
		orders=[owes("SO-1", 50, doctype="Sales Order")],
		answer=conflicts.PAY_WHAT_IS_OPEN if decided else "",
	)
	outcome = settling.settle(money(amount, *(pays(*use) for use in uses)), known)
	if isinstance(outcome, Conflict):
		assert not decided and outcome.suggestion in outcome.answers
		return
	if not outcome.post:
		assert amount == 0
		return
	assert sum((share.amount for share in outcome.shares), D(0)) + outcome.on_account == amount
	assert outcome.on_account >= 0
	assert len({(s.doctype, s.name) for s in outcome.shares}) == len(outcome.shares)
	for share in outcome.shares:
		assert 0 < share.amount <= (open_now[share.name] if share.name in open_now else 50)


def test_part_payment_the_rest_and_one_penny_too_much():
	first = settling.settle(money(40, pays("A", 40)), facts(owes("A", 100)))
	assert first.shares == (settling.Share("Sales Invoice", "A", D(40)),)
	assert settling.settle(money(60, pays("A", 60)), facts(owes("A", 60))).post
	more = settling.settle(money("60.01", pays("A", "60.01")), facts(owes("A", 60)))
	assert more.kind == conflicts.AMOUNTS_DIFFER
	decided = settling.settle(
		money("60.01", pays("A", "60.01")), facts(owes("A", 60), answer=conflicts.PAY_WHAT_IS_OPEN)
	)
	assert (decided.shares[0].amount, decided.on_account) == (D(60), D("0.01"))


def test_what_names_an_order_pays_it_and_the_rest_stays_on_account():
	order = owes("SO-1", 100, doctype="Sales Order")
	outcome = settling.settle(money(130), facts(orders=[order]))
	assert outcome.shares == (settling.Share("Sales Order", "SO-1", D(100)),)
	assert outcome.on_account == 30
	stranger = replace(order, customer="Somebody Else")
	assert settling.settle(money(130), facts(orders=[stranger])).on_account == 130


def test_telling_it_again_changes_nothing_and_removal_cancels_ours():
	paid = money(40, pays("A", 40))
	known = Known("PE-1", settling.THEIRS, paid, posted=True)
	again = settling.settle(replace(paid, version="other"), facts(owes("A", 60), known=known))
	assert (again.post, again.cancel) == (False, "")
	gone = settling.settle(replace(paid, state=papers.REMOVED), facts(owes("A", 60), known=known))
	assert (gone.post, gone.cancel) == (False, "PE-1")
	never = settling.settle(replace(paid, state=papers.REMOVED), facts(owes("A", 100)))
	assert (never.post, never.cancel) == (False, "")


@given(PENNIES, PENNIES)
def test_an_edit_over_there_replaces_ours_with_what_is_open_then(before, after):
	total = D(2000)
	paid = money(before, pays("A", before))
	known = Known("PE-1", settling.THEIRS, paid, posted=True)
	outcome = settling.settle(money(after, pays("A", after)), facts(owes("A", total - before), known=known))
	assert isinstance(outcome, Deed)
	if before != after and after:
		assert (outcome.cancel, outcome.post, outcome.shares[0].amount) == ("PE-1", True, after)


def test_payments_entered_here_are_never_overwritten_by_themselves():
	paid = money(40, pays("A", 40))
	ours = Known("PE-1", settling.OURS, paid, posted=True)
	changed = money(45, pays("A", 45))
	outcome = settling.settle(changed, facts(owes("A", 60), known=ours))
	assert outcome.kind == conflicts.BOTH_CHANGED
	assert (
		settling.settle(changed, facts(owes("A", 60), known=ours, answer=conflicts.TAKE_THEIRS)).cancel
		== "PE-1"
	)
	cancelled = Known("PE-1", settling.THEIRS, paid, posted=False)
	assert settling.settle(paid, facts(owes("A", 100), known=cancelled)).kind == conflicts.CANCELLED_HERE
	by_us = replace(cancelled, by_us=True)
	assert settling.settle(paid, facts(owes("A", 100), known=by_us)).post


def test_closed_periods_unknown_invoices_strangers_and_twins_are_not_guessed():
	closed = facts(owes("A", 100), closed=DAY, today=DAY + timedelta(9))
	assert settling.settle(money(40, pays("A", 40)), closed).kind == conflicts.CLOSED_PERIOD
	today = settling.settle(money(40, pays("A", 40)), replace(closed, answer=conflicts.POST_TODAY))
	assert today.day == DAY + timedelta(9)
	assert settling.settle(money(40, pays("Z", 40)), facts()).kind == conflicts.UNKNOWN_INVOICE
	other = facts(owes("A", 100, customer="Somebody Else"))
	assert settling.settle(money(40, pays("A", 40)), other).kind == conflicts.UNKNOWN_INVOICE
	assert not settling.settle(money(40, pays("A", 40)), replace(facts(), customer="")).post
	twin = facts(owes("A", 100), twin="PE-9")
	assert settling.settle(money(40, pays("A", 40)), twin).kind == conflicts.DUPLICATE
	assert (
		settling.settle(money(40, pays("A", 40)), replace(twin, answer=conflicts.KEEP_OURS)).adopt == "PE-9"
	)


# ---- bills -----------------------------------------------------------------------------------------------------------


def bill(**fields):
	values = {
		"kind": papers.INVOICE,
		"their_id": "i-1",
		"number": "SI-1",
		"contact": "C1",
		"currency": "GBP",
		"net": D(100),
		"tax": D(20),
		"total": D(120),
		"outstanding": D(120),
		"state": papers.OPEN,
	}
	return TheirBill(**{**values, **fields})


OURS = OurBill("Sales Invoice", "SI-1", "SI-1", D(100), D(20), D(120), posted=True)


def test_a_bill_that_is_gone_or_differs_is_reported_and_never_recreated():
	assert conflicts.judge_bill(OURS, bill(state=papers.VOIDED)).kind == conflicts.VOIDED_THERE
	assert conflicts.judge_bill(OURS, bill(state=papers.REMOVED)).kind == conflicts.DELETED_THERE
	assert conflicts.judge_bill(OURS, bill(total=D("120.01"))).kind == conflicts.AMOUNTS_DIFFER
	assert conflicts.judge_bill(OURS, bill(tax=D("19.99"))).kind == conflicts.AMOUNTS_DIFFER
	assert conflicts.judge_bill(replace(OURS, posted=False), bill()).kind == conflicts.CANCELLED_HERE
	for agreed in (
		conflicts.judge_bill(OURS, bill(outstanding=D(3))),
		conflicts.judge_bill(None, bill()),
		conflicts.judge_bill(replace(OURS, posted=False), bill(state=papers.VOIDED)),
		conflicts.judge_bill(OURS, bill(total=D(1)), answer=conflicts.LEAVE),
	):
		assert isinstance(agreed, Agreed) and not agreed.allocate


USES = st.lists(st.tuples(st.sampled_from("ABC"), PENNIES.filter(bool)), max_size=5)


@given(USES, USES)
def test_after_taking_over_what_is_missing_nothing_is(ours, theirs):
	mine, other = (tuple(pays(*use) for use in uses) for uses in (ours, theirs))
	more = conflicts.missing_uses(mine, other)
	assert conflicts.missing_uses((*mine, *more), other) == ()
	assert all(use.amount > 0 for use in more)


# ---- reconciliation --------------------------------------------------------------------------------------------------

SIDES = st.dictionaries(
	st.sampled_from("ABCDEF"),
	st.tuples(PENNIES, PENNIES, PENNIES).map(
		lambda t: reconciling.Side("n", papers.INVOICE, "GBP", t[0] + t[1], t[1], t[2])
	),
)


@given(SIDES, SIDES)
def test_every_document_has_its_row_and_only_what_is_the_same_is_green(ours, theirs):
	rows = reconciling.compare(ours, theirs)
	assert len(rows) == len({*ours, *theirs})
	assert reconciling.is_green(rows) == (ours == theirs)
	for row in rows:
		assert (row.problem == reconciling.SAME) == (row.ours == row.theirs)
	assert reconciling.is_green(reconciling.compare(ours, ours))


USES = st.lists(
	st.builds(
		papers.Use,
		st.just(papers.INVOICE),
		st.decimals(0, 500, places=2),
		their_id=st.sampled_from("abc"),
	)
)


@given(USES, USES)
def test_what_is_left_of_uses_and_what_is_there_come_to_what_is_wanted(uses, there):
	# of each document one is wanted; it may be there in several parts
	uses = list({use.their_id: use for use in uses}.values())
	left = {use.their_id: use.amount for use in papers.left_of(uses, there)}
	for use in uses:
		done = sum((one.amount for one in there if one.their_id == use.their_id), papers.ZERO)
		assert left.get(use.their_id, papers.ZERO) == max(use.amount - done, papers.ZERO)


def test_a_payment_taken_with_its_invoice_stands_or_falls_with_it():
	before = money(50, pays("INV-1", 40))
	judge = settling.judge_till
	assert judge(before, before, True, "INV-1").why == "already here"
	assert judge(before, money(50, pays("INV-1", 40), pays("INV-2", 10)), True, "INV-1").why == (
		"allocated over there"
	)
	gone = replace(before, state=papers.REMOVED)
	assert judge(before, gone, False, "INV-1").why == "gone on both sides"
	for told, stands, kind in (
		(gone, True, conflicts.DELETED_THERE),
		(replace(before, amount=D(30)), True, conflicts.BOTH_CHANGED),
		(before, False, conflicts.CANCELLED_HERE),
	):
		found = judge(before, told, stands, "INV-1")
		assert (found.kind, found.suggestion) == (kind, conflicts.SEND_AGAIN)
