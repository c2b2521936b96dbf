frappe.listview_settings["Stock Hold"] = {
	hide_name_column: true,
	add_fields: ["until"],
	get_indicator(doc) {
		const colours = { Active: "blue", Consumed: "green", Expired: "gray", Released: "gray" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
	formatters: {
		until: (value) => (value ? `${wholesale_b2b.cell.date(value.slice(0, 10))} ${value.slice(11, 16)}` : ""),
	},
	onload(list) {
		show_all_columns(list);
		if (!frappe.model.can_write("Stock Hold")) return;
		list.page.add_actions_menu_item(__("Release"), () => {
			frappe
				.call({
					method: "wholesale_b2b.wholesale_b2b.doctype.stock_hold.stock_hold.release",
					args: { names: list.get_checked_items(true) },
					freeze: true,
				})
				.then(({ message }) => {
					frappe.show_alert(__("{0} hold(s) released", [message]));
					list.refresh();
				});
		});
	},
};

// Quantity and time are the point of the list: they are shown on a narrow screen too.
function show_all_columns(list) {
	if (list.list_view_settings.total_fields) return;
	list.list_view_settings.total_fields = 10;
	list.setup_columns();
	list.render_header(true);
}
