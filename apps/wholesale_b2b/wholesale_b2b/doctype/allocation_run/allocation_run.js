frappe.ui.form.on("Allocation Run", {
	refresh(frm) {
		if (frm.doc.status === "Failed") {
			frm.set_intro(__("Nothing was changed by this run. Its items are tried again every minute until they succeed."), "red");
		} else if (!frm.doc.change_count) {
			frm.set_intro(__("Every promise was right already: this run changed nothing."), "green");
		}
	},
});
