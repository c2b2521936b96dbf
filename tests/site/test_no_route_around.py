"""Story 8: what is held leaves by no route, whoever takes it and why ever it is held; without a hold every route is open."""

import re
from collections.abc import Iterator

import frappe
import pytest
import routes
from builders import make_order_rule, make_user, update_items
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from paying import pay
from policies import make_policy
from pricing_case import forget_settings
from routes import ROLES, ROUTES, Case, make_case, traces
from till import Till

from wholesale_b2b.allocation.service import audit
from wholesale_b2b.fulfilment import overrides
from wholesale_b2b.fulfilment.holds import service as holds

# A user who has each of the roles of the Desk.
EVERYBODY = "Everybody"
# What is tried by those who may take no route.
USUAL = ("a_note_of_the_order", "a_pick_list", "an_invoice_with_stock")
WORDS = re.compile(
	r"is held|is on hold|over its credit limit|over the credit limit|to be paid|pays before|pays per shipment|it ships from",
	re.I,
)


def put(case, **fields):
	for name in case.accounts:
		doc = frappe.get_doc("Trade Account", name)
		doc.update(fields)
		doc.save()


class Reason:
	"""Why an account or its orders are held, and how that ends."""

	of_order = False
	at_once = True
	# whether something of it may go
	in_part = False
	# Routes that stay open.
	passes: frozenset[str] = frozenset()

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


class PaidNotFarEnough(Reason):
	"""Per shipment: a penny has been paid on each order, and one unit costs more."""

	at_once = False
	in_part = True

	def begin(self, case):
		put(case, pro_forma="Per Shipment")
		self.payments = [pay(frappe.get_doc("Sales Order", name), 0.01) for name in case.orders.values()]

	def end(self, case):
		for payment in self.payments:
			payment.reload()
			payment.cancel()
		put(case, pro_forma="")


class OverLimit(Reason):
	at_once = False

	def begin(self, case):
		put(case, credit_limit=1, over_limit="Hold")


class NoLicence(Reason):
	def begin(self, case):
		put(case, licence_required=1)

	def end(self, case):
		put(case, licence_required=0)


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


class PolicyWaits(Reason):
	"""The Fulfilment Policy of the orders ships them on the day. What was picked before is on its way, and what a supplier
	ships straight to the customer waits for nothing."""

	of_order = True
	passes = frozenset(
		(
			"a_note_of_a_pick_list",
			"dispatched",
			"issued_from_a_pick_list",
			"transferred_from_a_pick_list",
			"straight_from_the_supplier",
		)
	)

	def begin(self, case):
		self._follow(case, make_policy(use_ship_after=1).name)

	def end(self, case):
		self._follow(case, None)

	@staticmethod
	def _follow(case, policy):
		for name in case.orders.values():
			order = frappe.get_doc("Sales Order", name)
			order.b2b_fulfilment_policy = policy
			order.save()


class WaitsToBeComplete(PolicyWaits):
	"""More was ordered than is there, and the orders ship complete."""

	# what is ordered then is there, and goes
	passes = PolicyWaits.passes | {"after_update_items"}

	def begin(self, case):
		self._follow(case, make_policy("Wait Until Complete").name)
		self._order(case, routes.PLENTY * 2)

	def end(self, case):
		self._order(case, 5)
		self._follow(case, None)

	@staticmethod
	def _order(case, qty):
		for name in case.orders.values():
			if name != case.orders["straight"]:
				update_items(frappe.get_doc("Sales Order", name), {0: {"qty": qty}})


class ExportDetailsMissing(Reason):
	"""Where the orders go is abroad, and neither side has an EORI."""

	of_order = True

	def begin(self, case):
		self._move(case, "Germany")

	def end(self, case):
		self._move(case, "United Kingdom")

	@staticmethod
	def _move(case, country):
		address = frappe.get_doc("Address", case.address)
		address.country = country
		address.save()


class PutOnHoldInERPNext(Reason):
	"""By ERPNext's own *Hold*, which whoever may write the order ends by *Resume*."""

	of_order = True
	passes = frozenset(("after_hold_and_resume",))

	def begin(self, case):
		self._set(case, "On Hold")

	def end(self, case):
		self._set(case, "Draft")

	@staticmethod
	def _set(case, status):
		for name in case.orders.values():
			frappe.get_doc("Sales Order", name).update_status(status)


class RuleHoldsItsOrders(Reason):
	of_order = True

	def begin(self, case):
		self.rule = make_order_rule(
			customer=case.customer, hold_reason="We look at these by hand.", priority_order=1
		)
		self._follow(case)

	def end(self, case):
		frappe.delete_doc("Order Rule", self.rule.name, force=True)
		self._follow(case)

	@staticmethod
	def _follow(case):
		for name in case.orders.values():
			frappe.get_doc("Sales Order", name).save()


class PriceBelowFloor(Reason):
	"""A rep has lowered the prices, and nobody has approved it."""

	of_order = True

	def begin(self, case):
		forget_settings(floor_by="Cost", floor_percent=20)
		frappe.set_user(make_user("Sales User", "Stock User").name)
		self._price(case, 5)
		frappe.set_user("Administrator")

	def end(self, case):
		self._price(case, 10)
		forget_settings(floor_by="", floor_percent=0)

	@staticmethod
	def _price(case, rate):
		for name in case.orders.values():
			changed = {"rate": rate, "b2b_override_reason": "They have a better offer."}
			update_items(frappe.get_doc("Sales Order", name), {0: changed})


class ShipmentTooSmall(WaitsToBeComplete):
	"""What is there of each order is worth less than their policy ships at once."""

	def begin(self, case):
		self._follow(case, make_policy(min_shipment_value=1_000_000).name)
		self._order(case, routes.PLENTY * 2)


REASONS = (
	AccountOnHold,
	AccountClosed,
	Unpaid,
	PaidNotFarEnough,
	OverLimit,
	NoLicence,
	AccountByHand,
	OrdersByHand,
	PolicyWaits,
	WaitsToBeComplete,
	ExportDetailsMissing,
	PutOnHoldInERPNext,
	RuleHoldsItsOrders,
	PriceBelowFloor,
	ShipmentTooSmall,
)


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
	desk = (role for role in ROLES if role not in ("Administrator", "Guest", "Wholesale Buyer"))
	own[EVERYBODY] = make_user(*desk).name
	frappe.db.commit()
	return own


@pytest.fixture(scope="module")
def reached(till, users) -> dict[str, set[str]]:
	"""Role → the routes by which it gets as far as a hold. Each role tries all of them, on a case that is held by hand."""
	frappe.set_user("Administrator")
	case, held = make_case(till), AccountByHand()
	held.begin(case)
	frappe.db.commit()
	found = {
		role: {name for name in ROUTES if WORDS.search(attempt(case, name, user))}
		for role, user in users.items()
	}
	held.end(case)
	frappe.db.commit()
	return found


def attempt(case: Case, name: str, user: str) -> str:
	"""Take the route as this user; what the user was told. Nothing may have left, nor be picked."""
	before = traces(case)
	frappe.db.rollback()
	frappe.clear_messages()
	frappe.set_user(user)
	told = ""
	try:
		answer = ROUTES[name].act(case)
		told = frappe.as_json([answer if ROUTES[name].commits else "", frappe.message_log])
		frappe.db.commit()
	except Exception as error:
		told = f"{type(error).__name__}: {error} {frappe.as_json(frappe.message_log)}"
		frappe.db.rollback()
	finally:
		frappe.set_user("Administrator")
	assert traces(case) == before, told
	return told


def closed_by(reason: type[Reason]) -> list[str]:
	"""The routes that a reason closes."""
	return [
		name
		for name, route in ROUTES.items()
		if (route.of_order or not reason.of_order)
		and (reason.at_once or not route.at_once)
		and name not in reason.passes
	]


CLOSED = [
	pytest.param(reason, name, id=f"{reason.__name__}-{name}")
	for reason in REASONS
	for name in closed_by(reason)
]


# the scope keeps a reason from one route to the next
@pytest.mark.parametrize(("reason", "name"), CLOSED, indirect=["reason"], scope="module")
def test_whoever_may_do_everything_is_told_why(case, reason, name):
	told = attempt(case, name, "Administrator")
	assert WORDS.search(told), told


def test_every_route_is_somebodys(reached):
	"""Else the roles below would show nothing but permissions that are missing."""
	assert reached[EVERYBODY] == set(ROUTES)
	assert reached["Stock User"] and reached["Accounts User"]
	assert not reached["Guest"] | reached["Wholesale Buyer"]


# `reached` has tried each role on each route. Here whoever has all roles meets all reasons, each role three of them, and
# each reason two or three of the roles.
STRIDE = 5
MET = [
	*((reason, EVERYBODY) for reason in REASONS),
	*((reason, role) for at, role in enumerate(ROLES[1:]) for reason in REASONS[at % STRIDE :: STRIDE]),
]


@pytest.mark.parametrize(("reason", "role"), MET, indirect=["reason"], scope="module")
def test_each_role_is_told_why_by_each_route_that_it_may_take(case, reason, reached, users, role):
	"""Whoever may take none is refused all the same."""
	for name in closed_by(type(reason)):
		if name in reached[role]:
			told = attempt(case, name, users[role])
			# what might go in part is told of once the goods are known: a role that may not make the document never gets there
			stopped = reason.in_part and role != EVERYBODY and "does not have doctype access" in told
			assert WORDS.search(told) or stopped, f"{name}: {told}"
		elif not reached[role] and name in USUAL:
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
@pytest.mark.parametrize(
	"why", [AccountOnHold, Unpaid, PaidNotFarEnough, OverLimit, AccountByHand, OrdersByHand]
)
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
