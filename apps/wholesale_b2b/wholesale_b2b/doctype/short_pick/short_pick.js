frappe.ui.form.on("Short Pick", {
	refresh(frm) {
		if (frm.doc.status !== "To Count" || !frm.perm[0].write) return;
		frm.dashboard.set_headline_alert(
			__("Count {0} in {1}: enter a Stock Reconciliation, or a loss. If the units are there and fit, press Found.", [
				wholesale_b2b.cell.link("Item", frm.doc.item_code),
				wholesale_b2b.cell.text(frm.doc.warehouse),
			]),
			"orange"
		);
		frm.add_custom_button(__("Stock Reconciliation"), () => count(frm), __("Create"));
		frm.add_custom_button(__("Found"), () => found(frm));
	},
});

function found(frm) {
	frappe.confirm(__("The {0} units are there and fit? They may be promised again then.", [wholesale_b2b.cell.qty(frm.doc.qty)]), async () => {
		await frappe.call({
			method: "wholesale_b2b.wholesale_b2b.doctype.short_pick.short_pick.settle",
			args: { names: [frm.doc.name] },
			freeze: true,
		});
		frm.reload_doc();
	});
}

function count(frm) {
	frappe.new_doc("Stock Reconciliation", { company: frm.doc.company, purpose: "Stock Reconciliation" }, () => {
		const row = cur_frm.add_child("items");
		frappe.model.set_value(row.doctype, row.name, "warehouse", frm.doc.warehouse);
		frappe.model.set_value(row.doctype, row.name, "item_code", frm.doc.item_code);
		cur_frm.refresh_field("items");
	});
}
