// Returns by Delivery Note, Sales Invoice and till: the condition in the grid, what is outside the Return Policy, who approves it.

(() => {
	const COLOURS = { "Needs Approval": "orange", Approved: "blue", "Within Policy": "green" };

	for (const doctype of ["Delivery Note", "Sales Invoice", "POS Invoice"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				const ours = frm.doc.is_return && wholesale_b2b.is_on(frm.doc.company);
				show_condition(frm, ours);
				show_state(frm, ours);
			},
		});
	}

	// Only returns have the column: a grid has the same columns for all documents of a form.
	function show_condition(frm, ours) {
		const { grid } = frm.fields_dict.items;
		const field = frappe.meta.get_docfield(`${frm.doctype} Item`, "b2b_condition", frm.docname);
		if (!field || Boolean(field.in_list_view) === Boolean(ours)) return;
		field.in_list_view = ours ? 1 : 0;
		grid.update_docfield_property("b2b_condition", "in_list_view", field.in_list_view);
		grid.visible_columns = [];
		grid.reset_grid();
	}

	function show_state(frm, ours) {
		const waits = ours && frm.doc.docstatus === 0 && frm.doc.b2b_return_status === "Needs Approval";
		if (!ours || frm.is_new() || frm.doc.docstatus !== 0 || !frm.doc.b2b_return_status) return;
		const why = frappe.utils.escape_html(frm.doc.b2b_return_breaches || "");
		if (waits) {
			wholesale_b2b.headline(frm, __("Outside the Return Policy: {0}", [why]), COLOURS["Needs Approval"]);
			frm.add_custom_button(__("Approve Return"), () => ask(frm));
		} else if (frm.doc.b2b_return_status === "Approved") {
			const who = frappe.utils.escape_html(frm.doc.b2b_return_approved_by);
			wholesale_b2b.headline(frm, __("Approved by {0}: {1}", [who, why]), COLOURS.Approved);
		}
	}

	function ask(frm) {
		frappe.prompt(
			{
				fieldname: "reason",
				fieldtype: "Small Text",
				label: __("Why it is taken back all the same"),
				reqd: 1,
			},
			async ({ reason }) => {
				await frappe.call({
					method: "wholesale_b2b.api.v1.approve_return",
					args: { doctype: frm.doctype, name: frm.doc.name, reason },
					freeze: true,
				});
				frm.reload_doc();
			},
			__("Approve Return"),
			__("Approve")
		);
	}
})();
