frappe.ui.form.on("Customer Mail", {
	refresh(frm) {
		if (!["Failed", "Not Sent"].includes(frm.doc.status)) return;
		frm.add_custom_button(__("Send Again"), async () => {
			await frappe.call({
				method: "wholesale_b2b.wholesale_b2b.doctype.customer_mail.customer_mail.retry",
				args: { names: [frm.doc.name] },
				freeze: true,
			});
			frm.reload_doc();
		});
	},
});
