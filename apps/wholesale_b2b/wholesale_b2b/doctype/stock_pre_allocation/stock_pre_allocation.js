frappe.ui.form.on("Stock Pre Allocation", {
	refresh(frm) {
		const { status, expected_date } = frm.doc;
		if (status === "Converted") {
			frm.set_intro(__("These units arrived and are reserved on the shelf for the order."), "green");
		} else if (status === "Released") {
			frm.set_intro(__("This promise has ended: the order no longer needs the units, or the supply no longer has them."), "yellow");
		} else if (wholesale_b2b.cell.is_past(expected_date)) {
			frm.set_intro(__("The supply is overdue. Give its purchase order a new date and the order's promise date follows."), "red");
		}
	},
});
