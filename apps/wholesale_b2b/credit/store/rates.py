"""Exchange rates of today, as ERPNext's Currency Exchange has them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import frappe
from frappe.utils import add_days, cint, nowdate

from wholesale_b2b.credit.rules import at_today


def todays(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Decimal]:
	"""(currency, company's currency) → what one unit comes to today. One query at most.

	The last Currency Exchange for selling up to today; those that are too old for Accounts Settings (*Allow Stale Exchange
	Rates*) do not count, as in ERPNext's `get_exchange_rate`, which would ask a service on the internet then. Pairs without
	a rate are left out.
	"""
	wanted = {(currency, base) for currency, base in pairs if currency and currency != base}
	if not wanted:
		return {}
	settings = frappe.get_cached_doc("Accounts Settings")
	oldest = None if cint(settings.allow_stale) else add_days(nowdate(), -cint(settings.stale_days))
	rows = frappe.db.sql(
		"""select rate.from_currency, rate.to_currency, rate.exchange_rate
		from `tabCurrency Exchange` rate
		join (select from_currency, to_currency, max(date) as date from `tabCurrency Exchange`
			where for_selling = 1 and date <= %(today)s and (%(oldest)s is null or date > %(oldest)s)
				and from_currency in %(currencies)s and to_currency in %(bases)s
			group by from_currency, to_currency) latest
			on latest.from_currency = rate.from_currency and latest.to_currency = rate.to_currency
			and latest.date = rate.date
		where rate.for_selling = 1 order by rate.creation, rate.name""",
		{
			"today": nowdate(),
			"oldest": oldest,
			"currencies": tuple({currency for currency, _base in wanted}),
			"bases": tuple({base for _currency, base in wanted}),
		},
	)
	return {
		(currency, base): Decimal(str(rate))
		for currency, base, rate in rows
		if (currency, base) in wanted and rate > 0
	}


def at_todays_rates(amounts: Sequence[tuple[Decimal, str | None, str, Decimal]]) -> list[Decimal]:
	"""What amounts of documents that are not invoiced yet count for today (`rules.at_today`). One query at most.

	Each is an amount in the company's currency, the document's currency, the company's, the document's own rate.
	"""
	today = todays((currency, base) for _amount, currency, base, _own in amounts)
	return [at_today(amount, own, today.get((currency, base))) for amount, currency, base, own in amounts]


def sides_with_orders_in(currency: str, base: str) -> set[tuple[str, str]]:
	"""(customer, company) that have something open in a currency, of the companies whose own is `base`."""
	return set(
		frappe.db.sql(
			"""select distinct doc.customer, doc.company from `tabSales Order` doc
			join `tabCompany` company on company.name = doc.company and company.default_currency = %(base)s
			where doc.docstatus = 1 and doc.currency = %(currency)s and doc.status not in ('Completed', 'Closed')
			union
			select distinct doc.customer, doc.company from `tabDelivery Note` doc
			join `tabCompany` company on company.name = doc.company and company.default_currency = %(base)s
			where doc.docstatus = 1 and doc.currency = %(currency)s and doc.status not in ('Completed', 'Closed')""",
			{"currency": currency, "base": base},
		)
	)
