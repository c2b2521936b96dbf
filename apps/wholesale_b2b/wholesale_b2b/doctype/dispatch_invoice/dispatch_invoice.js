frappe.ui.form.on("Dispatch Invoice", {
	refresh(frm) {
		wholesale_b2b.listen("form", "b2b_dispatch_invoice", ({ delivery_note }) => {
			if (cur_frm === frm && frm.doc.delivery_note === delivery_note) frm.reload_doc();
		});
		// Frappe hides the field that names the document
		frm.add_custom_button(__("Delivery Note"), () => frappe.set_route("Form", "Delivery Note", frm.doc.delivery_note));
		if (frm.doc.status === "Done" || !frappe.model.can_create("Sales Invoice")) return;
		const waits = ["Queued", "Waiting"].includes(frm.doc.status);
		frm.add_custom_button(waits ? __("Invoice Now") : __("Retry"), async () => {
			const { message } = await frappe.call({
				method: "wholesale_b2b.wholesale_b2b.doctype.dispatch_invoice.dispatch_invoice.retry",
				args: { names: [frm.doc.name] },
				freeze: true,
			});
			frappe.show_alert(
				message
					? { message: __("The invoice is being made."), indicator: "blue" }
					: { message: __("Its Delivery Note is cancelled: there is nothing to invoice."), indicator: "orange" }
			);
			frm.reload_doc();
		});
	},
});
