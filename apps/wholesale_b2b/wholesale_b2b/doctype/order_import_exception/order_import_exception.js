frappe.ui.form.on("Order Import Exception", {
	refresh(frm) {
		if (frm.doc.status !== "Open") {
			frm.disable_form();
			return;
		}
		frm.set_intro(frappe.utils.escape_html(frm.doc.message || "").replace(/\n/g, "<br>"), "orange");
		if (!frm.perm[0].write) return;
		frm.page.set_secondary_action(__("Dismiss"), () => {
			frappe.confirm(__("Close row {0} without ordering it?", [frm.doc.row_no]), () =>
				wholesale_b2b_exceptions.call("dismiss", [frm.doc.name], () => frm.reload_doc())
			);
		});
		frm.add_custom_button(__("Replay"), async () => {
			if (frm.is_dirty()) await frm.save();
			wholesale_b2b_exceptions.call("replay", [frm.doc.name], () => frm.reload_doc());
		}).addClass("btn-primary");
	},
});

window.wholesale_b2b_exceptions = {
	call(action, names, done) {
		frappe
			.call({
				method: `wholesale_b2b.wholesale_b2b.doctype.order_import_exception.order_import_exception.${action}`,
				args: { names },
				freeze: true,
				freeze_message: action === "replay" ? __("Replaying…") : "",
			})
			.then(({ message }) => {
				if (action === "replay") this.report(message || []);
				done();
			});
	},

	report(results) {
		const escape = frappe.utils.escape_html;
		const lines = results.map((result) => {
			const parts = [];
			if (result.sales_order) {
				const link = frappe.utils.get_form_link("Sales Order", result.sales_order, true);
				parts.push(__("{0} row(s) now on {1}.", [result.replayed, link]));
			}
			if (result.waiting) {
				parts.push(__("{0} row(s) still wait: {1}", [result.waiting, escape(result.message)]));
			}
			return `<p><b>${escape(result.order_no || __("No order number"))}</b>: ${parts.join(" ")}</p>`;
		});
		frappe.msgprint({
			title: __("Replay"),
			message: lines.join("") || __("None of the rows was open any more."),
			indicator: results.some((result) => result.waiting) ? "orange" : "green",
		});
	},
};
