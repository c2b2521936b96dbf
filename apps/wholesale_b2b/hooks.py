from wholesale_b2b.setup.assets import versioned as _versioned

app_name = "wholesale_b2b"
app_title = "Wholesale B2B"
app_publisher = "Wholesale B2B maintainers"
app_description = "Wholesale (B2B) orders for ERPNext: pre-allocation, order to cash, trade pricing"
app_email = "maintainers@wholesale-b2b.example"
app_license = "GPL-3.0-or-later"
required_apps = ["frappe/erpnext"]

add_to_apps_screen = [
	{
		"name": "wholesale_b2b",
		"logo": "/assets/wholesale_b2b/images/wholesale-b2b.svg",
		"title": "Wholesale",
		"route": "/app/wholesale",
	}
]

before_install = "wholesale_b2b.setup.install.before_install"
after_install = "wholesale_b2b.setup.install.after_install"
before_migrate = "wholesale_b2b.setup.install.before_migrate"
after_migrate = "wholesale_b2b.setup.install.after_migrate"
before_uninstall = "wholesale_b2b.setup.install.before_uninstall"

extend_bootinfo = "wholesale_b2b.setup.boot.extend"
app_include_js = _versioned("js/allocation_panel.js")
app_include_css = _versioned("css/wholesale_b2b.css")
doctype_js = {
	"Sales Order": "public/js/sales_order.js",
	"Quotation": "public/js/quotation.js",
	"Purchase Order": "public/js/purchase_order.js",
	"Item": "public/js/item.js",
}
doctype_list_js = {"Sales Order": "public/js/sales_order_list.js"}

# ---- allocation: which document asks the engine for what ---------------------------------------------------------

_events = "wholesale_b2b.allocation.events"
_posting = {
	"before_submit": f"{_events}.before_posting",
	"before_cancel": f"{_events}.before_posting",
	"on_submit": f"{_events}.after_posting",
	"on_cancel": f"{_events}.after_posting",
}
_order = {
	**_posting,
	"before_update_after_submit": f"{_events}.before_posting",
	"on_update_after_submit": f"{_events}.after_posting",
	"before_change": f"{_events}.before_status_change",
	"on_change": f"{_events}.after_status_change",
}
_receipt = {**_posting, "before_cancel": f"{_events}.before_receipt_cancel"}
_row = {"before_cancel": f"{_events}.before_order_row_delete"}

_rules = "wholesale_b2b.ordering.order_rules.events"
_holds = "wholesale_b2b.allocation.hold_events"

doc_events = {
	"Sales Order": {
		**_order,
		"before_submit": f"{_events}.before_order_submit",
		"validate": f"{_rules}.on_save",
		"before_update_after_submit": [f"{_events}.before_order_update", f"{_rules}.on_save"],
		"on_submit": [_order["on_submit"], f"{_holds}.on_order_submit"],
	},
	"Quotation": {
		"on_update_after_submit": f"{_holds}.on_quotation_update",
		"on_cancel": f"{_holds}.on_quotation_end",
		"on_trash": f"{_holds}.on_quotation_end",
	},
	"Sales Order Item": _row,
	"Purchase Order": _order,
	"Purchase Order Item": _row,
	"Purchase Receipt": _receipt,
	"Purchase Invoice": _receipt,
	"Delivery Note": _posting,
	"Sales Invoice": _posting,
	"Stock Entry": _receipt,
	"Stock Reconciliation": _posting,
	"Subcontracting Order": _order,
	"Subcontracting Receipt": _receipt,
	"Work Order": _order,
	# It promises nothing, but writes whole Bins.
	"Material Request": {
		"before_submit": f"{_events}.before_posting",
		"before_cancel": f"{_events}.before_posting",
		"before_update_after_submit": f"{_events}.before_posting",
		"before_change": f"{_events}.before_status_change",
	},
	"POS Invoice": {**_posting, "before_submit": f"{_events}.before_till_sale"},
	"Stock Ledger Entry": {
		"before_submit": f"{_events}.before_ledger_entry",
		"on_submit": f"{_events}.after_posting",
	},
	"Stock Reservation Entry": {
		"before_insert": f"{_events}.before_posting",
		"before_cancel": f"{_events}.before_posting",
		"on_submit": f"{_events}.after_posting",
		"on_cancel": f"{_events}.after_reservation_cancel",
		"on_update_after_submit": f"{_events}.after_posting",
	},
}

scheduler_events = {
	"cron": {
		"* * * * *": ["wholesale_b2b.allocation.jobs.sweep", "wholesale_b2b.allocation.holds_jobs.expire"]
	},
	"daily": ["wholesale_b2b.allocation.jobs.nightly", "wholesale_b2b.ordering.order_rules.jobs.nightly"],
}

_sources = "wholesale_b2b.allocation.store.sources"
b2b_supply_sources = [
	f"{_sources}.PurchaseOrders",
	f"{_sources}.Transfers",
	f"{_sources}.WorkOrders",
	f"{_sources}.SubcontractingOrders",
]

# ---- fulfilment --------------------------------------------------------------------------------------------------

override_doctype_class = {"Pick List": "wholesale_b2b.fulfilment.overrides.WholesalePickList"}
override_whitelisted_methods = {
	"erpnext.selling.doctype.sales_order.sales_order.create_pick_list": "wholesale_b2b.fulfilment.overrides.create_pick_list",
}

# Pegs and logs follow orders and receipts; they never stand in the way of cancelling or deleting them.
ignore_links_on_delete = [
	"Stock Pre Allocation",
	"Allocation Run",
	"Allocation Change",
	"Allocation Key",
	"Stock Hold",
	"Imported Order",
	"Order Import Exception",
]
