frappe.listview_settings["Order Import"] = {
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Queued: "blue",
			Running: "blue",
			Stopping: "yellow",
			Stopped: "yellow",
			Completed: "green",
			"Completed with Exceptions": "orange",
			Failed: "red",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
