"""Money that was taken with an invoice: less the change, and to the penny what was paid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.rules.till import ChangeFromElsewhere, Taking, takings, used

money = st.decimals(0, 1000, places=2)


@given(st.lists(st.tuples(st.sampled_from(("Cash", "Card")), money)), money)
def test_takings_come_to_what_was_paid_less_the_change(rows, change):
	found = [Taking(str(n), account, amount) for n, (account, amount) in enumerate(rows)]
	cash = sum((row.amount for row in found if row.account == "Cash"), Decimal(0))
	if change > cash:
		with pytest.raises(ChangeFromElsewhere, match="Cash"):
			takings(found, change, "Cash")
		return
	left = takings(found, change, "Cash")
	assert (
		sum((row.amount for row in left), Decimal(0))
		== sum((row.amount for row in found), Decimal(0)) - change
	)
	assert all(row.amount > 0 for row in left)
	cards = [row for row in found if row.account == "Card" and row.amount]
	assert [row for row in left if row.account == "Card"] == cards


def test_what_was_given_back_stays_negative():
	row = Taking("1", "Cash", Decimal(-12))
	assert takings([row], Decimal(0), "Cash") == [row]


@given(st.lists(money, max_size=5), money)
def test_no_more_pays_the_invoice_than_its_total_and_none_less_than_could(amounts, total):
	rows = [Taking(str(n), "Card", amount) for n, amount in enumerate(amounts)]
	parts = used(rows, total)
	assert sum(parts, Decimal(0)) == min(total, sum(amounts, Decimal(0)))
	assert all(0 <= part <= row.amount for part, row in zip(parts, rows, strict=True))
	assert used([Taking(row.key, row.account, -row.amount) for row in rows], -total) == parts
