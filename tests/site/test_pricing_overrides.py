"""Changed prices: who may, with what reason, what is logged, and what waits for approval below the floor."""

import frappe
import pytest
from builders import (
	add_stock,
	make_item,
	make_quotation,
	make_sales_order,
	make_user,
	order_quotation,
	update_items,
)
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice
from pricing_case import (
	forget_settings,
	item_price,
	make_tier,
	priced_item,
	rates,
	tier_row,
	trade_customer,
)

from wholesale_b2b.pricing.service.overrides import decide

WHY = {"b2b_override_reason": "matches the competition"}


@pytest.fixture
def floors():
	"""A floor of cost plus 20 % everywhere; items cost 5, so it is 6."""
	forget_settings(floor_by="Cost", floor_percent=20)
	yield 6
	frappe.db.rollback()
	frappe.set_user("Administrator")
	forget_settings(floor_by="", floor_percent=0)


@pytest.fixture
def rep():
	"""A sales rep, who may change prices and not approve those below the floor."""
	user = make_user("Sales User", "Stock User", "Accounts User").name
	frappe.db.commit()
	return user


def log(doc, **filters):
	fields = [
		"name",
		"status",
		"rate",
		"calculated_rate",
		"reason",
		"changed_by",
		"base_difference",
		"below_floor",
	]
	return frappe.get_all(
		"Price Override",
		{
			"reference_doctype": doc.doctype,
			"reference_name": doc.name,
			"status": ("!=", "Withdrawn"),
			**filters,
		},
		fields,
		order_by="creation",
	)


def order(item, qty=1, rate=None, customer=None, **fields):
	row = {"item_code": item, "qty": qty, "rate": rate, **fields.pop("row", {})}
	return make_sales_order([row], customer=customer.name, **fields)


def held(doc):
	return frappe.get_all("Order Hold", {"sales_order": doc.name, "status": "Open"}, pluck="kind")


def test_a_changed_price_is_logged_with_its_reason():
	item, customer = priced_item(), trade_customer(make_tier(tier_row(20)).name)
	made = order(item.name, 10, 7, customer, row=WHY)
	row = made.items[0]
	assert (row.rate, row.b2b_calculated_rate, row.b2b_price_source) == (7, 8, "Override")
	assert (row.discount_percentage, made.net_total) == (30, 70)
	entry = log(made)[0]
	assert (entry.status, entry.rate, entry.calculated_rate) == ("Logged", 7, 8)
	assert (entry.reason, entry.changed_by, entry.base_difference) == (
		"matches the competition",
		"Administrator",
		10,
	)


def test_a_changed_price_without_a_reason_is_refused():
	item, customer = priced_item(), trade_customer(make_tier(tier_row(20)).name)
	with pytest.raises(
		frappe.ValidationError, match=r"costs £ 8\.00 .*not £ 7\.00.*Reason for Changed Price"
	):
		order(item.name, 10, 7, customer)
	made = order(item.name, 10, None, customer, do_not_submit=True)
	made.items[0].rate = 7
	with pytest.raises(frappe.ValidationError, match="Reason for Changed Price"):
		made.save()


def test_a_discount_that_is_given_instead_of_a_price_is_a_changed_price():
	item, customer = priced_item(), trade_customer()
	with pytest.raises(frappe.ValidationError, match="Reason for Changed Price"):
		order(item.name, 1, None, customer, row={"discount_percentage": 50})
	made = order(item.name, 1, None, customer, row={"discount_percentage": 50, **WHY})
	assert (rates(made), log(made)[0].rate) == ([5], 5)
	free = order(item.name, 1, None, customer, row={"discount_percentage": 100, **WHY})
	assert (rates(free), log(free)[0].rate) == ([0], 0)


def test_what_was_typed_stays_when_the_quantity_changes_and_goes_with_its_reason():
	item, customer = priced_item(), trade_customer(make_tier(tier_row(20), tier_row(30, min_qty=10)).name)
	made = order(item.name, 1, 7.5, customer, row=WHY, do_not_submit=True)
	made.items[0].qty = 10
	made.save()
	row = made.items[0]
	assert (row.rate, row.b2b_calculated_rate) == (7.5, 7)
	assert [(one.rate, one.calculated_rate) for one in log(made)] == [(7.5, 7)]
	row.rate = 7
	made.save()
	assert (made.items[0].b2b_price_source.split(" – ")[0], made.items[0].b2b_override_reason) == (
		"Quantity Break",
		None,
	)
	assert log(made) == []


def test_whoever_may_not_change_prices_is_told_whom_to_ask(rep):
	item, customer = priced_item(), trade_customer()
	forget_settings(role_to_override_prices="Sales Manager")
	try:
		frappe.set_user(rep)
		with pytest.raises(
			frappe.ValidationError, match="costs £ 10.00. You may not change that.*Sales Manager"
		):
			order(item.name, 1, 7, customer, row=WHY)
		assert rates(order(item.name, 1, None, customer)) == [10]
	finally:
		frappe.set_user("Administrator")
		forget_settings(role_to_override_prices="Sales User")


def test_what_is_calculated_is_never_below_the_floor(floors):
	item, customer = priced_item(), trade_customer(make_tier(tier_row(80)).name)
	made = order(item.name, 1, None, customer)
	assert (rates(made), log(made), held(made)) == ([6], [], [])


def test_an_order_below_the_floor_is_held_until_somebody_approves(floors, rep):
	item, customer = priced_item(), trade_customer()
	add_stock(item.name, 10)
	frappe.set_user(rep)
	made = order(item.name, 5, 5.5, customer, row=WHY)
	entry = log(made)[0]
	assert (entry.status, entry.below_floor, held(made)) == ("Awaiting Approval", 1, ["Price Below Floor"])
	with pytest.raises(frappe.PermissionError, match="Wholesale Manager"):
		decide(entry.name, True)
	frappe.set_user("Administrator")
	decide(entry.name, True, "end of line")
	frappe.db.commit()
	assert (log(made)[0].status, held(made)) == ("Approved", [])
	with pytest.raises(frappe.ValidationError, match="does not wait for approval"):
		decide(entry.name, True)


def test_what_is_typed_where_nothing_has_a_price_is_not_below_the_floor_either(floors, rep):
	item, customer = make_item(), trade_customer()
	add_stock(item.name, 10)
	made = order(item.name, 5, 10, customer)
	assert (rates(made), log(made), held(made)) == ([10], [], [])
	frappe.set_user(rep)
	update_items(made, {0: {"rate": 5.5, **WHY}})
	made.reload()
	entry = log(made)[0]
	assert (entry.status, entry.reason, entry.rate) == ("Awaiting Approval", "matches the competition", 5.5)
	assert entry.base_difference == 0
	assert held(made) == ["Price Below Floor"]
	frappe.set_user("Administrator")
	decide(entry.name, True)
	frappe.db.commit()
	assert held(made) == []
	# once approved it stays so: whoever ships and invoices is not asked again
	frappe.set_user(rep)
	note = make_delivery_note(made.name)
	note.insert().submit()
	bill = make_sales_invoice(made.name)
	bill.insert().submit()
	assert (rates(note), rates(bill)) == ([5.5], [5.5])
	made.reload()
	update_items(made, {0: {"rate": 6}})
	made.reload()
	assert ([row.status for row in log(made)], held(made)) == (["Approved"], [])


def test_a_draft_waits_too_where_nothing_has_a_price(floors, rep):
	item, customer = make_item(), trade_customer()
	frappe.set_user(rep)
	draft = order(item.name, 5, 5.5, customer, do_not_submit=True)
	entry = log(draft)[0]
	assert (entry.status, entry.reason) == ("Awaiting Approval", "It has no other price")
	draft.reload()
	draft.items[0].rate = 6.5
	draft.save()
	assert log(draft) == []
	draft.items[0].rate = 5
	draft.save()
	assert [row.rate for row in log(draft)] == [5]
	frappe.set_user("Administrator")
	decide(log(draft)[0].name, True)
	draft.reload()
	frappe.set_user(rep)
	draft.items[0].qty = 4
	draft.save()
	draft.submit()
	assert held(draft) == []


def test_a_refused_price_keeps_the_hold_until_it_is_raised(floors, rep):
	item, customer = priced_item(), trade_customer()
	frappe.set_user(rep)
	made = order(item.name, 5, 5.5, customer, row=WHY)
	entry = log(made)[0]
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="Say why"):
		decide(entry.name, False)
	decide(entry.name, False, "too low")
	frappe.db.commit()
	assert held(made) == ["Price Below Floor"]
	frappe.set_user(rep)
	update_items(made, {0: {"rate": 6.5, "b2b_override_reason": "agreed on the phone"}})
	assert (rates(made), held(made)) == ([6.5], [])
	assert [(one.status, one.rate) for one in log(made)] == [("Logged", 6.5)]


def test_who_may_approve_approves_by_entering_it(floors):
	item, customer = priced_item(), trade_customer()
	made = order(item.name, 5, 5.5, customer, row=WHY)
	assert (log(made)[0].status, held(made)) == ("Approved", [])


def test_another_quantity_from_who_may_approve_approves_no_price_that_somebody_else_typed(floors, rep):
	item, customer = priced_item(), trade_customer()
	frappe.set_user(rep)
	made = order(item.name, 5, 5.5, customer, row=WHY)
	frappe.set_user("Administrator")
	update_items(made, {0: {"qty": 6}})
	assert ([entry.status for entry in log(made)], held(made)) == (
		["Awaiting Approval"],
		["Price Below Floor"],
	)
	made.reload()
	update_items(made, {0: {"rate": 5.2, **WHY}})
	assert ([entry.status for entry in log(made)], held(made)) == (["Approved"], [])


def test_a_lower_price_than_was_approved_waits_again(floors, rep):
	item, customer = priced_item(), trade_customer()
	frappe.set_user(rep)
	made = order(item.name, 5, 5.5, customer, row=WHY, do_not_submit=True)
	frappe.set_user("Administrator")
	decide(log(made)[0].name, True)
	frappe.db.commit()
	frappe.set_user(rep)
	made.reload()
	made.items[0].rate = 5.8
	made.save()
	assert [(one.status, one.rate) for one in log(made)] == [("Approved", 5.5), ("Logged", 5.8)]
	made.items[0].rate = 5
	made.save()
	made.submit()
	frappe.db.commit()
	assert held(made) == ["Price Below Floor"]


def test_a_quotation_or_an_invoice_below_the_floor_is_not_submitted(floors, rep):
	item, customer = priced_item(is_stock_item=0), trade_customer()
	frappe.set_user(rep)
	quote = make_quotation(
		[{"item_code": item.name, "qty": 1, "rate": 5, **WHY}], customer=customer.name, do_not_submit=True
	)
	with pytest.raises(frappe.ValidationError, match="below the floor.*Wholesale Manager.*has to approve it"):
		quote.submit()
	frappe.db.rollback()
	frappe.set_user("Administrator")
	decide(log(quote)[0].name, True)
	frappe.db.commit()
	frappe.set_user(rep)
	quote.reload()
	quote.submit()
	frappe.db.commit()
	# what was quoted with approval is kept on the order, without another
	made = order_quotation(quote)
	assert (rates(made), log(made), held(made)) == ([5], [], [])
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": made.company,
			"customer": customer.name,
			"items": [{"item_code": item.name, "qty": 1, "rate": 5, **WHY}],
		}
	).insert()
	with pytest.raises(frappe.ValidationError, match="below the floor"):
		invoice.submit()


def test_an_order_that_waits_is_not_invoiced(floors, rep):
	item, customer = priced_item(is_stock_item=0), trade_customer()
	frappe.set_user(rep)
	made = order(item.name, 5, 5.5, customer, row=WHY)
	invoice = make_sales_invoice(made.name)
	invoice.insert()
	with pytest.raises(frappe.ValidationError, match="was not approved"):
		invoice.submit()


def test_a_net_price_below_the_floor_is_held_unless_it_may_be(floors, rep):
	item, customer = priced_item(), trade_customer()
	agreed = item_price(item.name, 5, customer=customer.name)
	frappe.db.commit()
	frappe.set_user(rep)
	made = order(item.name, 5, None, customer)
	assert (rates(made), log(made)[0].reason) == ([5], f"Net price {agreed.name} is below the floor")
	assert held(made) == ["Price Below Floor"]
	frappe.set_user("Administrator")
	agreed.b2b_below_floor = 1
	agreed.save()
	frappe.db.commit()
	frappe.set_user(rep)
	assert held(order(item.name, 5, None, customer)) == []


def test_the_log_goes_with_a_draft_and_what_waits_with_a_cancelled_document(floors, rep):
	item, customer = priced_item(), trade_customer()
	frappe.set_user(rep)
	made = order(item.name, 5, 5.5, customer, row=WHY)
	frappe.set_user("Administrator")
	made.reload()
	made.cancel()
	frappe.db.commit()
	assert log(made) == []
	draft = order(item.name, 5, 7, customer, row=WHY, do_not_submit=True)
	assert log(draft)
	frappe.delete_doc("Sales Order", draft.name)
	assert not frappe.get_all("Price Override", {"reference_name": draft.name})


def test_the_log_is_not_written_by_hand():
	item, customer = priced_item(), trade_customer()
	made = order(item.name, 1, 7, customer, row=WHY)
	entry = frappe.get_doc("Price Override", log(made)[0].name)
	entry.rate = 9
	with pytest.raises(frappe.ValidationError, match="is a log"):
		entry.save()
