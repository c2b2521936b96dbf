frappe.listview_settings["Trade Pro Forma"] = {
	add_fields: ["status", "may_be_picked"],
	get_indicator(doc) {
		const colours = { Unpaid: "orange", "Partly Paid": "yellow", Paid: "green", Expired: "red", Cancelled: "gray" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
