"""What must hold on the whole site before a company is switched on, and the switch itself.

Each check answers with a `Finding`. Those that can be mended without a decision of the site's owner are; the rest
are listed with what to do, and the switch refuses.
"""

from collections.abc import Callable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, now_datetime

from wholesale_b2b.figures import plain


@dataclass(frozen=True)
class Finding:
	"""One need of the site. ok: holds. mend: what makes it hold, if that is ours to do. warning: holds, but mind the advice."""

	need: str
	ok: bool
	advice: str = ""
	mend: Callable[[], None] | None = None
	warning: bool = False

	def as_dict(self) -> dict:
		return {
			"need": self.need,
			"ok": self.ok,
			"advice": self.advice,
			"mendable": self.mend is not None,
			"warning": self.warning,
		}


def findings() -> list[Finding]:
	"""Every check, in the order in which they should be mended."""
	return [check() for check in CHECKS]


def switch_on(company: str) -> list[Finding]:
	"""Enable `company`: check the site's needs, mend what may be mended, refuse while one does not hold.

	Then every open order of the company is allocated, by a worker. Raises frappe.ValidationError with the list of
	what is missing and what to do about it.
	"""
	mend()
	refuse_unfit()
	settings = frappe.get_doc("Wholesale Settings")
	row = next((row for row in settings.companies if row.company == company), None)
	row = row or settings.append("companies", {"company": company})
	row.enabled = 1
	settings.save()
	return findings()


def mend() -> None:
	"""Set what may be set without asking."""
	for finding in findings():
		if not finding.ok and finding.mend:
			finding.mend()


def refuse_unfit() -> None:
	"""Raise with all needs of the site that do not hold."""
	missing = [finding for finding in findings() if not finding.ok]
	if missing:
		frappe.throw(
			[f"<b>{f.need}</b><br>{f.advice}" for f in missing],
			title=_("This site is not ready for Wholesale B2B"),
			as_list=True,
		)


def stamp_switches(settings) -> None:
	"""Note on Wholesale Settings when each company was switched on."""
	for row in settings.companies:
		if row.enabled and not row.enabled_on:
			row.enabled_on = now_datetime()
		elif not row.enabled:
			row.enabled_on = None


def _isolation() -> Finding:
	level = frappe.db.sql("select @@global.tx_isolation")[0][0]
	return Finding(
		_("The database works at READ COMMITTED"),
		level == "READ-COMMITTED",
		_(
			"It is at {0}. Put <code>transaction-isolation = READ-COMMITTED</code> in the [mysqld] section of MariaDB's configuration and restart it."
		).format(level),
	)


def _negative_stock() -> Finding:
	return Finding(
		_("Negative stock is off"),
		not cint(frappe.db.get_single_value("Stock Settings", "allow_negative_stock")),
		_(
			"Clear <i>Allow Negative Stock</i> in Stock Settings: units that are not there cannot be reserved."
		),
	)


def _negative_bins() -> Finding:
	rows = frappe.get_all(
		"Bin",
		{"actual_qty": ("<", 0)},
		["item_code", "warehouse", "actual_qty"],
		limit=5,
		order_by="actual_qty",
	)
	listed = ", ".join(f"{row.item_code} ({row.warehouse}): {plain(row.actual_qty)}" for row in rows)
	return Finding(
		_("No warehouse has a negative quantity"),
		not rows,
		_("Correct these with a Stock Reconciliation: {0}").format(listed),
	)


def _negative_items() -> Finding:
	"""Items that ERPNext lets go negative are no hindrance: what is reserved of them is protected all the same."""
	rows = frappe.db.sql_list(
		"""select distinct item.name from `tabItem` item join `tabBin` b on b.item_code = item.name
			and (b.actual_qty <> 0 or b.reserved_qty <> 0 or b.reserved_stock <> 0)
		where item.allow_negative_stock = 1 and item.is_stock_item = 1 order by item.name limit 11"""
	)
	listed = ", ".join(rows[:10]) + (" …" if len(rows) > 10 else "")
	return Finding(
		_("No item in stock or on order may go negative by itself"),
		True,
		_(
			"These have <i>Allow Negative Stock</i>: {0}. Units of theirs that are reserved for orders stay protected: whatever would take them is refused, though ERPNext would let it pass."
		).format(listed),
		warning=bool(rows),
	)


def _reservation() -> Finding:
	return _stock_setting(
		"enable_stock_reservation", 1, _("Stock reservation is on"), _("Enable Stock Reservation")
	)


def _partial_reservation() -> Finding:
	return _stock_setting(
		"allow_partial_reservation", 1, _("Part of a line may be reserved"), _("Allow Partial Reservation")
	)


def _automatic_reservation() -> Finding:
	return _stock_setting(
		"auto_reserve_stock_for_sales_order_on_purchase",
		0,
		_("ERPNext does not reserve receipts by itself"),
		_("Auto Reserve Stock for Sales Order on Purchase"),
	)


def _inserted_prices() -> Finding:
	"""Else a price that was made for one customer becomes everybody's as soon as it is saved."""
	return _stock_setting(
		"auto_insert_price_list_rate_if_missing",
		0,
		_("ERPNext makes no list prices of the prices on documents"),
		_("Auto Insert Item Price If Missing"),
	)


def _stock_setting(field: str, value: int, need: str, label: str) -> Finding:
	def set_it() -> None:
		# saving Stock Settings writes property setters, which wants more rights than a Wholesale Manager has
		frappe.db.set_single_value("Stock Settings", field, value)

	return Finding(
		need,
		cint(frappe.db.get_single_value("Stock Settings", field)) == value,
		(_("Set {0} in Stock Settings.") if value else _("Clear {0} in Stock Settings.")).format(
			f"<i>{label}</i>"
		),
		set_it,
	)


CHECKS = (
	_isolation,
	_negative_stock,
	_negative_bins,
	_negative_items,
	_reservation,
	_partial_reservation,
	_automatic_reservation,
	_inserted_prices,
)


def allocate_open_orders(companies: list[str]) -> None:
	"""Mark every open order of newly enabled companies and let a worker deal out what there is."""
	from wholesale_b2b.allocation.service import marking

	if companies:
		marking.mark_all(companies, _("Switched on"))


def release_pre_allocations(companies: list[str]) -> None:
	"""A company that is switched off keeps ERPNext's reservations; our pre-allocations end."""
	from wholesale_b2b.allocation.service import marking

	for company in companies:
		marking.release_company(company)


def state() -> list[dict]:
	"""The findings as the settings form shows them."""
	return [finding.as_dict() for finding in findings()]
