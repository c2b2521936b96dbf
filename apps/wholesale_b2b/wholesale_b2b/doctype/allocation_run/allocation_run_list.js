frappe.listview_settings["Allocation Run"] = {
	hide_name_column: true,
	add_fields: ["run_type"],
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Simulated: "orange",
			Simulating: "blue",
			Applying: "blue",
			Undoing: "blue",
			"Partly Undone": "orange",
			Undone: "gray",
			Failed: "red",
		};
		return [__(doc.status), colours[doc.status] || "green", `status,=,${doc.status}`];
	},
	onload(list) {
		list.page.add_inner_button(__("Re-Sequencings Only"), () =>
			list.filter_area.add([["Allocation Run", "run_type", "=", "Re-Sequencing"]])
		);
	},
};
