// *Dispatch* on a picked list: a Delivery Note for each shipment, instead of ERPNext's one for each customer.

(() => {
	frappe.ui.form.on("Pick List", {
		refresh(frm) {
			if (!is_ours(frm)) return;
			frm.remove_custom_button(__("Create Delivery Note"), __("Create"));
			if (frm.doc.status === "Completed" || !frappe.model.can_create("Delivery Note")) return;
			// the primary action is the one that a phone shows
			if (!frm.is_dirty()) frm.page.set_primary_action(__("Dispatch"), () => ask(frm));
		},
	});

	const is_ours = (frm) =>
		frm.doc.docstatus === 1 &&
		frm.doc.purpose === "Delivery" &&
		wholesale_b2b.is_on(frm.doc.company) &&
		(frm.doc.locations || []).every((row) => row.sales_order);

	// other picked lists whose units go on the same notes
	const beside = (frm) => (frm.doc.__onload && frm.doc.__onload.b2b_together) || [];

	function ask(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Dispatch {0}", [frm.doc.name]),
			fields: [
				{
					fieldname: "transporter",
					fieldtype: "Link",
					options: "Supplier",
					label: __("Carrier"),
					get_query: () => ({ filters: { is_transporter: 1, disabled: 0 } }),
					description: __("A supplier that is marked as a transporter. It may follow later."),
				},
				{ fieldname: "tracking_number", fieldtype: "Data", label: __("Tracking Number") },
				{
					fieldname: "with_others",
					fieldtype: "Check",
					label: __("With What Other Lists Have for the Same Notes"),
					default: beside(frm).length ? 1 : 0,
					hidden: !beside(frm).length,
					description: __("The account consolidates deliveries. Also picked: {0}", [beside(frm).join(", ")]),
				},
			],
			primary_action_label: __("Dispatch"),
			primary_action: (values) => {
				// a second press waits for the answer to the first
				dialog.disable_primary_action();
				dispatch(frm, values).then(
					() => dialog.hide(),
					() => dialog.enable_primary_action()
				);
			},
		});
		dialog.show();
	}

	async function dispatch(frm, values) {
		const { message } = await frappe.call({
			method: "wholesale_b2b.api.v1.dispatch",
			args: { pick_list: frm.doc.name, ...values },
			freeze: true,
			freeze_message: __("Making the Delivery Notes…"),
		});
		await frm.reload_doc();
		if (message.notes.length === 1 && !Object.keys(message.held).length) return frappe.set_route("Form", "Delivery Note", message.notes[0].name);
		show_notes(frm, message);
	}

	function show_notes(frm, { made, notes, held }) {
		const { cell } = wholesale_b2b;
		const title = made.length
			? __("{0} Delivery Notes made", [made.length])
			: __("All of {0} is on Delivery Notes already", [frm.doc.name]);
		const dialog = new frappe.ui.Dialog({ title, size: "extra-large", indicator: "green" });
		const staying = Object.entries(held).map(
			([order, reasons]) =>
				`<p>${cell.pill("red", __("Held"))} ${cell.link("Sales Order", order)}: ${reasons.map(cell.text).join(" ")}</p>`
		);
		dialog.$body.html(
			staying.join("") + wholesale_b2b.table({
				title: __("Delivery Notes"),
				rows: notes,
				columns: [
					{ label: __("Delivery Note"), cell: (row) => cell.link("Delivery Note", row.name) },
					{ label: __("Customer"), cell: (row) => cell.text(row.customer) },
					{ label: __("To"), cell: (row) => cell.text(row.shipping_address_name) },
					{ label: __("Wanted"), cell: (row) => cell.date(row.b2b_requested_date) },
					{
						label: __("Status"),
						cell: (row) => (row.docstatus ? cell.pill("green", __("Shipped")) : cell.pill("orange", __("Draft"))),
					},
				],
			})
		);
		dialog.show();
	}
})();
