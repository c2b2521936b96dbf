"""Story 8: what is held leaves by no route, whoever takes it and why ever it is held; without a hold every route is open."""

import re
from collections.abc import Iterator

import frappe
import pytest
import routes
from builders import make_user
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from routes import ROLES, ROUTES, Case, make_case, traces
from till import Till

from wholesale_b2b.allocation.service import audit
from wholesale_b2b.fulfilment import overrides
from wholesale_b2b.fulfilment.holds import service as holds

WORDS = re.compile(r"is held|over its credit limit|over the credit limit|to be paid|pays before", re.I)


def put(case, **fields):
	for name in case.accounts:
		doc = frappe.get_doc("Trade Account", name)
		doc.update(fields)
		doc.save()


class Reason:
	"""Why an account or its orders are held, and how that ends."""

	of_order = False
	at_once = True

	def begin(self, case: Case) -> None:
		raise NotImplementedError

	def end(self, case: Case) -> None:
		put(case, status="Active", status_reason=None, credit_limit=0)


class Nothing(Reason):
	def begin(self, case):
		pass


class AccountOnHold(Reason):
	def begin(self, case):
		put(case, status="On Hold", status_reason="Overdue.")


class AccountClosed(Reason):
	def begin(self, case):
		put(case, status="Closed", status_reason="Gone.")


class Unpaid(Reason):
	"""What is paid at once is paid."""

	at_once = False

	def begin(self, case):
		put(case, status="Pro Forma Only")


class OverLimit(Reason):
	at_once = False

	def begin(self, case):
		put(case, credit_limit=1, over_limit="Hold")


class AccountByHand(Reason):
	def begin(self, case):
		self.names = [holds.hold_account(name, "Stocktaking at their end.") for name in case.accounts]

	def end(self, case):
		for name in self.names:
			holds.release(name, "Done.")


class OrdersByHand(Reason):
	of_order = True

	def begin(self, case):
		self.names = [holds.hold_order(name, "They asked us to wait.") for name in case.orders.values()]

	end = AccountByHand.end


REASONS = (AccountOnHold, AccountClosed, Unpaid, OverLimit, AccountByHand, OrdersByHand)


@pytest.fixture(scope="module")
def till(site) -> str:
	frappe.set_user("Administrator")
	return Till().profile


@pytest.fixture(scope="module")
def case(till) -> Iterator[Case]:
	frappe.set_user("Administrator")
	yield make_case(till)
	frappe.db.rollback()
	frappe.set_user("Administrator")
	assert audit.run() == []


@pytest.fixture(scope="module")
def reason(case, request) -> Iterator[Reason]:
	frappe.db.rollback()
	frappe.set_user("Administrator")
	found = request.param()
	found.begin(case)
	frappe.db.commit()
	yield found
	frappe.db.rollback()
	frappe.set_user("Administrator")
	found.end(case)
	frappe.db.commit()


@pytest.fixture(scope="module")
def users(site) -> dict[str, str]:
	frappe.set_user("Administrator")
	own = {role: role for role in ("Administrator", "Guest")}
	for role in ROLES:
		if role not in own:
			kind = "Website User" if role == "Wholesale Buyer" else "System User"
			own[role] = make_user(role, user_type=kind).name
	frappe.db.commit()
	return own


def attempt(case: Case, name: str, user: str) -> str:
	"""Take the route as this user; what the user was told. Nothing may have left, nor be picked."""
	before = traces(case)
	frappe.db.rollback()
	frappe.clear_messages()
	frappe.set_user(user)
	told = ""
	try:
		ROUTES[name].act(case)
		told = frappe.as_json(frappe.message_log)
		frappe.db.commit()
	except Exception as error:
		told = f"{type(error).__name__}: {error} {frappe.as_json(frappe.message_log)}"
		frappe.db.rollback()
	finally:
		frappe.set_user("Administrator")
	assert traces(case) == before, told
	return told


def sensible() -> list:
	"""Each reason with each route that it closes."""
	return [
		pytest.param(reason, name, id=f"{reason.__name__}-{name}")
		for reason in REASONS
		for name, route in ROUTES.items()
		if (route.of_order or not reason.of_order) and (reason.at_once or not route.at_once)
	]


@pytest.mark.parametrize(("reason", "name"), sensible(), indirect=["reason"])
def test_whoever_may_do_everything_is_told_why(case, reason, name):
	told = attempt(case, name, "Administrator")
	assert ROUTES[name].commits or WORDS.search(told), told


@pytest.mark.parametrize("reason", [AccountOnHold], indirect=True)
@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize("name", [name for name, route in ROUTES.items()])
def test_nobody_takes_a_route(case, reason, users, name, role):
	attempt(case, name, users[role])


@pytest.mark.parametrize("reason", [Nothing], indirect=True)
def test_without_a_hold_every_route_is_open(till, reason):
	"""Else none of the attempts above would mean anything."""
	case = make_case(till)
	for name, route in sorted(ROUTES.items(), key=lambda pair: pair[1].commits):
		before = traces(case)
		route.act(case)
		assert traces(case) != before, name
		if not route.commits:
			frappe.db.rollback()
			frappe.clear_messages()
	frappe.db.commit()


@pytest.mark.parametrize("reason", [Nothing], indirect=True)
@pytest.mark.parametrize("why", [AccountOnHold, Unpaid, OverLimit, AccountByHand, OrdersByHand])
def test_what_has_left_comes_back_whatever_is_held(till, reason, why):
	case = make_case(till)
	note = routes.post(overrides.make_delivery_note(case.orders["open"]))
	other = routes.post(routes.note_of(case))
	bill = routes.post(routes.invoice_of(case))
	routes.a_sale_at_a_till(case)
	routes.straight_from_the_supplier(case)
	sale = frappe.get_last_doc("POS Invoice", {"customer": case.customer})
	bought = frappe.get_last_doc("Purchase Order", {"customer": case.customer})
	frappe.db.commit()
	hold = why()
	hold.begin(case)
	frappe.db.commit()
	back = make_return_doc("Delivery Note", other.name)
	back.insert().submit()
	pick = frappe.get_doc("Pick List", case.picked)
	for doc in (back, note, other, bill, sale, bought, pick):
		doc.reload()
		doc.cancel()
		assert doc.docstatus == 2
	frappe.db.commit()
	assert traces(case)["stock"] == routes.PLENTY
	hold.end(case)
	frappe.db.commit()
