frappe.listview_settings["Dispatch Invoice"] = {
	get_indicator(doc) {
		const colours = { Queued: "blue", Waiting: "yellow", Failed: "red", Done: "green", Stopped: "gray" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
	onload(list) {
		if (!frappe.model.can_create("Sales Invoice")) return;
		list.page.add_actions_menu_item(__("Retry"), async () => {
			const { message } = await frappe.call({
				method: "wholesale_b2b.wholesale_b2b.doctype.dispatch_invoice.dispatch_invoice.retry",
				args: { names: list.get_checked_items(true) },
				freeze: true,
			});
			frappe.show_alert(__("{0} invoices are being made", [message]));
			list.refresh();
		});
	},
};
