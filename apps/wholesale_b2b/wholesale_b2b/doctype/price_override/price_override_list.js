frappe.listview_settings["Price Override"] = {
	add_fields: ["status", "below_floor"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = {
			Logged: "gray",
			"Awaiting Approval": "orange",
			Approved: "green",
			Rejected: "red",
			Withdrawn: "gray",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
