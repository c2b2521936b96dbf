"""What leaves with a document, whatever it calls itself, and whether its rows say rightly what they are of."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.leaving.rules import (
	Known,
	Line,
	Move,
	Row,
	Sold,
	complete,
	fault,
	leaves,
	posts_sales,
)

UNITS = st.floats(-50, 50, allow_nan=False)
PLACES = st.sampled_from(("", "Stores", "Transit"))
MOVES = st.builds(Move, UNITS, PLACES, PLACES)


@given(st.lists(MOVES, max_size=6), MOVES)
def test_more_rows_never_make_goods_stay(moves, another):
	assert leaves([*moves, another]) >= leaves(moves)


@given(st.lists(MOVES, max_size=6))
def test_goods_leave_exactly_where_the_ledger_loses_some(moves):
	"""Each row takes its units from the source and brings them to the target."""
	lost = 0.0
	for move in moves:
		here = -move.units if move.source or move.units > 0 else 0
		there = move.units if move.target else 0
		# between two warehouses of ours nothing is lost, but a transfer out is on its way to somebody
		lost += -here if move.units > 0 else max(-(here + there), 0)
	assert leaves(moves) == (lost > 0)


def test_what_comes_back():
	assert not leaves([Move(-2, "Stores"), Move(-3, "Stores", "Transit")])
	assert leaves([Move(-2, "Stores"), Move(1, "Stores")])
	assert leaves([Move(-2, "", "Stores")])


# ---- rows ------------------------------------------------------------------------------------------------------------

LINES = {
	"l1": Line("SO-1", "Ann", "Co", True),
	"l2": Line("SO-2", "Ann", "Co", True),
	"l3": Line("SO-3", "Bob", "Co", True),
	"l4": Line("SO-4", "Ann", "Other", True),
	"l5": Line("SO-5", "Ann", "Co", False),
}
KNOWN = Known(
	LINES,
	{
		"i1": Line("SI-1", "Ann", "Co", True, "l1"),
		"i2": Line("SI-1", "Ann", "Co", True),
		"i3": Line("SI-3", "Bob", "Co", True),
	},
	{"p1": "l1", "p2": "l2"},
)
ROWS = st.builds(
	Row,
	idx=st.integers(1, 9),
	order=st.sampled_from(("", "SO-1", "SO-2", "SO-3", "SO-9")),
	line=st.sampled_from(("", *LINES, "made up")),
	invoice=st.sampled_from(("", "SI-1", "SI-3")),
	invoiced=st.sampled_from(("", "i1", "i2", "i3", "made up")),
	via=st.sampled_from(("", "p1", "p2", "made up")),
)


@given(ROWS)
def test_what_a_row_says_is_kept(row):
	whole = complete(row, KNOWN)
	assert row.order in ("", whole.order)
	assert row.line in ("", whole.line)
	assert complete(whole, KNOWN) == whole


@given(ROWS)
def test_a_row_without_a_fault_is_of_one_order_of_its_customer(row):
	whole = complete(row, KNOWN)
	if fault(whole, KNOWN, "Ann", "Co"):
		return
	if whole.line:
		line = LINES[whole.line]
		assert (line.parent, line.customer, line.company, line.submitted) == (whole.order, "Ann", "Co", True)
	else:
		assert not whole.order
	# nothing that was picked or invoiced for a line goes out without it, or for another
	for there in (KNOWN.via.get(row.via), KNOWN.invoiced[row.invoiced].line if row.invoiced else ""):
		assert not there or there == whole.line


def test_faults():
	right = Row(1, "SO-1", "l1", via="p1")
	assert fault(right, KNOWN, "Ann", "Co") == ""
	assert fault(Row(1), KNOWN, "Ann", "Co") == ""
	for change, what in (
		({"line": ""}, "half"),
		({"line": "made up"}, "unknown"),
		({"order": "SO-2"}, "unknown"),
		({"order": "SO-5", "line": "l5"}, "unknown"),
		({"order": "SO-3", "line": "l3"}, "stranger"),
		({"order": "SO-4", "line": "l4"}, "stranger"),
		({"via": "p2"}, "other"),
		({"invoiced": "i3"}, "stranger"),
		({"invoice": "SI-1"}, "half"),
		({"delivered": "d1"}, "delivered"),
	):
		assert fault(replace(right, **change), KNOWN, "Ann", "Co") == what, change
	assert fault(Row(1, "SO-2", "l2", "SI-1", "i1"), KNOWN, "Ann", "Co") == "other"
	# a document without a customer is asked for nobody's
	assert fault(Row(1, "SO-3", "l3"), KNOWN, "", "Co") == ""


# ---- tills -----------------------------------------------------------------------------------------------------------

SALES = {
	"r1": Sold("r1", "POS-1", "Mug", "Shop", 3, "Co"),
	"r2": Sold("r2", "POS-2", "Mug", "Shop", 2, "Co"),
	"r3": Sold("r3", "POS-3", "Mug", "Shop", 2, "Co", waits=False),
}


def test_an_invoice_posts_what_was_sold():
	assert posts_sales([SALES["r1"], SALES["r2"]], SALES)
	assert not posts_sales([], SALES)
	assert not posts_sales([SALES["r1"], SALES["r3"]], SALES)
	for change in (
		{"row": "r9"},
		{"sale": "POS-2"},
		{"item": "Vase"},
		{"warehouse": "Stores"},
		{"units": 4},
		{"company": "Other"},
	):
		assert not posts_sales([SALES["r2"], replace(SALES["r1"], **change)], SALES), change


@given(st.lists(st.tuples(st.sampled_from(("r1", "r2")), st.floats(0.1, 4)), min_size=1, max_size=6))
def test_no_more_than_was_sold(parts):
	rows = [replace(SALES[name], units=units) for name, units in parts]
	total = {name: sum(row.units for row in rows if row.row == name) for name in ("r1", "r2")}
	within = all(total[name] <= SALES[name].units + 1e-6 for name in total)
	assert posts_sales(rows, SALES) == within
