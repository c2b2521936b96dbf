"""Re-sequencing runs: simulated without a trace, applied as simulated, undone to the unit; by those who may."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_customer,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_user,
	receive,
	unique,
	update_items,
	warehouse,
)

from wholesale_b2b.allocation.service import resequencing
from wholesale_b2b.allocation.store import logbook, runbook
from wholesale_b2b.fulfilment.overrides import create_pick_list
from wholesale_b2b.wholesale_b2b.doctype.allocation_run import allocation_run as door

pytestmark = pytest.mark.usefixtures("promises_hold")


def make_run(*segments, **fields):
	doc = frappe.get_doc(
		{
			"doctype": "Allocation Run",
			"company": COMPANY,
			"reason": "Key accounts first",
			"segments": [dict(segment) for segment in segments],
			**fields,
		}
	).insert()
	frappe.db.commit()
	return doc


def go(run, *actions):
	for action in actions:
		resequencing.start(run.name, action)
		frappe.db.commit()
	return run.reload()


def pegs(*orders):
	"""All pegs of these orders: (line, on the shelf or supply, warehouse, units)."""
	names = tuple(order.name for order in orders)
	return sorted(
		[
			*frappe.db.sql(
				"""select voucher_detail_no, '', warehouse, sum(reserved_qty - delivered_qty)
				from `tabStock Reservation Entry` where docstatus = 1 and voucher_no in %s
					and reserved_qty > delivered_qty group by voucher_detail_no, warehouse""",
				[names],
			),
			*frappe.db.sql(
				"""select sales_order_item, supply_name, warehouse, sum(qty) from `tabStock Pre Allocation`
				where status = 'Open' and sales_order in %s group by sales_order_item, supply_name, warehouse""",
				[names],
			),
		]
	)


def figures(order, row=0):
	order.reload()
	line = order.items[row]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty


@pytest.fixture
def rush(item):
	"""10 on hand and 8 to come, all of them a small order's; a key account waits for 15 with none."""
	add_stock(item.name, 10)
	make_purchase_order(item.name, 8)
	small = make_sales_order(item.name, 18)
	group = frappe.get_doc(
		{
			"doctype": "Customer Group",
			"customer_group_name": unique("Trade"),
			"parent_customer_group": "All Customer Groups",
			"is_group": 1,
		}
	).insert()
	below = frappe.get_doc(
		{
			"doctype": "Customer Group",
			"customer_group_name": unique("Key"),
			"parent_customer_group": group.name,
		}
	).insert()
	key = make_sales_order(item.name, 15, customer=make_customer(customer_group=below.name).name)
	assert (figures(small), figures(key)) == ((10, 8, 8), (0, 0, 15))
	return frappe._dict(item=item.name, group=group.name, small=small, key=key)


@pytest.fixture
def run(rush):
	return make_run({"mode": "Win", "customer_group": rush.group}, {"mode": "Lose"}, item_code=rush.item)


def simulated(run):
	_head, rows = resequencing.known(run.name)
	return {row["line"]: row for row in rows}


# ---- simulating -------------------------------------------------------------------------------------------------


def test_what_is_simulated_is_what_applying_then_writes(rush, run):
	go(run, "simulate")
	assert run.status == "Simulated"
	rows = simulated(run)
	assert set(rows) == {rush.small.items[0].name, rush.key.items[0].name}
	go(run, "apply")
	assert run.status == "Applied"
	same = ("reserved_before", "reserved_after", "pre_allocated_before", "pre_allocated_after")
	words = ("sales_order", "item_code", "warehouse", "outcome", "beneficiary", "rule")
	assert len(run.changes) == len(rows) == run.change_count
	for change in run.changes:
		row = rows[change.sales_order_item]
		assert [change.get(field) for field in (*same, *words)] == [row[field] for field in (*same, *words)]
		for day in ("promise_date_before", "promise_date_after"):
			assert (change.get(day) and str(change.get(day))) == row[day]
	for order in (rush.small, rush.key):
		row = rows[order.items[0].name]
		shown = (row["reserved_after"], row["pre_allocated_after"], row["backorder_after"])
		assert figures(order) == shown
		assert (order.items[0].b2b_promise_date and str(order.items[0].b2b_promise_date)) == row[
			"promise_date_after"
		]
	assert figures(rush.key) == (10, 5, 5)
	assert figures(rush.small) == (0, 3, 18)


def test_the_components_of_a_bundle_are_dealt_out_again_too(rush):
	kit = make_bundle({rush.item: 2, make_item().name: 1})
	order = make_sales_order(kit.name, 4)
	run = make_run({"mode": "Win", "sales_order": order.name}, {"mode": "Redistribute"}, item_code=rush.item)
	before = pegs(rush.small, rush.key, order)
	go(run, "simulate", "apply")
	component = next(row for row in order.reload().packed_items if row.item_code == rush.item)
	assert component.b2b_reserved_qty == simulated(run)[component.name]["reserved_after"] == 8
	go(run, "undo")
	assert pegs(rush.small, rush.key, order) == before


def test_simulating_leaves_every_table_as_it_was(rush, run):
	def sums():
		tables = [name for name in frappe.db.get_tables(cached=False) if name not in own]
		return {
			row[0]: row[1] for row in frappe.db.sql(f"checksum table {', '.join(f'`{t}`' for t in tables)}")
		}

	own = {"tabAllocation Run", "__global_search", "tabError Log", "tabRoute History", "tabScheduled Job Log"}
	go(run, "simulate")
	others = frappe.db.sql("select * from `tabAllocation Run` where name <> %s order by name", [run.name])
	segments = [row.as_dict() for row in run.segments]
	before = sums()
	assert len(before) > 300
	go(run, "simulate")
	after = sums()
	assert [name for name in before if before[name] != after[name]] == []
	assert others == frappe.db.sql(
		"select * from `tabAllocation Run` where name <> %s order by name", [run.name]
	)
	assert segments == [row.as_dict() for row in run.segments]


def test_the_form_gets_the_table_and_the_sums_for_the_chart(rush, run):
	go(run, "simulate")
	found = door.result(run.name)
	assert found["lines"] == 2
	assert {k: found["total"][k] for k in ("changed", "gained", "lost", "earlier", "later")} == {
		"changed": 2,
		"gained": 15,
		"lost": 15,
		"earlier": 1,
		"later": 1,
	}
	win, lose = found["segments"]
	assert (win["label"], win["taken"], win["gained"]) == (f"1. Win: Customer Group {rush.group}", 1, 15)
	assert (lose["label"], lose["lost"], lose["later"]) == ("2. Lose: all others", 15, 1)
	assert sorted(row["units"] for row in found["rows"]) == [-15, 15]
	assert sum(row["gained"] - row["lost"] for row in found["customers"]) == 0


def test_a_run_whose_segments_take_no_line_says_so(rush):
	run = make_run({"mode": "Win", "customer": make_customer().name}, item_code=rush.item)
	with pytest.raises(
		frappe.ValidationError, match="None of the segments takes any of the .*2.* open order"
	):
		resequencing.start(run.name, "simulate")
	empty = make_run({"mode": "Win"}, item_code=make_item().name)
	with pytest.raises(frappe.ValidationError, match="no open order line"):
		resequencing.start(empty.name, "simulate")


def test_a_run_without_segments_or_with_turned_dates_is_not_saved(item):
	with pytest.raises(frappe.ValidationError, match="at least one segment"):
		make_run(item_code=item.name)
	with pytest.raises(frappe.ValidationError, match="Row 1: Needed From is after Needed To"):
		make_run({"mode": "Win", "needed_from": "2026-12-02", "needed_to": "2026-12-01"})


def test_lines_out_of_scope_keep_what_they_have(rush, run):
	other = make_item()
	add_stock(other.name, 5)
	kept = make_sales_order(other.name, 5)
	go(run, "simulate", "apply")
	assert figures(kept) == (5, 0, 0)
	assert {change.item_code for change in run.changes} == {rush.item}


# ---- applying ---------------------------------------------------------------------------------------------------


def test_losers_are_told_and_the_log_names_victim_beneficiary_and_rule(rush, run):
	go(run, "simulate", "apply")
	(lost,) = [change for change in run.changes if change.outcome == "Lost"]
	assert (lost.sales_order, lost.beneficiary, lost.rule) == (
		rush.small.name,
		rush.key.name,
		"2. Lose: all others",
	)
	assert lost.promise_date_before and not lost.promise_date_after
	told = frappe.get_all(
		"Comment", {"reference_name": rush.small.name, "comment_type": "Info"}, pluck="content"
	)
	assert any(run.name in text and "Key accounts first" in text for text in told)


def test_the_beneficiary_is_the_first_in_line_of_those_who_gained(rush):
	late = make_sales_order(rush.item, 2, b2b_priority=90)
	first = make_sales_order(rush.item, 3, b2b_priority=1)
	run = make_run({"mode": "Lose", "sales_order": rush.small.name}, item_code=rush.item)
	go(run, "simulate", "apply")
	gained = {change.sales_order for change in run.changes if change.outcome == "Gained"}
	assert {first.name, rush.key.name} <= gained <= {first.name, rush.key.name, late.name}
	(lost,) = [change for change in run.changes if change.outcome == "Lost"]
	assert lost.beneficiary == first.name


def test_what_has_changed_since_is_not_applied(rush, run):
	go(run, "simulate")
	add_stock(rush.item, 4)
	before = pegs(rush.small, rush.key)
	with pytest.raises(frappe.ValidationError, match=r"Nothing was applied\. Simulate again"):
		resequencing.start(run.name, "apply")
	frappe.db.rollback()
	assert pegs(rush.small, rush.key) == before
	go(run, "simulate", "apply")
	assert figures(rush.key) == (14, 1, 1)


def test_in_whatever_language_it_was_simulated_it_is_applied(rush, run):
	frappe.local.lang = "de"
	go(run, "simulate")
	frappe.local.lang = "en"
	assert any("Kundengruppe" in row["rule"] for row in simulated(run).values())
	go(run, "apply")
	assert run.status == "Applied"


def test_units_on_an_open_pick_list_stay_where_they_are(rush, run):
	pick = create_pick_list(rush.small.name)
	pick.locations[0].update({"qty": 4, "stock_qty": 4})
	pick.insert()
	frappe.db.commit()
	go(run, "simulate", "apply")
	assert (figures(rush.small), figures(rush.key)) == ((4, 0, 14), (6, 8, 9))


def test_what_is_asked_for_after_simulating_must_be_simulated_again(run):
	go(run, "simulate")
	run.segments[0].mode = "Gain"
	run.save()
	assert run.status == "Draft"
	with pytest.raises(frappe.ValidationError, match="is Draft"):
		resequencing.start(run.name, "apply")


def test_an_applied_run_and_an_automatic_one_cannot_be_changed(rush, run):
	go(run, "simulate", "apply")
	run.segments[0].mode = "Gain"
	with pytest.raises(frappe.ValidationError, match="cannot be changed any more"):
		run.save()
	with pytest.raises(frappe.ValidationError, match="stays as the record"):
		frappe.delete_doc("Allocation Run", run.name)
	automatic = frappe.get_last_doc("Allocation Run", {"run_type": "Automatic"})
	with pytest.raises(frappe.ValidationError, match="record of what the engine did"):
		automatic.save()


def test_what_a_form_sends_cannot_forge_a_state(run):
	run.status, run.change_count = "Applied", 99
	run.append("changes", {"item_code": run.item_code, "outcome": "Lost"})
	run.save()
	run.reload()
	assert (run.status, run.change_count, run.changes) == ("Draft", 0, [])


def test_a_run_stands_in_nobodys_way(rush, run):
	go(run, "simulate", "apply")
	rush.key.reload()
	rush.key.cancel()
	frappe.db.commit()
	assert figures(rush.small) == (10, 8, 8)
	frappe.delete_doc("Sales Order", rush.key.name)


def test_old_runs_are_forgotten_with_their_rows_but_drafts_are_kept(rush, run):
	draft = make_run({"mode": "Win"}, item_code=rush.item)
	go(run, "simulate", "apply")
	frappe.db.sql(
		"update `tabAllocation Run` set creation = '2020-01-01' where name in %s", [(run.name, draft.name)]
	)
	logbook.forget_runs(90)
	# it was applied today
	assert frappe.db.exists("Allocation Run", run.name)
	frappe.db.sql("update `tabAllocation Run` set applied_at = '2020-01-02' where name = %s", [run.name])
	for working in ("Simulating", "Applying", "Undoing"):
		frappe.db.set_value("Allocation Run", run.name, "status", working)
		logbook.forget_runs(90)
		assert frappe.db.exists("Allocation Run", run.name)
	frappe.db.set_value("Allocation Run", run.name, "status", "Applied")
	logbook.forget_runs(90)
	assert not frappe.db.exists("Allocation Run", run.name)
	assert not frappe.db.exists("Allocation Run Segment", {"parent": run.name})
	assert not frappe.db.exists("Allocation Change", {"parent": run.name})
	assert frappe.db.exists("Allocation Run Segment", {"parent": draft.name})
	frappe.db.rollback()


# ---- undoing ----------------------------------------------------------------------------------------------------


def test_an_undone_run_leaves_the_pegs_as_they_were(rush, run):
	before = pegs(rush.small, rush.key)
	go(run, "simulate", "apply")
	assert pegs(rush.small, rush.key) != before
	go(run, "undo")
	assert run.status == "Undone"
	assert pegs(rush.small, rush.key) == before
	log = frappe.get_doc("Allocation Run", run.undo_run)
	assert (log.run_type, log.cause, log.change_count) == ("Undo", f"Allocation Run {run.name}", 2)
	assert {change.rule for change in log.changes} == {f"Undo of {run.name}"}


def test_what_is_on_a_pick_list_cannot_be_undone_until_it_is_off_it(rush, run):
	go(run, "simulate", "apply")
	pick = create_pick_list(rush.key.name).insert()
	pick.submit()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=f"{pick.name}.*cannot be undone"):
		resequencing.start(run.name, "undo")
	frappe.db.rollback()
	assert figures(rush.key)[0] == 10
	pick.reload()
	pick.cancel()
	frappe.db.commit()
	go(run, "undo")
	assert (figures(rush.small), figures(rush.key)) == ((10, 8, 8), (0, 0, 15))


def test_what_has_been_delivered_cannot_be_undone(rush, run):
	go(run, "simulate", "apply")
	note = make_delivery_note(sales_order=rush.key.name, qty=10)
	with pytest.raises(frappe.ValidationError, match=f"delivered with .*{note.name}"):
		resequencing.start(run.name, "undo")


def test_what_has_come_in_since_is_given_back_on_the_shelf(rush, run):
	po = frappe.get_last_doc("Purchase Order", {"docstatus": 1})
	go(run, "simulate", "apply")
	receive(po)
	assert figures(rush.key) == (15, 0, 0)
	go(run, "undo")
	assert (figures(rush.small), figures(rush.key)) == ((18, 0, 0), (0, 0, 15))


def test_who_has_come_since_keeps_what_it_has(rush, run):
	make_purchase_order(rush.item, 4)
	go(run, "simulate", "apply")
	before = figures(rush.small)
	late = make_sales_order(rush.item, 5, b2b_priority=1)
	add_stock(rush.item, 3)
	had = figures(late)
	assert had[0] == 3 and before[0] == 0
	go(run, "undo")
	assert figures(late)[0] == 3
	assert figures(rush.small)[0] == 10


def test_an_undo_gives_no_losers_units_to_an_order_that_was_no_part_of_it(item):
	add_stock(item.name, 15)
	first, third = make_sales_order(item.name, 10), make_sales_order(item.name, 5)
	second = make_sales_order(item.name, 7)
	run = make_run({"mode": "Win", "sales_order": second.name}, {"mode": "Lose"}, item_code=item.name)
	go(run, "simulate", "apply")
	assert [figures(order)[0] for order in (first, second, third)] == [8, 7, 0]
	make_delivery_note(sales_order=first.name, qty=4)
	stranger = make_sales_order(item.name, 4, b2b_priority=1)
	go(run, "undo")
	assert [figures(order)[0] for order in (first, second, third, stranger)] == [6, 0, 5, 0]


def test_what_was_delivered_since_counts_as_given_back(item):
	add_stock(item.name, 5)
	small = make_sales_order(item.name, 5)
	big = make_sales_order(item.name, 18, b2b_priority=1)
	add_stock(item.name, 10)
	rush = make_sales_order(item.name, 3)
	assert [figures(order)[0] for order in (small, big, rush)] == [5, 10, 0]
	run = make_run({"mode": "Win", "sales_order": rush.name}, {"mode": "Lose"}, item_code=item.name)
	go(run, "simulate", "apply")
	assert [figures(order)[0] for order in (small, big, rush)] == [0, 12, 3]
	make_delivery_note(sales_order=big.name, qty=4)
	go(run, "undo")
	assert [figures(order)[0] for order in (small, big, rush)] == [5, 6, 0]


def test_the_components_of_a_bundle_are_given_back_under_their_new_names(rush):
	kit = make_bundle({rush.item: 2, make_item().name: 1})
	order = make_sales_order(kit.name, 4)
	run = make_run({"mode": "Win", "sales_order": order.name}, {"mode": "Lose"}, item_code=rush.item)

	def component():
		return next(row for row in order.reload().packed_items if row.item_code == rush.item)

	go(run, "simulate", "apply")
	old = component().name
	assert component().b2b_reserved_qty == 8
	update_items(order, {0: {"rate": 12}})
	assert component().name != old
	go(run, "undo")
	assert (run.status, run.error) == ("Undone", None)
	assert (component().b2b_reserved_qty, figures(rush.small)) == (0, (10, 8, 8))


def test_rows_that_are_not_there_any_more_are_named_by_the_undo(rush):
	other = make_item()
	order = make_sales_order([{"item_code": rush.item, "qty": 6}, {"item_code": other.name, "qty": 1}])
	run = make_run({"mode": "Win", "sales_order": order.name}, {"mode": "Lose"}, item_code=rush.item)
	go(run, "simulate", "apply")
	assert figures(order)[0] == 6
	update_items(order, {}, removed=[0])
	go(run, "undo")
	assert run.status == "Undone"
	assert f"not there any more: {order.name} ({rush.item})" in run.error
	assert figures(rush.small) == (10, 8, 8)


# ---- large ones -------------------------------------------------------------------------------------------------


@pytest.fixture
def everything_is_large():
	frappe.db.set_single_value("Wholesale Settings", "keys_per_transaction", 1)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value("Wholesale Settings", "keys_per_transaction", 1000)
	frappe.db.commit()


def test_large_runs_are_done_by_a_worker_and_what_changed_is_left_alone(everything_is_large, worker):
	group = unique("Wide")
	frappe.get_doc(
		{"doctype": "Item Group", "item_group_name": group, "parent_item_group": "All Item Groups"}
	).insert()
	items = [make_item(item_group=group).name for _ in range(3)]
	for name in items:
		add_stock(name, 5)
	small = make_sales_order([{"item_code": name, "qty": 5} for name in items])
	big = make_sales_order([{"item_code": name, "qty": 5} for name in items])
	worker()
	before = pegs(small, big)
	run = make_run({"mode": "Win", "sales_order": big.name}, {"mode": "Lose"}, item_group=group)
	go(run, "simulate")
	assert run.status == "Simulating"
	worker()
	assert run.reload().status == "Simulated"
	add_stock(items[1], 1)
	worker()
	go(run, "apply")
	assert run.status == "Applying"
	worker()
	run.reload()
	assert run.status == "Applied"
	assert items[1] in run.error
	assert [figures(big, row)[0] for row in range(3)] == [5, 1, 5]
	assert {change.item_code for change in run.changes} == {items[0], items[2]}
	assert [row.idx for row in run.changes] == [1, 2, 3, 4]
	go(run, "undo")
	worker()
	assert run.reload().status == "Undone"
	assert [p for p in pegs(small, big) if p[0] != big.items[1].name] == before


@pytest.fixture
def in_pieces(everything_is_large, worker):
	"""A large run, applied by a worker in two pieces, an item each: the items, who gave up and who gained, the run."""
	group = unique("Wide")
	frappe.get_doc(
		{"doctype": "Item Group", "item_group_name": group, "parent_item_group": "All Item Groups"}
	).insert()
	items = sorted(make_item(item_group=group).name for _ in range(3))
	for name in items:
		add_stock(name, 5)
	small = make_sales_order([{"item_code": name, "qty": 5} for name in items])
	big = make_sales_order([{"item_code": name, "qty": 5} for name in items])
	worker()
	run = make_run({"mode": "Win", "sales_order": big.name}, {"mode": "Lose"}, item_group=group)
	go(run, "simulate")
	worker()
	# what has changed since is left alone, the rest applied item by item
	add_stock(items[2], 1)
	worker()
	go(run, "apply")
	worker()
	assert (run.reload().status, len(runbook.recall(run.name, "memory"))) == ("Applied", 2)
	return frappe._dict(codes=items, small=small, big=big, run=run)


def test_what_is_undone_of_a_large_run_is_logged_though_its_first_part_is_refused(in_pieces, worker):
	run, big = in_pieces.run, in_pieces.big
	pick = create_pick_list(big.name)
	pick.locations = [row for row in pick.locations if row.item_code == in_pieces.codes[0]]
	pick.insert().submit()
	frappe.db.commit()
	go(run, "undo")
	worker()
	run.reload()
	assert run.status == "Partly Undone"
	assert pick.name in run.error
	assert [figures(big, row)[0] for row in range(2)] == [5, 0]
	log = frappe.get_doc("Allocation Run", run.undo_run)
	assert {change.item_code for change in log.changes} == {in_pieces.codes[1]}
	undone = frappe.get_all("Allocation Change", {"rule": f"Undo of {run.name}"}, pluck="parent")
	assert set(undone) == {log.name}


def test_a_large_undo_that_fails_after_a_part_is_partly_undone(in_pieces, worker):
	run = in_pieces.run
	first, second = runbook.recall(run.name, "memory")
	for about in second["lines"].values():
		about["had"] = {"unreadable": "many"}
	runbook.keep(run.name, "memory", [first, second])
	frappe.db.commit()
	go(run, "undo")
	worker()
	run.reload()
	assert (run.status, bool(run.error)) == ("Partly Undone", True)
	assert [figures(in_pieces.big, row)[0] for row in range(2)] == [0, 5]


def test_a_large_run_that_cannot_be_simulated_says_why(everything_is_large, worker):
	item = make_item().name
	add_stock(item, 5)
	add_stock(item, 5, into=warehouse("Leeds"))
	make_sales_order(item, 1)
	make_sales_order(item, 1, into=warehouse("Leeds"))
	worker()
	run = make_run({"mode": "Win", "customer": make_customer().name}, item_code=item)
	go(run, "simulate")
	worker()
	run.reload()
	assert run.status == "Draft"
	assert "None of the segments" in run.error


def test_a_run_whose_worker_died_is_continued(rush, run):
	go(run, "simulate")
	frappe.db.set_value("Allocation Run", run.name, "status", "Applying")
	frappe.db.commit()
	assert resequencing.is_dead(run.reload())
	go(run, "apply")
	assert (run.status, figures(rush.key)) == ("Applied", (10, 5, 5))


# ---- who may ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Trade Desk User", "Sales Manager", "Stock User", "Customer", None])
def test_only_wholesale_managers_may(run, role):
	user = make_user(role).name if role else "Guest"
	frappe.set_user(user)
	for action in (door.simulate, door.apply, door.undo):
		with pytest.raises(frappe.PermissionError):
			action(run.name)
	with pytest.raises(frappe.PermissionError):
		make_run({"mode": "Win"})


def test_a_wholesale_manager_may_and_the_trade_desk_reads(run):
	frappe.db.commit()
	frappe.set_user(make_user("Wholesale Manager").name)
	assert door.simulate(run.name) == "Simulated"
	assert door.apply(run.name) == "Applied"
	frappe.db.commit()
	frappe.set_user("Administrator")
	frappe.set_user(make_user("Trade Desk User").name)
	assert door.result(run.name)["lines"] == 2
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		door.result(run.name)
