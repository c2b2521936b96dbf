frappe.listview_settings["Order Import Exception"] = {
	filters: [["status", "=", "Open"]],
	add_fields: ["status"],
	get_indicator(doc) {
		const colour = { Open: "orange", Replayed: "green", Dismissed: "gray" }[doc.status];
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
	onload(list) {
		const act = (action) => {
			const names = list.get_checked_items(true);
			frappe
				.call({
					method: `wholesale_b2b.wholesale_b2b.doctype.order_import_exception.order_import_exception.${action}`,
					args: { names },
					freeze: true,
				})
				.then(({ message }) => {
					list.refresh();
					if (action === "dismiss") {
						frappe.show_alert(__("{0} row(s) dismissed", [message]));
						return;
					}
					const rows = (key) => message.reduce((sum, result) => sum + result[key], 0);
					frappe.msgprint({
						title: __("Replay"),
						message: __("{0} row(s) ordered, {1} row(s) still wait. Each says why.", [
							rows("replayed"),
							rows("waiting"),
						]),
						indicator: rows("waiting") ? "orange" : "green",
					});
				});
		};
		list.page.add_actions_menu_item(__("Replay"), () => act("replay"), false);
		list.page.add_actions_menu_item(
			__("Dismiss"),
			() => frappe.confirm(__("Close the chosen rows without ordering them?"), () => act("dismiss")),
			false
		);
	},
};
