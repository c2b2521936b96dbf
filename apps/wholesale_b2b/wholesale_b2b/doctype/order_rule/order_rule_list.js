frappe.listview_settings["Order Rule"] = {
	add_fields: ["enabled"],
	onload(list) {
		// What a row is about is the point of the list: it is shown on a narrow screen too.
		if (list.list_view_settings.total_fields) return;
		list.list_view_settings.total_fields = 10;
		list.setup_columns();
		list.render_header(true);
	},
	formatters: {
		priority: (value) => value || "",
		strategy: (value) => (value ? __(value) : ""),
	},
	get_indicator(doc) {
		return doc.enabled
			? [__("Enabled"), "green", "enabled,=,1"]
			: [__("Disabled"), "gray", "enabled,=,0"];
	},
};
