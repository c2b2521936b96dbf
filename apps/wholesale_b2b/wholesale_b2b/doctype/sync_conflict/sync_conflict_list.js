frappe.listview_settings["Sync Conflict"] = {
	add_fields: ["status"],
	hide_name_column: true,
	get_indicator: (doc) => [__(doc.status), doc.status === "Open" ? "red" : "green", `status,=,${doc.status}`],
};
