frappe.listview_settings["Order Hold"] = {
	hide_name_column: true,
	add_fields: ["manual"],
	filters: [["status", "=", "Open"]],
	get_indicator(doc) {
		const open = doc.status === "Open";
		return [open ? __("Open") : __("Released"), open ? "red" : "green", `status,=,${doc.status}`];
	},
};
