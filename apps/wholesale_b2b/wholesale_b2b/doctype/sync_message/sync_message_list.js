frappe.listview_settings["Sync Message"] = {
	add_fields: ["status", "direction"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = {
			Queued: "blue",
			Sending: "blue",
			Waiting: "yellow",
			Done: "green",
			"Needs Attention": "red",
			"Dry Run": "purple",
			Superseded: "gray",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
	onload(list) {
		for (const [label, method] of [
			[__("Replay"), "replay"],
			[__("Leave It"), "leave"],
		]) {
			list.page.add_actions_menu_item(label, async () => {
				const { message } = await frappe.call({
					method: `wholesale_b2b.wholesale_b2b.doctype.sync_message.sync_message.${method}`,
					args: { names: list.get_checked_items(true) },
					freeze: true,
				});
				frappe.show_alert(__("{0} messages", [message]));
				list.refresh();
			});
		}
	},
};
