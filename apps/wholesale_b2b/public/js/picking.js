// A pick list of ours: what has stopped, and why not all was picked. Beside it: picking_panel.js, picking_scanner.js.

(() => {
	const REASONS = ["Missing", "Damaged", "Expired", "Left for Later"];

	const { is_ours } = wholesale_b2b.picking;

	frappe.ui.form.on("Pick List", {
		refresh(frm) {
			if (!is_ours(frm)) return;
			show_stopped(frm);
			if (!frm.doc.locations.length && frm.doc.docstatus === 1) show_nothing_found(frm);
			if (frm.is_new()) return;
			frm.add_custom_button(
				__("Short Picks"),
				() => frappe.set_route("List", "Short Pick", { pick_list: frm.doc.name }),
				__("View")
			);
		},

		before_submit: (frm) => (is_ours(frm) ? ask_why(frm) : undefined),
	});

	// ---- what has stopped ----

	// What is held stands above already; here is what that means for this list, and what of it has ended.
	function show_stopped(frm) {
		const { cell } = wholesale_b2b;
		const { b2b_stopped = {}, b2b_ended = {} } = frm.doc.__onload || {};
		const stopped = { ...b2b_stopped, ...b2b_ended };
		if (!Object.keys(stopped).length) return;
		const lines = Object.entries(b2b_ended).map(([order, why]) => `${cell.link("Sales Order", order)}: ${why.map(cell.text).join(" ")}`);
		const others = (frm.doc.locations || []).some((row) => !(row.sales_order in stopped));
		lines.push(
			others
				? __("Pick the others: what is held is left out when you submit.")
				: Object.keys(b2b_stopped).length
				? __("Put back what has been picked, or wait: this list goes on by itself when nothing holds it any more.")
				: __("Put back what has been picked and delete or cancel this list.")
		);
		wholesale_b2b.headline(frm, lines.join("<br>"), "red");
	}

	function show_nothing_found(frm) {
		wholesale_b2b.headline(frm, __("Nothing of this list was picked. Its Short Picks say why."), "orange");
	}

	// ---- why not all ----

	async function ask_why(frm) {
		const short = frm.doc.locations.filter((row) => left_of(frm, row) > 0 && !row.b2b_short_reason);
		if (!short.length) return;
		const reasons = await reasons_for(short.map((row) => ({ row, left: left_of(frm, row) })));
		if (!reasons) {
			frappe.validated = false;
			return;
		}
		short.forEach((row, at) => frappe.model.set_value(row.doctype, row.name, "b2b_short_reason", reasons[at]));
	}

	// What of a row was not picked: without scanning, a row that says nothing was picked in full.
	function left_of(frm, row) {
		const says_nothing = !flt(row.picked_qty) && !frm.doc.scan_mode && !row.b2b_short_reason;
		return says_nothing ? 0 : flt(row.stock_qty) - flt(row.picked_qty);
	}

	function reasons_for(short) {
		const { cell } = wholesale_b2b;
		return new Promise((resolve) => {
			const dialog = new frappe.ui.Dialog({
				title: __("Not all was picked: why?"),
				fields: short.map(({ row, left }, at) => ({
					fieldname: `reason_${at}`,
					fieldtype: "Select",
					options: REASONS,
					reqd: 1,
					label: __("{0}: {1} of {2} {3} not picked", [row.item_code, cell.qty(left), cell.qty(row.stock_qty), __(row.stock_uom)]),
				})),
				primary_action_label: __("Submit"),
				primary_action(values) {
					resolve(short.map((_row, at) => values[`reason_${at}`]));
					dialog.hide();
				},
			});
			dialog.on_hide = () => resolve(null);
			dialog.show();
		});
	}
})();
