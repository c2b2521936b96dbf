frappe.listview_settings["Stock Pre Allocation"] = {
	add_fields: ["supply_type", "supply_name", "customer"],
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
