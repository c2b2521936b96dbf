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
}
doctype_list_js = {
	"Sales Order": "public/js/sales_order_list.js",
	"Pick List": "public/js/pick_list_list.js",
}

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
_picking = "wholesale_b2b.fulfilment.events"
_binding = "wholesale_b2b.fulfilment.binding.events"
# Which account of the customer a document is on.
_accounts = "wholesale_b2b.ordering.trade_accounts.events"
_on_account = {
	"before_insert": f"{_accounts}.before_insert",
	"before_validate": f"{_accounts}.before_validate",
}
# What is held is neither picked nor shipped. Asked once documents, accounts and Bins are locked.
_held = "wholesale_b2b.fulfilment.holds.events"
_veto = f"{_held}.before_shipping"
_returns = "wholesale_b2b.fulfilment.returns.events"
_leaving = "wholesale_b2b.fulfilment.leaving.events"
# What each line costs: priced once its account and rows are settled, before ERPNext validates.
_pricing = "wholesale_b2b.pricing.events"
_priced = {
	"before_validate": [_on_account["before_validate"], f"{_pricing}.before_validate"],
	"set_missing_values": f"{_pricing}.after_mapping",
	"validate": f"{_pricing}.on_save",
	"on_update": f"{_pricing}.after_save",
	"before_submit": f"{_pricing}.before_submit",
	"on_cancel": f"{_pricing}.on_cancel",
	"on_trash": f"{_pricing}.on_trash",
}
_delivery = {
	**_posting,
	"before_insert": f"{_accounts}.before_insert",
	"before_validate": [
		f"{_accounts}.before_validate",
		f"{_returns}.before_validate",
		f"{_binding}.before_delivery_save",
		f"{_pricing}.before_validate",
	],
	"set_missing_values": [f"{_binding}.after_mapping", f"{_pricing}.after_mapping"],
	"validate": [
		f"{_pricing}.on_save",
		f"{_leaving}.on_save",
		f"{_events}.on_delivery_save",
		f"{_binding}.on_delivery_save",
		f"{_held}.on_shipping_save",
		f"{_returns}.on_save",
	],
	"on_update": _priced["on_update"],
	"on_trash": _priced["on_trash"],
	"before_submit": [
		_priced["before_submit"],
		f"{_returns}.before_submit",
		f"{_events}.before_delivery",
		f"{_binding}.before_delivery",
		_veto,
	],
	"before_cancel": f"{_events}.before_delivery_cancel",
	"on_cancel": [f"{_events}.after_delivery_cancel", _priced["on_cancel"]],
}
# *Update Items* saves, adds and deletes rows before the order itself.
_row = {
	"before_insert": f"{_events}.before_order_row",
	"before_update_after_submit": f"{_events}.before_order_row",
	"before_cancel": f"{_events}.before_order_row",
}

_rules = "wholesale_b2b.ordering.order_rules.events"
_holds = "wholesale_b2b.allocation.hold_events"
_credit = "wholesale_b2b.credit.events"
# After these an account owes more or less.
_owed = f"{_credit}.after_posting"
_export = "wholesale_b2b.fulfilment.export.events"
_pro_forma = "wholesale_b2b.credit.pro_forma.events"
_mail = "wholesale_b2b.fulfilment.mail.events"
_invoicing = "wholesale_b2b.credit.invoicing.events"
_dispatch = "wholesale_b2b.fulfilment.dispatch.events"
_policies = "wholesale_b2b.fulfilment.policies.events"
# What goes to the package that keeps the books; last, when all else has been done.
_books = "wholesale_b2b.accounting.events"
_release = "wholesale_b2b.fulfilment.release.events"

_payment = {
	"before_submit": f"{_pro_forma}.before_payment",
	"before_cancel": f"{_pro_forma}.before_payment",
	"on_submit": [f"{_pro_forma}.after_payment", f"{_release}.after_payment"],
	"on_cancel": f"{_pro_forma}.after_payment",
	"on_update_after_submit": [f"{_pro_forma}.after_payment", f"{_release}.after_payment"],
}

doc_events = {
	"Sales Order": {
		**_order,
		**_on_account,
		**_priced,
		"before_insert": [
			f"{_events}.before_order_insert",
			_on_account["before_insert"],
			f"{_pro_forma}.before_order_insert",
		],
		"before_submit": [
			_priced["before_submit"],
			f"{_events}.before_order_submit",
			f"{_credit}.before_order_submit",
		],
		"on_update_after_submit": [
			f"{_events}.after_order_update",
			_priced["on_update"],
			f"{_held}.on_order_change",
			_owed,
			f"{_release}.after_order_change",
		],
		"validate": [
			_priced["validate"],
			f"{_policies}.on_order_save",
			f"{_events}.on_order_save",
			f"{_rules}.on_save",
			f"{_dispatch}.on_order_save",
			f"{_pro_forma}.on_order_save",
		],
		"before_update_after_submit": [
			f"{_events}.before_order_update",
			f"{_policies}.on_order_save",
			f"{_pricing}.before_order_update",
			f"{_rules}.on_save",
			f"{_dispatch}.on_order_save",
			f"{_credit}.before_order_update",
			f"{_pro_forma}.before_order_update",
		],
		"before_cancel": [
			_order["before_cancel"],
			f"{_holds}.before_order_cancel",
			f"{_pro_forma}.before_order_cancel",
			f"{_held}.before_order_cancel",
		],
		"on_submit": [
			_order["on_submit"],
			f"{_holds}.on_order_submit",
			f"{_pro_forma}.on_order_submit",
			f"{_held}.on_order_change",
			f"{_credit}.after_order_submit",
			f"{_mail}.after_order",
		],
		"on_cancel": [
			_order["on_cancel"],
			_priced["on_cancel"],
			f"{_held}.on_order_change",
			_owed,
			f"{_release}.after_order_change",
		],
		"before_change": [
			_order["before_change"],
			f"{_credit}.before_status_change",
			f"{_held}.before_order_status",
		],
		"on_change": [
			_order["on_change"],
			f"{_held}.after_order_status",
			f"{_credit}.after_status_change",
			f"{_pro_forma}.on_order_change",
			f"{_release}.after_order_status",
		],
		"on_update": [_priced["on_update"], f"{_holds}.on_order_save"],
		"on_trash": [_priced["on_trash"], f"{_holds}.on_order_trash"],
	},
	"Quotation": {
		**_on_account,
		**_priced,
		"on_update_after_submit": f"{_holds}.on_quotation_update",
		"on_cancel": [_priced["on_cancel"], f"{_holds}.on_quotation_end"],
		"on_trash": [_priced["on_trash"], f"{_holds}.on_quotation_end"],
	},
	"Sales Order Item": {
		**_row,
		"before_insert": [f"{_pricing}.before_order_row", _row["before_insert"]],
		"before_update_after_submit": [
			f"{_policies}.before_order_row",
			f"{_pricing}.before_order_row",
			_row["before_update_after_submit"],
		],
	},
	"Purchase Order": {
		**_order,
		"validate": f"{_leaving}.on_save",
		"before_submit": [_order["before_submit"], _veto],
	},
	"Purchase Order Item": {
		**_row,
		"before_update_after_submit": [_row["before_update_after_submit"], f"{_held}.before_more_is_bought"],
	},
	"Purchase Receipt": _receipt,
	"Purchase Invoice": _receipt,
	"Delivery Note": {
		**_delivery,
		"before_submit": [
			*_delivery["before_submit"],
			f"{_credit}.before_delivery",
			f"{_pro_forma}.before_shipment",
		],
		"on_submit": [
			_delivery["on_submit"],
			f"{_picking}.after_delivery",
			f"{_policies}.after_shipment",
			f"{_pro_forma}.after_shipment",
			f"{_release}.after_delivery",
			f"{_invoicing}.after_note",
			f"{_mail}.after_note",
			_owed,
		],
		"on_cancel": [
			*_delivery["on_cancel"],
			f"{_picking}.after_delivery",
			f"{_policies}.after_shipment_cancel",
			f"{_pro_forma}.after_shipment",
			f"{_invoicing}.after_note_cancel",
			_owed,
		],
	},
	"Payment Entry": {
		**_payment,
		"before_validate": _on_account["before_validate"],
		"on_submit": [*_payment["on_submit"], _owed, f"{_books}.after_payment"],
		"on_cancel": [_payment["on_cancel"], _owed, f"{_books}.after_payment_cancel"],
		"on_update_after_submit": [*_payment["on_update_after_submit"], f"{_books}.after_payment"],
	},
	"Journal Entry": {
		**_payment,
		"on_submit": [*_payment["on_submit"], f"{_credit}.after_journal", f"{_books}.after_journal"],
		"on_cancel": [_payment["on_cancel"], f"{_credit}.after_journal"],
	},
	"Unreconcile Payment": {
		"before_submit": f"{_pro_forma}.before_payment",
		"on_submit": f"{_pro_forma}.after_unreconcile",
	},
	"Sales Invoice": {
		**_delivery,
		"validate": [*_delivery["validate"], f"{_pro_forma}.on_invoice_save"],
		"before_submit": [
			*_delivery["before_submit"],
			f"{_policies}.before_invoice",
			f"{_credit}.before_invoice",
			f"{_pro_forma}.before_shipment",
		],
		"before_cancel": [_delivery["before_cancel"], f"{_pro_forma}.before_invoice_cancel"],
		"on_submit": [
			_delivery["on_submit"],
			f"{_policies}.after_shipment",
			f"{_policies}.after_invoice",
			f"{_pro_forma}.after_shipment",
			f"{_invoicing}.after_invoice",
			f"{_mail}.after_invoice",
			_owed,
			f"{_books}.after_submit",
		],
		"on_cancel": [
			*_delivery["on_cancel"],
			f"{_policies}.after_shipment_cancel",
			f"{_pro_forma}.after_invoice_cancel",
			f"{_invoicing}.after_invoice_cancel",
			_owed,
			f"{_books}.after_cancel",
		],
		"on_update_after_submit": f"{_books}.after_update",
	},
	"Stock Entry": {
		**_receipt,
		"before_submit": [f"{_events}.before_stock_entry", _veto],
		"on_submit": [f"{_events}.after_loss", f"{_release}.after_loss"],
	},
	"Stock Reconciliation": {
		**_posting,
		"before_validate": f"{_events}.before_count",
		"before_cancel": f"{_events}.before_count_cancel",
		"on_submit": [f"{_events}.after_loss", f"{_release}.after_count"],
		"on_cancel": f"{_events}.after_loss",
	},
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
	"POS Invoice": {
		**_posting,
		**_on_account,
		**_priced,
		"validate": [_priced["validate"], f"{_leaving}.on_save", f"{_held}.on_shipping_save"],
		"before_submit": [
			_priced["before_submit"],
			f"{_events}.before_till_sale",
			_veto,
			f"{_credit}.before_till_sale",
			f"{_pro_forma}.before_till_sale",
		],
		"on_submit": [_posting["on_submit"], _owed],
		"on_cancel": [_posting["on_cancel"], _priced["on_cancel"], _owed],
	},
	"Serial and Batch Bundle": {"before_submit": f"{_binding}.before_bundle"},
	"Batch": {"on_update": f"{_events}.after_batch_change"},
	# It promises nothing either, but writes to orders.
	"Pick List": {
		"before_insert": f"{_release}.before_list_insert",
		"validate": [f"{_held}.on_shipping_save", f"{_release}.on_list_save"],
		"before_submit": [f"{_events}.before_picking", _veto, f"{_pro_forma}.before_shipment"],
		"before_cancel": f"{_events}.before_picking",
		"on_update": f"{_policies}.after_picking",
		"on_submit": f"{_release}.after_list_submit",
		"on_cancel": [f"{_release}.after_list_end", f"{_policies}.after_picking"],
		"on_trash": [f"{_release}.after_list_end", f"{_policies}.after_picking"],
	},
	"Stock Ledger Entry": {
		"before_submit": [
			f"{_events}.before_ledger_entry",
			f"{_leaving}.before_ledger_entry",
			f"{_held}.before_ledger_entry",
			f"{_credit}.before_ledger_entry",
			f"{_pro_forma}.before_ledger_entry",
		],
		"on_submit": f"{_events}.after_posting",
	},
	"Stock Reservation Entry": {
		"before_insert": f"{_events}.before_reservation",
		"before_update_after_submit": f"{_events}.before_reservation",
		"before_cancel": f"{_events}.before_reservation",
		"on_submit": f"{_events}.after_posting",
		"on_cancel": f"{_events}.after_reservation_cancel",
		"on_update_after_submit": f"{_events}.after_posting",
	},
	"Repost Item Valuation": {
		"before_change": f"{_events}.before_repost_change",
		"on_change": f"{_events}.after_repost_change",
	},
	"Item": {
		"before_save": f"{_events}.before_item_save",
		"on_update": [f"{_events}.after_item_save", f"{_export}.after_item"],
		"before_rename": f"{_events}.before_rename",
		"after_rename": f"{_events}.after_rename",
	},
	"Company": {"on_update": f"{_export}.after_company"},
	"Address": {"on_update": f"{_export}.after_address"},
	"Warehouse": {
		"before_save": f"{_events}.before_warehouse_save",
		"on_update": f"{_events}.after_warehouse_save",
		"before_rename": f"{_events}.before_rename",
		"after_rename": f"{_events}.after_rename",
	},
	"Trade Account": {
		"on_trash": f"{_events}.on_account_trash",
		"on_update": [
			f"{_events}.after_account_save",
			f"{_pro_forma}.after_account_save",
			f"{_held}.after_account_save",
			f"{_credit}.after_account_save",
		],
	},
	"Customer": {
		"on_update": [
			f"{_events}.after_customer_save",
			f"{_credit}.after_customer_save",
			f"{_books}.after_customer_save",
		],
		"after_rename": f"{_books}.after_rename",
	},
	"Trade Pro Forma": {"on_update": f"{_books}.after_update"},
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

# Accounting packages: dotted paths of subclasses of `accounting.connectors.base.Connector`.
_connectors = "wholesale_b2b.accounting.connectors"
b2b_accounting_connectors = [
	f"{_connectors}.file.connector.FileConnector",
	f"{_connectors}.xero.connector.XeroConnector",
	f"{_connectors}.quickbooks.connector.QuickBooksConnector",
	f"{_connectors}.sage.connector.SageConnector",
	f"{_connectors}.iplicit.connector.IplicitConnector",
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
	"Price Override",
]
