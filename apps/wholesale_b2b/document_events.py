"""Which document asks whom for what, event by event; handlers of one event run in the order in which they stand."""

# ---- allocation ---------------------------------------------------------------------------------------------------

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
_dispatch = "wholesale_b2b.fulfilment.dispatch.events"
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
		"before_submit": [_order["before_submit"], _veto, f"{_pro_forma}.before_purchase"],
	},
	"Purchase Order Item": {
		**_row,
		"before_update_after_submit": [
			_row["before_update_after_submit"],
			f"{_held}.before_more_is_bought",
			f"{_pro_forma}.before_more_is_bought",
		],
	},
	"Purchase Receipt": _receipt,
	"Purchase Invoice": _receipt,
	"Delivery Note": {
		**_delivery,
		"before_submit": [
			*_delivery["before_submit"],
			f"{_dispatch}.before_shipment",
			f"{_credit}.before_delivery",
			f"{_pro_forma}.before_shipment",
		],
		"on_submit": [
			_delivery["on_submit"],
			f"{_returns}.after_submit",
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
			f"{_returns}.after_cancel",
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
		"on_cancel": [
			_payment["on_cancel"],
			f"{_credit}.after_journal",
			f"{_books}.after_journal_change",
		],
		"on_update_after_submit": [
			*_payment["on_update_after_submit"],
			f"{_books}.after_journal_change",
		],
	},
	"Currency Exchange": {
		"on_update": f"{_credit}.after_exchange_rate",
		"on_trash": f"{_credit}.after_exchange_rate",
	},
	"Payment Request": {"before_insert": f"{_pro_forma}.before_payment_request"},
	"Unreconcile Payment": {
		"before_submit": f"{_pro_forma}.before_payment",
		"on_submit": [
			f"{_pro_forma}.after_unreconcile",
			f"{_credit}.after_unreconcile",
			f"{_books}.after_unreconcile",
		],
	},
	"Sales Invoice": {
		**_delivery,
		"after_mapping": f"{_pricing}.after_mapping_all",
		"validate": [*_delivery["validate"], f"{_pro_forma}.on_invoice_save"],
		"before_submit": [
			*_delivery["before_submit"],
			f"{_dispatch}.before_shipment",
			f"{_policies}.before_invoice",
			f"{_credit}.before_invoice",
			f"{_pro_forma}.before_shipment",
		],
		"before_cancel": [
			_delivery["before_cancel"],
			f"{_pro_forma}.before_invoice_cancel",
			f"{_books}.before_invoice_cancel",
		],
		"on_submit": [
			_delivery["on_submit"],
			f"{_returns}.after_submit",
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
			f"{_returns}.after_cancel",
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
		"before_submit": [f"{_events}.before_stock_entry", _veto, f"{_pro_forma}.before_stock_entry"],
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
		"before_validate": [
			_on_account["before_validate"],
			f"{_returns}.before_validate",
			f"{_pricing}.before_validate",
		],
		"validate": [
			_priced["validate"],
			f"{_leaving}.on_save",
			f"{_held}.on_shipping_save",
			f"{_returns}.on_till_save",
		],
		"before_submit": [
			_priced["before_submit"],
			f"{_returns}.before_submit",
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
	"Company": {"validate": f"{_export}.on_company_save", "on_update": f"{_export}.after_company"},
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
