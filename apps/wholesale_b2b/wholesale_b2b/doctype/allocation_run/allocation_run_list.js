frappe.listview_settings["Allocation Run"] = {
	hide_name_column: true,
	get_indicator(doc) {
		return [__(doc.status), doc.status === "Failed" ? "red" : "green", `status,=,${doc.status}`];
	},
};
