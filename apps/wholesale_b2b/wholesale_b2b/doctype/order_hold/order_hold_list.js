frappe.listview_settings["Order Hold"] = {
	hide_name_column: true,
	// names are made of letters that say nothing
	hide_name_filter: true,
	add_fields: ["manual", "sales_order", "trade_account"],
	filters: [["status", "=", "Open"]],
	formatters: {
		kind(value, df, doc) {
			const parts = [__(value), doc.sales_order || doc.trade_account];
			// on a phone nothing but the beginning of the title is shown
			return (frappe.is_mobile() ? parts.reverse() : parts).join(" · ");
		},
	},
	get_indicator(doc) {
		const open = doc.status === "Open";
		return [open ? __("Open") : __("Released"), open ? "red" : "green", `status,=,${doc.status}`];
	},
};
