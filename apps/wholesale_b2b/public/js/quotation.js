// Stock kept for a quotation until a time.

(() => {
	const METHOD = "wholesale_b2b.wholesale_b2b.doctype.stock_hold.stock_hold";
	const ENDED = ["Ordered", "Lost", "Cancelled"];

	frappe.ui.form.on("Quotation", {
		refresh: (frm) => show(frm),
	});

	async function show(frm) {
		const { doc } = frm;
		if (frm.is_new() || doc.docstatus === 2 || !wholesale_b2b.is_on(doc.company)) return;
		const { message: holds } = await frappe.call({
			method: `${METHOD}.of_quotation`,
			args: { quotation: doc.name },
			type: "GET",
		});
		if (frm.doc.name !== doc.name) return;
		if (holds.length) headline(frm, holds);
		if (!frm.perm[0].write || ENDED.includes(doc.status)) return;
		frm.remove_custom_button(__("Hold Stock Until…"), __("Stock"));
		frm.remove_custom_button(__("Release"), __("Stock"));
		frm.add_custom_button(__("Hold Stock Until…"), () => ask(frm, holds), __("Stock"));
		if (holds.length) frm.add_custom_button(__("Release"), () => release(frm), __("Stock"));
	}

	function headline(frm, holds) {
		const { cell } = wholesale_b2b;
		const units = holds.map((hold) => `${cell.qty(hold.qty)} × ${cell.text(hold.item_code)}`);
		const until = frappe.datetime.str_to_user(holds.map((hold) => hold.until).sort()[0]);
		const shown = units.slice(0, 5).join(", ") + (units.length > 5 ? "…" : "");
		wholesale_b2b.headline(frm, __("Held until {0}: {1}", [until, shown]), "blue");
	}

	async function ask(frm, holds) {
		if (frm.is_dirty()) await frm.save();
		const dialog = new frappe.ui.Dialog({
			title: __("Hold Stock for {0}", [frm.doc.name]),
			fields: [
				{
					fieldname: "until",
					fieldtype: "Datetime",
					label: __("Until"),
					reqd: 1,
					default: holds.length ? holds[0].until : default_until(frm),
					description: __("The hold ends by itself at this time."),
				},
				{
					fieldname: "allow_partial",
					fieldtype: "Check",
					label: __("Less Will Do"),
					description: __("Lines of which there is too little keep what there is."),
				},
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason") },
			],
			primary_action_label: __("Hold"),
			async primary_action(values) {
				const { message: lines } = await frappe.call({
					method: `${METHOD}.hold_quotation`,
					args: { quotation: frm.doc.name, ...values, allow_partial: values.allow_partial ? 1 : 0 },
					freeze: true,
				});
				dialog.hide();
				report(lines);
				frm.refresh();
			},
		});
		dialog.show();
	}

	// Three days from now, or the end of the quotation's last day if that is sooner.
	function default_until(frm) {
		const soon = frappe.datetime.add_days(frappe.datetime.nowdate(), 3);
		const { valid_till } = frm.doc;
		const last = valid_till && valid_till >= frappe.datetime.nowdate() && valid_till < soon ? valid_till : soon;
		return `${last} 18:00:00`;
	}

	function report(lines) {
		const { cell } = wholesale_b2b;
		const all = lines.every((line) => line.held >= line.wanted);
		frappe.msgprint({
			title: all ? __("Held") : __("Held in Part"),
			indicator: all ? "green" : "orange",
			message: wholesale_b2b.table({
				title: __("Held"),
				rows: lines,
				columns: [
					{ label: __("Item"), cell: cell.item },
					{ label: __("Warehouse"), cell: (line) => cell.text(line.warehouse) },
					{ label: __("Asked For"), numeric: 1, cell: (line) => cell.some(line.wanted) },
					{ label: __("Held"), numeric: 1, cell: (line) => cell.some(line.held) },
					{ label: __("Note"), wide: 1, cell: (line) => cell.muted(cell.text(line.note)) },
				],
			}),
		});
	}

	function release(frm) {
		frappe.confirm(__("Let go of all that {0} holds?", [frm.doc.name]), async () => {
			const { message } = await frappe.call({
				method: `${METHOD}.release_quotation`,
				args: { quotation: frm.doc.name },
				freeze: true,
			});
			frappe.show_alert({ message: __("{0} hold(s) released", [message]), indicator: "green" });
			frm.refresh();
		});
	}
})();
