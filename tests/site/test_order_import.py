"""Orders from files: each line once, on an order or in the exceptions."""

from __future__ import annotations

import signal
import time
from datetime import date
from io import BytesIO

import frappe
import order_import_case as case
import pytest
from builders import make_user
from frappe.utils import flt, getdate
from order_import_case import csv

from wholesale_b2b.ordering.order_import import service
from wholesale_b2b.ordering.order_import.service import writing
from wholesale_b2b.ordering.order_import.store import ledger
from wholesale_b2b.wholesale_b2b.doctype.order_import import order_import as form
from wholesale_b2b.wholesale_b2b.doctype.order_import_exception import (
	order_import_exception as exception_form,
)


@pytest.fixture
def mug() -> str:
	return case.item()


@pytest.fixture
def shop() -> str:
	return case.customer()


@pytest.fixture
def many(mug, shop) -> bytes:
	"""Thirty orders of two rows."""
	rows = (f"{number},{mug},{qty},2.50,{shop},2026-03-02," for number in range(1, 31) for qty in (1, 2))
	return csv(*rows)


def test_the_real_file_is_imported_whole_and_once(capsys):
	"""5,061 lines of a gift wholesaler, with opening stock for the most ordered items."""
	from wholesale_b2b.allocation.service import audit

	codes = ("85123A", "22423", "84879", "21212", "22197", "22086", "20725", "21733", "22469", "22960")
	for code in codes:
		if not frappe.db.exists("Item", code):
			case.item(code)
	case.receive({code: 500 for code in codes})
	retail = case.customer()
	doc = case.order_import(
		case.TWO_DAYS.read_bytes(),
		"online_retail_two_days.csv.gz",
		retail_customer=retail,
		create_items=1,
		item_group="Products",
		stock_uom="Nos",
		create_customers=1,
		customer_group="Commercial",
		territory="Rest Of The World",
		codes=[{"code": code, "treatment": "Service Item"} for code in case.SERVICE_CODES],
	)
	assert doc.total_rows == 5061

	assert case.run_here(doc) == "Completed with Exceptions"
	with capsys.disabled():
		print(f" {doc.seconds:.0f} s, {doc.rows_ordered / doc.seconds:.0f} lines/s", end=" ")
	case.assert_whole(doc)
	figures = (doc.total_orders, doc.orders_done, doc.rows_ordered, doc.rows_excepted)
	assert figures == (303, 303, 5061 - 82, 82)
	reasons = [row.reason for row in case.exceptions_of(doc)]
	assert {reason: reasons.count(reason) for reason in set(reasons)} == {
		"Credit Note": 70,
		"No Price": 10,
		"Quantity Below One": 2,
	}
	largest = max(case.orders_of(doc.source).values(), key=lambda orders: len(orders[0].items))[0]
	assert len(largest.items) == 592
	first = case.orders_of(doc.source)["536365"][0]
	assert (str(first.transaction_date), first.customer) == ("2010-12-01", "17850")
	row = first.items[0]
	assert (row.item_code, row.qty, row.rate) == ("85123A", 6, 2.55)
	assert audit.run() == []

	before = _made_for(doc.source)
	again = case.order_import(
		case.TWO_DAYS.read_bytes(), "again.csv.gz", source=doc.source, retail_customer=retail
	)
	assert case.run_here(again) == "Completed"
	assert _made_for(doc.source) == before
	assert (again.orders_known, again.rows_known, again.orders_created) == (303, 5061, 0)


def test_rows_stand_as_given_and_in_the_chosen_warehouse(mug, shop):
	rows = (f"A1,{mug.lower()} ,6,2.55,{shop},2026-03-02,", f"A1,{mug},6,2.45,,2026-03-02,")
	doc = case.order_import(csv(*rows), delivery_days=5)
	assert case.run_here(doc) == "Completed"
	order = case.orders_of(doc.source)["A1"][0]
	assert order.customer == shop
	assert (order.transaction_date, order.delivery_date) == (date(2026, 3, 2), date(2026, 3, 7))
	assert [(row.item_code, row.qty, row.rate, row.warehouse) for row in order.items] == [
		(mug, 6, 2.55, case.warehouse()),
		(mug, 6, 2.45, case.warehouse()),
	]
	assert (order.docstatus, order.status, order.b2b_external_order_part) == (1, "To Deliver and Bill", 1)
	assert order.b2b_order_import == doc.name
	ordered = frappe.db.get_value("Bin", {"item_code": mug, "warehouse": case.warehouse()}, "reserved_qty")
	assert ordered == 12


def test_an_order_inserted_as_submitted_equals_one_saved_and_submitted(mug, shop):
	service_item = case.item(is_stock_item=0)
	rows = (f"A1,{mug},6,2.55,{shop},2026-03-02,", f"A1,{service_item},1,9.99,{shop},2026-03-02,")
	doc = case.order_import(csv(*rows))
	case.run_here(doc)
	imported = case.orders_of(doc.source)["A1"][0]
	by_hand = frappe.new_doc("Sales Order")
	by_hand.update(
		{field: imported.get(field) for field in ("company", "customer", "set_warehouse", "currency")}
	)
	by_hand.update(
		{"transaction_date": "2026-03-02", "delivery_date": "2026-03-02", "ignore_pricing_rule": 1}
	)
	for row in imported.items:
		by_hand.append(
			"items", {field: row.get(field) for field in ("item_code", "qty", "rate", "uom", "warehouse")}
		)
	by_hand.insert()
	by_hand.submit()
	frappe.db.commit()
	pairs = zip(_stored(imported.name), _stored(by_hand.name), strict=True)
	# Two orders have two ages.
	own = {"b2b_placed_at"}
	assert [
		{key: (ours[key], theirs[key]) for key in set(ours) - own if ours[key] != theirs[key]}
		for ours, theirs in pairs
	] == [
		{},
		{},
		{},
		{},
	]


def test_order_date_can_be_today(mug, shop):
	doc = case.order_import(csv(f"A1,{mug},1,1,{shop},,"), order_date="Today")
	assert case.run_here(doc) == "Completed"
	assert case.orders_of(doc.source)["A1"][0].transaction_date == getdate()


def test_preview_tells_every_verdict_and_writes_nothing(mug, shop):
	source = case.unique("SRC")
	case.run_here(case.order_import(csv(f"A1,{mug},1,1,{shop},2026-03-02,"), source=source))
	rows = (
		f"A1,{mug},2,1,{shop},2026-03-02,",
		f"A2,{mug},1,1,{shop},2026-03-02,",
		f"A2,{mug},0,1,{shop},2026-03-02,",
		f"C3,{mug},-1,1,{shop},2026-03-02,",
		f"A4,{mug},1,1.5,{shop},2026-03-02,",
	)
	doc = case.order_import(csv(*rows), source=source)
	before = _made_for(source)
	found = form.preview(doc.name)
	assert {order["order_no"]: order["verdict"] for order in found["orders"]} == {
		"A1": "Already Imported, Changed Since",
		"A2": "New with Exceptions",
		"C3": "Exceptions Only",
		"A4": "New",
	}
	assert (found["rows"], found["rows_to_order"], found["rows_to_exceptions"]) == (5, 2, 2)
	assert found["amount"] == 2.5
	assert _made_for(source) == before
	assert frappe.db.get_value("Order Import", doc.name, "status") == "Draft"


def test_a_customers_own_part_number_and_a_barcode_resolve(mug, shop):
	own, ean = case.unique("OWN"), case.unique("EAN")
	item = frappe.get_doc("Item", mug)
	item.append("customer_items", {"customer_name": shop, "ref_code": own})
	item.append("barcodes", {"barcode": ean})
	item.save()
	other = case.customer()
	rows = (
		f"A1,{own.lower()},1,1,{shop},2026-03-02,",
		f"A1,{ean},2,1,{shop},2026-03-02,",
		f"A2,{own},1,1,{other},2026-03-02,",
	)
	doc = case.order_import(csv(*rows))
	assert case.run_here(doc) == "Completed with Exceptions"
	assert [row.item_code for row in case.orders_of(doc.source)["A1"][0].items] == [mug, mug]
	assert [(row.order_no, row.reason) for row in case.exceptions_of(doc)] == [("A2", "Item Unknown")]


def test_missing_masters_are_created_only_where_allowed(shop):
	code, account = case.unique("NEW"), case.unique("ACC")
	rows = (
		f"A1,{code},1,1,{account},2026-03-02,Blue mug",
		f"A2,{code.lower()},2,1,{account},2026-03-02,",
		f"A2,{code}-POST,1,4,{account},2026-03-02,",
	)
	refused = case.order_import(csv(*rows))
	assert case.run_here(refused) == "Completed with Exceptions"
	assert refused.rows_excepted == 3
	assert not frappe.db.exists("Item", code) and not frappe.db.exists("Customer", account)

	allowed = case.order_import(
		csv(*rows),
		create_items=1,
		item_group="Products",
		stock_uom="Nos",
		create_customers=1,
		customer_group="Commercial",
		territory="Rest Of The World",
		codes=[{"code": f"{code}-POST", "treatment": "Service Item"}],
	)
	assert case.run_here(allowed) == "Completed"
	assert frappe.db.get_value("Item", code, ["item_name", "is_stock_item"]) == ("Blue mug", 1)
	assert frappe.db.get_value("Item", f"{code}-POST", "is_stock_item") == 0
	assert frappe.db.get_value("Customer", account, "territory") == "Rest Of The World"
	assert [row.item_code for row in case.orders_of(allowed.source)["A2"][0].items] == [code, f"{code}-POST"]


def test_an_order_that_erpnext_refuses_is_rolled_back_alone(mug, shop, monkeypatch):
	code = case.unique("NEW")
	rows = (
		f"A2,{code},1,1,{shop},2026-03-02,",
		f"A2,{mug},1,1,{shop},2026-03-02,",
		f"A1,{mug},1,1,{shop},2026-03-02,",
		f"A3,{mug},1,1,{shop},2026-03-02,",
	)
	doc = case.order_import(csv(*rows), create_items=1, item_group="Products", stock_uom="Nos")
	make = writing.documents.make_sales_order

	def refuse_one(order, settings, part):
		name = make(order, settings, part)
		if order.order_no == "A2":
			frappe.throw("<b>Credit limit</b> crossed")
		return name

	monkeypatch.setattr(writing.documents, "make_sales_order", refuse_one)
	assert case.run_here(doc) == "Completed with Exceptions"
	assert set(case.orders_of(doc.source)) == {"A1", "A3"}
	assert (doc.total_orders, doc.orders_done) == (3, 3)
	assert not frappe.db.exists("Item", code)
	waiting = case.exceptions_of(doc)
	assert [(row.row_no, row.reason) for row in waiting] == [(2, "Order Refused"), (3, "Order Refused")]
	assert "Credit limit crossed" in waiting[0].message
	case.assert_whole(doc)

	monkeypatch.undo()
	assert exception_form.replay([row.name for row in waiting])[0]["replayed"] == 2
	assert frappe.db.exists("Item", code)
	orders = case.orders_of(doc.source)["A2"]
	assert [(order.b2b_external_order_part, len(order.items)) for order in orders] == [(1, 2)]
	doc.reload()
	assert doc.status == "Completed"
	case.assert_whole(doc)


def test_fix_and_replay_makes_a_supplement_of_a_placed_order(mug, shop):
	rows = (
		f"A1,{mug},1,1,{shop},2026-03-02,",
		f"A1,{mug},2,,{shop},2026-03-02,",
		f"A1,nothing-like-it,3,1,{shop},2026-03-02,",
		f"A2,{mug},0,1,{shop},2026-03-02,",
	)
	doc = case.order_import(csv(*rows))
	assert case.run_here(doc) == "Completed with Exceptions"
	no_price, no_item, no_qty = case.exceptions_of(doc)
	assert [no_price.reason, no_item.reason, no_qty.reason] == [
		"No Price",
		"Item Unknown",
		"Quantity Below One",
	]

	# not yet corrected: it goes on waiting
	assert exception_form.replay([no_item.name])[0]["waiting"] == 1
	for found, values in ((no_price, {"rate": "1.75"}), (no_qty, {"qty": "4"})):
		correction = frappe.get_doc("Order Import Exception", found.name)
		correction.update(values)
		correction.save()
	results = exception_form.replay(frappe.as_json([no_price.name, no_item.name, no_qty.name]))
	assert [(found["order_no"], found["replayed"], found["waiting"]) for found in results] == [
		("A1", 1, 1),
		("A2", 1, 0),
	]
	orders = case.orders_of(doc.source)
	assert [
		(order.b2b_external_order_part, [(row.qty, row.rate) for row in order.items])
		for order in orders["A1"]
	] == [(1, [(1, 1)]), (2, [(2, 1.75)])]
	assert [order.b2b_external_order_part for order in orders["A2"]] == [1]
	assert frappe.db.get_value("Order Import Exception", no_price.name, "sales_order") == orders["A1"][1].name
	assert exception_form.replay([no_price.name, no_qty.name]) == []
	case.assert_whole(doc)

	assert exception_form.dismiss([no_item.name]) == 1
	doc.reload()
	assert (doc.status, doc.exceptions_open, doc.rows_excepted) == ("Completed", 0, 1)
	with pytest.raises(frappe.ValidationError, match="closed"):
		frappe.get_doc("Order Import Exception", no_item.name).save()


def test_a_number_corrected_to_an_order_yet_to_come_does_not_make_it_known(mug, shop):
	doc = case.order_import(csv(f",{mug},1,1,{shop},2026-03-02,"))
	assert case.run_here(doc) == "Completed with Exceptions"
	found = case.exceptions_of(doc)[0]
	assert found.reason == "No Order Number"
	again = case.order_import(csv(f",{mug},1,1,{shop},2026-03-02,"), "again.csv", source=doc.source)
	assert case.run_here(again) == "Completed"
	assert again.rows_known == 1

	correction = frappe.get_doc("Order Import Exception", found.name)
	correction.order_no = "A9"
	correction.save()
	assert exception_form.replay([found.name])[0]["replayed"] == 1
	later = case.order_import(csv(f"A9,{mug},7,1,{shop},2026-03-02,"), "later.csv", source=doc.source)
	assert case.run_here(later) == "Completed"
	parts = [
		(order.b2b_external_order_part, order.items[0].qty) for order in case.orders_of(doc.source)["A9"]
	]
	assert parts == [(1, 7), (2, 1)]


def test_two_replays_of_one_row_at_one_moment_make_one_order(mug, shop, tmp_path):
	doc = case.order_import(csv(f"A1,{mug},1,1,{shop},2026-03-02,", f"A1,{mug},2,,{shop},2026-03-02,"))
	case.run_here(doc)
	name = case.exceptions_of(doc)[0].name
	frappe.db.set_value("Order Import Exception", name, "rate", "3")
	frappe.db.commit()
	processes = [case.replay_elsewhere([name], tmp_path, number) for number in (1, 2)]
	outcomes = [process.communicate(timeout=60) for process in processes]
	assert sorted(out.strip() for out, _err in outcomes) == ["0", "1"], outcomes
	frappe.db.rollback()
	assert [order.b2b_external_order_part for order in case.orders_of(doc.source)["A1"]] == [1, 2]


def test_all_exceptions_are_replayed_by_a_worker_after_the_import_is_mended(mug, shop, worker):
	rows = [f"A{number},{mug},1,1,,2026-03-02," for number in range(5)]
	doc = case.order_import(csv(*rows))
	form.start(doc.name)
	assert worker() >= 1
	doc.reload()
	assert (doc.status, doc.exceptions_open) == ("Completed with Exceptions", 5)
	doc.retail_customer = shop
	doc.save()
	form.replay_all(doc.name)
	assert worker() >= 1
	doc.reload()
	assert (doc.status, doc.orders_created, doc.rows_ordered, doc.exceptions_open) == ("Completed", 5, 5, 0)
	case.assert_whole(doc)


def test_a_workbook_is_read(mug, shop):
	from openpyxl import Workbook

	book = Workbook()
	book.active.append(["Order No", "SKU", "Qty", "Price", "Account", "Order Date"])
	book.active.append([1001, mug, 6, 2.55, shop, date(2026, 3, 2)])
	book.active.append([1001.0, mug, "3", 0.1, None, None])
	saved = BytesIO()
	book.save(saved)
	doc = case.order_import(saved.getvalue(), "orders.xlsx")
	assert [(row.file_column, row.sample, row.target) for row in doc.columns][:2] == [
		("Order No", "1001", "Order Number"),
		("SKU", mug, "Item Code"),
	]
	assert case.run_here(doc) == "Completed"
	assert [(row.qty, row.rate) for row in case.orders_of(doc.source)["1001"][0].items] == [
		(6, 2.55),
		(3, 0.1),
	]


def test_a_template_carries_mapping_and_rules_over(mug, shop):
	content = f"Beleg;Ware;Zahl;Preis;Kunde;Tag\n7;{mug};6;1.234,5;{shop};02.03.2026\n".encode()
	first = case.order_import(content, do_not_commit=True)
	with pytest.raises(frappe.ValidationError, match="Item Code"):
		form.preview(first.name)
	labels = ("Order Number", "Item Code", "Quantity", "Unit Price", "Customer Account", "Order Date")
	for row, label in zip(first.columns, labels, strict=True):
		row.target = label
	first.update({"decimal_comma": 1, "date_format": "DD.MM.YYYY", "credit_note_prefix": "G"})
	first.append("codes", {"code": "PORTO", "treatment": "Exception"})
	first.save()
	template = form.save_template(first.name, case.unique("Beleg"))

	second = case.order_import(content, template=template)
	assert [row.target for row in second.columns] == list(labels)
	assert (second.decimal_comma, second.credit_note_prefix, second.source) == (1, "G", first.source)
	assert [(row.code, row.treatment) for row in second.codes] == [("PORTO", "Exception")]
	assert case.run_here(second) == "Completed"
	assert case.orders_of(second.source)["7"][0].items[0].rate == 1234.5


def test_what_cannot_be_started_says_why(mug, shop):
	doc = frappe.new_doc("Order Import")
	doc.update({"company": case.COMPANY, "source": "x"})
	doc.insert()
	with pytest.raises(frappe.ValidationError, match="Upload"):
		form.start(doc.name)
	with pytest.raises(frappe.ValidationError, match="not a text file"):
		case.order_import(b"PK\x00")
	done = case.order_import(csv(f"A1,{mug},1,1,{shop},2026-03-02,"))
	case.run_here(done)
	with pytest.raises(frappe.ValidationError, match="complete"):
		form.start(done.name)
	done.source = "another"
	with pytest.raises(frappe.ValidationError, match="cannot change"):
		done.save()


def test_stop_and_resume(many):
	doc = case.order_import(many)
	service.start_here(doc.name)
	process = case.run_elsewhere(doc.name)
	_wait_for(lambda: frappe.db.count("Imported Order", {"order_import": doc.name}) >= 3)
	with pytest.raises(frappe.ValidationError, match="running already"):
		form.start(doc.name)
	frappe.db.rollback()
	form.stop(doc.name)
	frappe.db.commit()
	assert process.communicate(timeout=60)[0].strip() == "Stopped"
	doc.reload()
	assert doc.status == "Stopped"
	assert 3 <= doc.orders_created < 30
	assert case.run_here(doc) == "Completed"
	_assert_thirty(doc)


def test_a_killed_worker_loses_nothing_and_repeats_nothing(many):
	doc = case.order_import(many)
	service.start_here(doc.name)
	for done in (3, 10):
		process = case.run_elsewhere(doc.name)
		_wait_for(lambda done=done: frappe.db.count("Imported Order", {"order_import": doc.name}) >= done)
		process.send_signal(signal.SIGKILL)
		process.wait()
		_wait_for(lambda: service.is_dead(doc.name, "Running"))
		assert frappe.db.get_value("Order Import", doc.name, "status") == "Running"
		# a living form would offer Resume now
		service.start_here(doc.name)
	assert case.run_elsewhere(doc.name).communicate(timeout=60)[0].strip() == "Completed"
	_assert_thirty(doc)


@pytest.mark.parametrize("step", ["claim", "settle", "add_exceptions"])
def test_a_crash_at_any_step_of_an_order_leaves_no_half(step, mug, shop, monkeypatch):
	rows = (f"A1,{mug},1,1,{shop},2026-03-02,", f"A1,{mug},0,1,{shop},2026-03-02,")
	doc = case.order_import(csv(*rows))
	original = getattr(ledger, step)

	def crash(*args, **kwargs):
		original(*args, **kwargs)
		raise SystemExit

	monkeypatch.setattr(ledger, step, crash)
	with pytest.raises(SystemExit):
		case.run_here(doc)
	monkeypatch.undo()
	assert not frappe.db.exists("Imported Order", {"order_import": doc.name})
	assert not frappe.db.exists("Sales Order", {"b2b_order_import": doc.name})
	doc.reload()
	assert doc.status == "Failed"
	assert case.run_here(doc) == "Completed with Exceptions"
	assert (doc.rows_ordered, doc.rows_excepted) == (1, 1)


def test_two_imports_of_one_file_at_one_moment_make_each_order_once(many, tmp_path):
	source = case.unique("SRC")
	docs = [case.order_import(many, f"orders{number}.csv", source=source) for number in (1, 2)]
	for doc in docs:
		service.start_here(doc.name)
	processes = [case.run_elsewhere(doc.name, tmp_path) for doc in docs]
	outcomes = [process.communicate(timeout=120) for process in processes]
	assert [out.strip() for out, _err in outcomes] == ["Completed", "Completed"], outcomes
	frappe.db.rollback()
	for doc in docs:
		case.assert_whole(doc)
	assert [len(orders) for orders in case.orders_of(source).values()] == [1] * 30
	assert sum(doc.orders_created for doc in docs) == 30
	assert sum(doc.orders_known for doc in docs) == 30


def test_only_one_worker_at_a_time(many):
	doc = case.order_import(many)
	service.start_here(doc.name)
	processes = [case.run_elsewhere(doc.name) for _number in range(2)]
	outcomes = sorted(process.communicate(timeout=120)[0].strip() for process in processes)
	assert outcomes == ["", "Completed"]
	_assert_thirty(doc)


def test_a_run_hands_over_when_its_time_is_up(many, worker):
	doc = case.order_import(many)
	service.start_here(doc.name)
	assert service.run(doc.name, seconds=0.3) == "Running"
	service.enqueue_next(doc.name)
	assert worker() >= 1
	_assert_thirty(doc)


def test_imported_orders_can_be_cancelled_and_amended(mug, shop):
	content = csv(f"A1,{mug},1,1,{shop},2026-03-02,")
	doc = case.order_import(content)
	case.run_here(doc)
	order = case.orders_of(doc.source)["A1"][0]
	order.cancel()
	amended = frappe.copy_doc(order)
	amended.amended_from = order.name
	amended.submit()
	frappe.db.commit()
	again = case.order_import(content, source=doc.source)
	assert case.run_here(again) == "Completed"
	assert (again.orders_known, again.orders_created) == (1, 0)


def test_who_may_import(mug, shop):
	manager, clerk = _user("Sales Manager"), _user("Stock User")
	frappe.set_user(manager)
	doc = case.order_import(csv(f"A1,{mug},1,1,{shop},2026-03-02,"))
	assert form.preview(doc.name)["order_count"] == 1
	with pytest.raises(frappe.PermissionError, match="may not create Item"):
		case.order_import(b"a,b", create_items=1, item_group="Products", stock_uom="Nos")
	assert case.run_here(doc) == "Completed"
	assert case.orders_of(doc.source)["A1"][0].owner == manager

	frappe.set_user(clerk)
	for action in (form.preview, form.start, form.stop, form.replay_all):
		with pytest.raises(frappe.PermissionError):
			action(doc.name)
	with pytest.raises(frappe.PermissionError):
		form.save_template(doc.name, "mine")
	with pytest.raises(frappe.PermissionError):
		frappe.new_doc("Order Import").insert()

	frappe.set_user("Guest")
	for action in ("preview", "start", "stop", "replay_all", "save_template"):
		method = getattr(form, action)
		with pytest.raises(frappe.PermissionError):
			frappe.is_whitelisted(method)
	for action in ("replay", "dismiss"):
		with pytest.raises(frappe.PermissionError):
			frappe.is_whitelisted(getattr(exception_form, action))


def test_rows_of_another_import_are_safe_from_a_clerk(mug, shop):
	doc = case.order_import(csv(f"A1,{mug},0,1,{shop},2026-03-02,"))
	case.run_here(doc)
	names = [row.name for row in case.exceptions_of(doc)]
	frappe.set_user(_user("Stock User"))
	for action in (exception_form.replay, exception_form.dismiss):
		with pytest.raises(frappe.PermissionError):
			action(names)


def test_another_users_private_file_is_not_read(mug, shop):
	doc = case.order_import(csv(f"A1,{mug},0,1,{shop},2026-03-02,"))
	secret = frappe.new_doc("File")
	secret.update({"file_name": "pay.csv", "content": "name,pay\nme,1", "is_private": 1})
	secret.insert()
	frappe.set_user(_user("Sales Manager"))
	stolen = frappe.get_doc("Order Import", doc.name)
	stolen.import_file = secret.file_url
	with pytest.raises(frappe.PermissionError, match="may not read"):
		stolen.save()


def _user(role: str) -> str:
	user = frappe.new_doc("User")
	user.update(
		{
			"email": f"{frappe.generate_hash(length=8)}@example.com",
			"first_name": role,
			"send_welcome_email": 0,
		}
	)
	user.append("roles", {"role": role})
	user.insert(ignore_permissions=True)
	return user.name


def _made_for(source: str) -> tuple[int, int, int]:
	"""Sales orders, imported orders and exceptions of a source."""
	imports = frappe.get_all("Order Import", filters={"source": source}, pluck="name")
	return (
		frappe.db.count("Sales Order", {"b2b_external_source": source}),
		frappe.db.count("Imported Order", {"source": source}),
		frappe.db.count("Order Import Exception", {"order_import": ("in", imports)}),
	)


def _stored(order: str) -> list[dict]:
	"""An order with its rows as the database has them, without what differs between any two orders."""
	own = ("name", "parent", "_seen", "creation", "modified", "b2b_external", "b2b_order_import")
	# what the order takes from stock is for the one that came first
	stock = ("projected_qty", "actual_qty", "b2b_reserved", "b2b_backorder", "stock_reserved")
	kept = []
	for doctype, key in (
		("Sales Order", "name"),
		("Sales Order Item", "parent"),
		("Payment Schedule", "parent"),
	):
		rows = frappe.db.sql(
			f"select * from `tab{doctype}` where `{key}` = %s order by idx", order, as_dict=True
		)
		kept += [{field: row[field] for field in row if not field.startswith((*own, *stock))} for row in rows]
	return kept


def _wait_for(condition, seconds: float = 60) -> None:
	until = time.monotonic() + seconds
	while not condition():
		assert time.monotonic() < until
		time.sleep(0.02)
		frappe.db.rollback()


def _assert_thirty(doc) -> None:
	frappe.db.rollback()
	case.assert_whole(doc)
	orders = case.orders_of(doc.source)
	assert set(orders) == {str(number) for number in range(1, 31)}
	assert all(len(found) == 1 and len(found[0].items) == 2 for found in orders.values())
	assert flt(doc.orders_created) == 30


def test_the_trade_desk_imports_orders_and_stays_out_of_purchasing():
	desk, seller = make_user("Trade Desk User", "Sales User").name, make_user("Sales User").name
	frappe.db.commit()
	may = {
		user: {
			(doctype, right)
			for doctype in (
				"Order Import",
				"Order Import Template",
				"Order Import Exception",
				"Purchase Order",
			)
			for right in ("read", "write", "create", "delete")
			if frappe.has_permission(doctype, right, user=user)
		}
		for user in (desk, seller)
	}
	assert may[desk] == {
		("Order Import", "read"),
		("Order Import", "write"),
		("Order Import", "create"),
		("Order Import Template", "read"),
		("Order Import Exception", "read"),
		("Order Import Exception", "write"),
	}
	assert may[seller] == set()
