frappe.listview_settings["Short Pick"] = {
	get_indicator: (doc) => [__(doc.status), doc.status === "To Count" ? "orange" : "green", `status,=,${doc.status}`],
	onload(list) {
		if (!list.can_write) return;
		list.page.add_actions_menu_item(__("Found"), async () => {
			await frappe.call({
				method: "wholesale_b2b.wholesale_b2b.doctype.short_pick.short_pick.settle",
				args: { names: list.get_checked_items(true) },
				freeze: true,
			});
			list.refresh();
		});
	},
};
