"""Read by Frappe's test runner; the tests of this DocType are in tests/ at the top of the repository."""

from wholesale_b2b.setup.test_records import left_out

test_ignore = left_out("Return Policy")
