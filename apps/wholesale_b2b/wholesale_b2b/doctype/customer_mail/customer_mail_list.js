frappe.listview_settings["Customer Mail"] = {
	hide_name_column: true,
	get_indicator(doc) {
		const colours = { Queued: "blue", Sent: "green", Failed: "red", "Not Sent": "orange" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
	onload(list) {
		list.page.add_actions_menu_item(__("Send Again"), async () => {
			const { message } = await frappe.call({
				method: "wholesale_b2b.wholesale_b2b.doctype.customer_mail.customer_mail.retry",
				args: { names: list.get_checked_items(true) },
				freeze: true,
			});
			frappe.show_alert(__("{0} mails are being sent", [message]));
			list.refresh();
		});
	},
};
