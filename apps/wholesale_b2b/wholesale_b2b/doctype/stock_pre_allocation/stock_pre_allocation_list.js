frappe.listview_settings["Stock Pre Allocation"] = {
	hide_name_column: true,
	onload(listview) {
		// Quantity and date are the point of the list: they are shown on a narrow screen too.
		if (listview.list_view_settings.total_fields) return;
		listview.list_view_settings.total_fields = 10;
		listview.setup_columns();
		listview.render_header(true);
	},
	get_indicator(doc) {
		const colours = { Open: "blue", Converted: "green", Released: "gray" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
	formatters: {
		expected_date(date, df, doc) {
			return doc.status === "Open" ? wholesale_b2b.cell.expected(date) : wholesale_b2b.cell.date(date);
		},
	},
};
