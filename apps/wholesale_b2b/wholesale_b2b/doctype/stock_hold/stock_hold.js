frappe.ui.form.on("Stock Hold", {
	setup(frm) {
		frm.set_query("warehouse", () => ({ filters: { is_group: 0, disabled: 0, company: frm.doc.company || "" } }));
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 1, disabled: 0 } }));
		frm.set_query("company", () => ({ filters: { name: ["in", wholesale_b2b.companies()] } }));
		frm.set_query("for_doctype", () => ({ filters: { name: "Quotation" } }));
		frm.set_query("for_name", () => ({ filters: { docstatus: ["<", 2], company: frm.doc.company || "" } }));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		const ended = frm.doc.status !== "Active";
		frm.set_df_property("until", "read_only", ended ? 1 : 0);
		if (ended || !frm.perm[0].write) return;
		if (frm.doc.until <= frappe.datetime.now_datetime()) {
			frm.set_intro(__("Its time is over: its units are free, and it is closed within a minute."), "orange");
		}
		frm.add_custom_button(__("Release"), () => {
			frappe.call({
				method: "wholesale_b2b.wholesale_b2b.doctype.stock_hold.stock_hold.release",
				args: { names: [frm.doc.name] },
				freeze: true,
				callback: () => frm.reload_doc(),
			});
		});
	},
});
