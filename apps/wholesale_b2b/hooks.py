from wholesale_b2b.document_events import doc_events  # noqa: F401
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
after_app_install = "wholesale_b2b.setup.install.offer_strategies"
after_app_uninstall = "wholesale_b2b.setup.install.offer_strategies"

extend_bootinfo = "wholesale_b2b.setup.boot.extend"
app_include_js = [
	_versioned("js/allocation_panel.js"),
	_versioned("js/waiting_panel.js"),
	_versioned("js/trade_account_field.js"),
	_versioned("js/credit_panel.js"),
	_versioned("js/prices.js"),
	_versioned("js/pick_lists_now.js"),
	_versioned("js/holds.js"),
]
app_include_css = _versioned("css/wholesale_b2b.css")
doctype_js = {
	"Sales Order": [
		"public/js/sales_order.js",
		"public/js/order_status.js",
		"public/js/pro_forma.js",
		"public/js/fulfilment.js",
	],
	"Quotation": "public/js/quotation.js",
	"Purchase Order": "public/js/purchase_order.js",
	"Work Order": "public/js/work_order.js",
	"Subcontracting Order": "public/js/subcontracting_order.js",
	"Stock Entry": "public/js/stock_entry.js",
	"Item": "public/js/item.js",
	"Pick List": [
		"public/js/dispatch.js",
		"public/js/picking.js",
		"public/js/picking_scanner.js",
		"public/js/picking_panel.js",
	],
	"Customer": "public/js/customer.js",
	"Delivery Note": "public/js/returns.js",
	"Sales Invoice": "public/js/returns.js",
	"POS Invoice": "public/js/returns.js",
	"Sync Message": "public/js/sync_reference.js",
	"Sync Conflict": "public/js/sync_reference.js",
}
doctype_list_js = {
	"Sales Order": "public/js/sales_order_list.js",
	"Pick List": "public/js/pick_list_list.js",
}

scheduler_events = {
	"cron": {
		"* * * * *": [
			"wholesale_b2b.allocation.jobs.sweep",
			"wholesale_b2b.allocation.holds_jobs.expire",
			"wholesale_b2b.accounting.jobs.sweep",
			"wholesale_b2b.fulfilment.release.jobs.by_the_clock",
		],
		"*/5 * * * *": [
			"wholesale_b2b.credit.invoicing.jobs.sweep",
			"wholesale_b2b.credit.pro_forma.jobs.sweep",
			"wholesale_b2b.fulfilment.mail.jobs.sweep",
		],
		"*/10 * * * *": ["wholesale_b2b.fulfilment.release.jobs.sweep"],
	},
	"daily": [
		"wholesale_b2b.allocation.jobs.nightly",
		"wholesale_b2b.credit.pro_forma.jobs.nightly",
		"wholesale_b2b.fulfilment.holds.jobs.daily",
		"wholesale_b2b.fulfilment.policies.jobs.daily",
		"wholesale_b2b.fulfilment.release.jobs.daily",
		"wholesale_b2b.ordering.order_rules.jobs.nightly",
		"wholesale_b2b.accounting.jobs.nightly",
	],
}

_sources = "wholesale_b2b.allocation.store.sources"
b2b_supply_sources = [
	f"{_sources}.PurchaseOrders",
	f"{_sources}.Transfers",
	f"{_sources}.WorkOrders",
	f"{_sources}.SubcontractingOrders",
]

# ---- fulfilment --------------------------------------------------------------------------------------------------

override_doctype_class = {
	"Pick List": "wholesale_b2b.fulfilment.overrides.WholesalePickList",
	"Sales Invoice": "wholesale_b2b.credit.invoicing.overrides.WholesaleSalesInvoice",
}
override_whitelisted_methods = {
	"erpnext.accounts.doctype.payment_request.payment_request.make_payment_request": "wholesale_b2b.credit.pro_forma.overrides.make_payment_request",
	"erpnext.selling.doctype.sales_order.sales_order.create_pick_list": "wholesale_b2b.fulfilment.overrides.create_pick_list",
	"erpnext.selling.doctype.sales_order.sales_order.update_status": "wholesale_b2b.fulfilment.holds.overrides.update_status",
	"erpnext.selling.doctype.sales_order.sales_order.make_delivery_note": "wholesale_b2b.fulfilment.overrides.make_delivery_note",
	"erpnext.stock.doctype.pick_list.pick_list.create_delivery_note": "wholesale_b2b.fulfilment.overrides.create_delivery_note",
	"erpnext.controllers.accounts_controller.update_child_qty_rate": "wholesale_b2b.allocation.overrides.update_child_qty_rate",
	"erpnext.stock.get_item_details.get_item_details": "wholesale_b2b.pricing.overrides.get_item_details",
	"erpnext.stock.get_item_details.apply_price_list": "wholesale_b2b.pricing.overrides.apply_price_list",
	"erpnext.accounts.doctype.pricing_rule.pricing_rule.apply_pricing_rule": "wholesale_b2b.pricing.overrides.apply_pricing_rule",
}

# ... and by no other path to the same function.
before_request = ["wholesale_b2b.ways_round.refuse"]

# What print formats ask for.
jinja = {
	"methods": [
		"wholesale_b2b.fulfilment.dispatch.service.papers.b2b_packing_slip",
		"wholesale_b2b.fulfilment.export.service.b2b_export_papers",
		"wholesale_b2b.credit.pro_forma.service.printing.b2b_pro_forma_paper",
		"wholesale_b2b.pricing.service.printing.b2b_trade_paper",
	]
}

# Rules that hold orders and accounts: dotted paths of subclasses of `fulfilment.holds.base.HoldRule`.
_own_holds = "wholesale_b2b.fulfilment.holds.own"
b2b_hold_rules = [
	f"{_own_holds}.AccountStatus",
	f"{_own_holds}.Licence",
	f"{_own_holds}.HeldInERPNext",
	f"{_own_holds}.ByHand",
	"wholesale_b2b.credit.hold_rule.OverCreditLimit",
	"wholesale_b2b.credit.pro_forma.hold_rule.ProFormaUnpaid",
	"wholesale_b2b.fulfilment.export.hold_rule.ExportDetailsMissing",
	"wholesale_b2b.fulfilment.policies.hold_rule.WaitsByPolicy",
	"wholesale_b2b.pricing.hold_rule.PriceBelowFloor",
	"wholesale_b2b.ordering.order_rules.hold_rule.HeldByOrderRule",
]
# Functions that are handed the Sales Orders of which a run of the allocation has changed anything, in its transaction.
b2b_orders_replanned = [
	"wholesale_b2b.fulfilment.policies.service.following.replanned",
	"wholesale_b2b.fulfilment.release.service.triggers.may_go",
]
# Functions that are handed the Sales Orders whose holds have changed; the Order Holds that were opened on orders; the orders
# whose last hold is gone.
_stopping = "wholesale_b2b.fulfilment.release.service.stopping"
b2b_holds_changed = ["wholesale_b2b.fulfilment.policies.service.giving_up.look"]
b2b_orders_held = ["wholesale_b2b.fulfilment.mail.service.orders_held", f"{_stopping}.orders_held"]
b2b_orders_released = [
	"wholesale_b2b.fulfilment.mail.service.orders_released",
	f"{_stopping}.orders_released",
]

# Functions that are told, after the commit, what is paid on an order once a payment came or went: `credit.pro_forma.service.news`.
b2b_payment_received: list[str] = []

# Accounting packages: dotted paths of subclasses of `accounting.connectors.base.Connector`.
_connectors = "wholesale_b2b.accounting.connectors"
b2b_accounting_connectors = [
	f"{_connectors}.file.connector.FileConnector",
	f"{_connectors}.xero.connector.XeroConnector",
	f"{_connectors}.quickbooks.connector.QuickBooksConnector",
	f"{_connectors}.sage.connector.SageConnector",
	f"{_connectors}.iplicit.connector.IplicitConnector",
	f"{_connectors}.accountsiq.connector.AccountsIQConnector",
]

# Pegs and logs follow orders and receipts; they never stand in the way of cancelling or deleting them.
ignore_links_on_delete = [
	"Stock Pre Allocation",
	"Allocation Run",
	"Allocation Change",
	"Allocation Move",
	"Allocation Run Segment",
	"Allocation Key",
	"Stock Hold",
	"Short Pick",
	"Order Hold",
	"Trade Pro Forma",
	"Dispatch Invoice",
	"Customer Mail",
	"Imported Order",
	"Order Import Exception",
	"Sync Message",
	"Sync Link",
	"Sync Conflict",
	"Sync Day",
	"Payment News",
	"Price Override",
]
