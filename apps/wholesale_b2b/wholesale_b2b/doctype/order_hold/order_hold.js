frappe.ui.form.on("Order Hold", {
	setup(frm) {
		frm.set_query("sales_order", () => ({
			filters: { docstatus: 1, status: ["not in", ["Closed", "Completed"]] },
		}));
		wholesale_b2b.release_roles().then((roles) => frm.get_field("release_role").set_data(roles));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		// what holds by itself ends by itself, and what a person said stands as it was said
		frm.disable_form();
		const open = frm.doc.status === "Open";
		frm.page.set_indicator(open ? __("Open") : __("Released"), open ? "red" : "green");
		if (!open) return;
		if (frm.doc.manual) {
			const release = () => wholesale_b2b.release_hold(frm.doc.name, () => frm.reload_doc());
			frm.add_custom_button(__("Release…"), release).addClass("btn-primary");
		} else {
			const what = frappe.utils.escape_html(frm.doc.released_by_what || "");
			// the kind is the title, of which a phone shows half
			frm.set_intro(__("{0}. This hold ends by itself. {1}", [__(frm.doc.kind), what]), "blue");
		}
	},
});
