"""A second app brings a strategy: it can be chosen, is obeyed, and does no harm when it is gone."""

import frappe
import pytest
from builders import add_stock, make_order_rule, make_purchase_order, make_sales_order, unique

from wholesale_b2b.allocation.rules.strategy import Strategy
from wholesale_b2b.allocation.service import marking, strategies
from wholesale_b2b.setup.install import offer_strategies

pytestmark = pytest.mark.usefixtures("promises_hold")


class FewestSupplies(Strategy):
	"""What another app could bring: a line goes to the supply that it fits into."""

	name = "Fewest Supplies"

	def choices(self, demand, supplies, policy):
		return [s.key for s in sorted(supplies, key=lambda s: (s.qty < demand.qty, s.qty, s.key))]


class Nameless(Strategy):
	def choices(self, demand, supplies, policy):
		return []


class Earliest(FewestSupplies):
	name = "Earliest"


@pytest.fixture
def plug(monkeypatch):
	"""`plug("FewestSupplies")`: as if an app with this hook were installed; taken out again after the test."""
	real, installed = frappe.get_hooks, frappe.get_installed_apps

	def put(*names):
		def with_theirs(hook=None, *args, **kwargs):
			found = real(hook, *args, **kwargs)
			theirs = [f"{__name__}.{name}" for name in names]
			return [*found, *theirs] if hook == "b2b_allocation_strategies" else found

		monkeypatch.setattr(frappe, "get_hooks", with_theirs)
		monkeypatch.setattr(frappe, "get_installed_apps", lambda **kw: [*installed(**kw), __name__])
		offer_strategies("their_app")
		frappe.db.commit()

	def take_out():
		monkeypatch.undo()
		offer_strategies("their_app")
		frappe.db.commit()

	put.take_out = take_out
	yield put
	take_out()


def covered_by(order):
	return dict(
		frappe.get_all(
			"Stock Pre Allocation",
			{"sales_order": order.name, "status": "Open"},
			["supply_name", "qty"],
			as_list=True,
		)
	)


def test_another_app_brings_a_strategy(item, plug):
	plug("FewestSupplies")
	assert strategies.names() == ("Earliest", "Just in Time", "Fair Share", "Fewest Supplies")
	for doctype, field in (("Order Rule", "strategy"), ("Wholesale Settings", "default_strategy")):
		assert "Fewest Supplies" in frappe.get_meta(doctype).get_field(field).options.split("\n")
	tag = unique("Channel")
	make_order_rule(channel=tag, strategy="Fewest Supplies", priority_order=1)
	add_stock(item.name, 3)
	make_purchase_order(item.name, 8, days=3)
	big = make_purchase_order(item.name, 50, days=9)
	fitted = make_sales_order(item.name, 10, b2b_channel=tag)
	assert fitted.b2b_strategy == "Fewest Supplies"
	assert (fitted.items[0].b2b_reserved_qty, covered_by(fitted)) == (0, {big.name: 10})
	plain = make_sales_order(item.name, 10)
	assert plain.items[0].b2b_reserved_qty == 3

	# its app is gone: what was promised stays, what comes is dealt out as the settings say
	plug.take_out()
	with pytest.raises(frappe.ValidationError, match="Strategy"):
		make_order_rule(channel=unique("Channel"), strategy="Fewest Supplies")
	frappe.db.rollback()
	marking.mark_all([fitted.company], "test")
	marking.settle_marked()
	fitted.reload()
	assert covered_by(fitted) == {big.name: 10}
	frappe.get_doc("Order Rule", fitted.b2b_order_rule).db_set("enabled", 0)
	frappe.db.commit()


@pytest.mark.parametrize(
	("name", "why"),
	[("Nameless", "no allocation strategy"), ("Earliest", "already"), ("unique", "no allocation strategy")],
)
def test_a_hook_that_is_wrong_says_so(plug, name, why):
	with pytest.raises(ValueError, match=why):
		plug(name)
