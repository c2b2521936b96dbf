frappe.ui.form.on("Return Policy", {
	setup(frm) {
		frm.set_query("warehouse", "conditions", () => ({
			filters: { is_group: 0, disabled: 0, company: frm.doc.company || "" },
		}));
		frm.set_query("restocking_fee_account", () => ({
			filters: { is_group: 0, root_type: "Income", company: frm.doc.company || "" },
		}));
		frm.set_query("default_condition", () => ({
			filters: { name: ["in", (frm.doc.conditions || []).map((row) => row.condition)] },
		}));
		frm.set_query("approver_role", () => ({ filters: { disabled: 0, desk_access: 1 } }));
	},
});
