frappe.ui.form.on("Fulfilment Policy", {
	refresh(frm) {
		frm.set_intro("");
		if (frm.is_new()) return;
		if (!frm.doc.enabled) {
			frm.set_intro(__("This policy is not enabled: whoever names it is served as if nobody had."), "orange");
		}
		frm.add_custom_button(
			__("Trade Accounts"),
			() => frappe.set_route("List", "Trade Account", { fulfilment_policy: frm.doc.name }),
			__("Followed By")
		);
		frm.add_custom_button(
			__("Order Rules"),
			() => frappe.set_route("List", "Order Rule", { fulfilment_policy: frm.doc.name }),
			__("Followed By")
		);
	},
});
