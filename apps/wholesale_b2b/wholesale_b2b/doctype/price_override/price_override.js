frappe.ui.form.on("Price Override", {
	refresh(frm) {
		frm.disable_save();
		if (!["Awaiting Approval", "Rejected"].includes(frm.doc.status)) return;
		const METHOD = "wholesale_b2b.wholesale_b2b.doctype.price_override.price_override";
		const decide = async (name, args) => {
			await frappe.xcall(`${METHOD}.${name}`, { name: frm.doc.name, ...args });
			frm.reload_doc();
		};
		frm.add_custom_button(__("Approve"), () =>
			frappe.prompt(
				[{ fieldname: "note", fieldtype: "Small Text", label: __("Note") }],
				(values) => decide("approve", values),
				__("Approve {0} for {1}", [format_currency(frm.doc.rate, frm.doc.currency), frm.doc.item_code]),
				__("Approve")
			)
		).addClass("btn-primary");
		if (frm.doc.status === "Rejected") return;
		frm.add_custom_button(__("Refuse"), () =>
			frappe.prompt(
				[{ fieldname: "note", fieldtype: "Small Text", label: __("Why?"), reqd: 1 }],
				(values) => decide("reject", values),
				__("Refuse {0} for {1}", [format_currency(frm.doc.rate, frm.doc.currency), frm.doc.item_code]),
				__("Refuse")
			)
		);
	},
});
