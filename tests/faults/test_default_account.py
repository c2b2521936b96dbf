"""Two and eight processes that each make another account the customer's default: one account is, whoever was first."""

import os

import frappe
import pytest
from builders import COMPANY, make_customer, make_trade_account

from tests.faults.crew import Crew
from tests.site.conftest import SITE, SITES

TRIALS = int(os.environ.get("FAULT_TRIALS", 20))
DEEDS = "tests.faults.deeds"


@pytest.fixture(params=[2, 8])
def crew(request):
	with Crew(request.param, SITE, str(SITES)) as crew:
		yield crew


def defaults(customer):
	frappe.db.rollback()
	return frappe.get_all(
		"Trade Account", {"customer": customer, "is_default": 1}, ["name", "default_of"], order_by="name"
	)


def only_one(customer, answers):
	"""Somebody was heard, whoever was not was told why, and the account of one of those who were is the default."""
	done = [answer.result for answer in answers if answer.ok]
	assert done
	for answer in answers:
		assert answer.ok or "at the same moment" in answer.message, answer.message
	found = defaults(customer)
	assert len(found) == 1
	assert found[0].name in done
	assert found[0].default_of


@pytest.mark.parametrize("there_was_one", [True, False])
def test_accounts_that_are_there(crew, there_was_one):
	for _trial in range(TRIALS):
		customer = make_customer().name
		first = make_trade_account(customer, commit=False)
		accounts = [make_trade_account(customer, commit=False) for _ in crew.members]
		if not there_was_one:
			frappe.db.set_value("Trade Account", first.name, {"is_default": 0, "default_of": None})
		frappe.db.commit()
		assert [row.name for row in defaults(customer)] == [first.name] * there_was_one
		only_one(customer, crew.together([(DEEDS, "make_default", (account.name,)) for account in accounts]))


def test_new_accounts(crew):
	for _trial in range(TRIALS):
		customer = make_customer().name
		frappe.db.commit()
		only_one(customer, crew.together([(DEEDS, "open_account", (customer,))] * len(crew.members)))


def test_the_database_refuses_a_second_default_however_it_is_written():
	customer = make_customer().name
	first, second = (make_trade_account(customer) for _ in range(2))
	key = frappe.db.get_value("Trade Account", first.name, "default_of")
	assert key and first.company == COMPANY
	with pytest.raises(Exception, match="Duplicate"):
		frappe.db.set_value("Trade Account", second.name, "default_of", key)
	frappe.db.rollback()
