frappe.listview_settings["Stock Protection"] = {
	hide_name_column: true,
	add_fields: ["enabled", "valid_from", "valid_upto", "has_ceiling", "apply_on", "protect_for"],
	get_indicator(doc) {
		const today = frappe.datetime.get_today();
		if (!doc.enabled) return [__("Disabled"), "gray", "enabled,=,0"];
		if (doc.valid_upto && doc.valid_upto < today) return [__("Past"), "gray", `valid_upto,<,${today}`];
		if (doc.valid_from && doc.valid_from > today) return [__("To Come"), "blue", `valid_from,>,${today}`];
		return [__("In Force"), "green", "enabled,=,1"];
	},
	onload(list) {
		// What a row is about is the point of the list: it is shown on a narrow screen too.
		if (list.list_view_settings.total_fields) return;
		list.list_view_settings.total_fields = 10;
		list.setup_columns();
		list.render_header(true);
	},
	formatters: {
		ceiling: (value, df, doc) => (doc.has_ceiling ? wholesale_b2b.cell.qty(value) : ""),
	},
};
