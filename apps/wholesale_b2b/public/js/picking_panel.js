// What is to be picked, at the top of a list of ours: a card for each row on a phone, with what is picked of it.

(() => {
	const { cell } = wholesale_b2b;
	const { is_ours } = wholesale_b2b.picking;
	// ERPNext's ways of finding stock, which a list from reservations does not use.
	const NOISE = ["parent_warehouse", "consider_rejected_warehouses", "get_item_locations", "pick_manually", "ignore_pricing_rule"];

	frappe.ui.form.on("Pick List", {
		refresh(frm) {
			const shown = is_ours(frm) && !frm.is_new() && from_orders(frm);
			NOISE.forEach((field) => frm.toggle_display(field, !shown));
			if (shown && frm.doc.docstatus === 0) add(frm);
		},
		scan_mode: (frm) => draw(frm),
	});

	frappe.ui.form.on("Pick List Item", {
		picked_qty: (frm) => draw(frm),
		b2b_short_reason: (frm) => draw(frm),
		locations_remove: (frm) => draw(frm),
	});

	const from_orders = (frm) => frm.doc.locations.length && frm.doc.locations.every((row) => row.sales_order);

	function add(frm) {
		const section = frm.dashboard.add_section(
			`<div class="b2b-picking">
				<input type="text" class="form-control b2b-scan" autocomplete="off" autocapitalize="off"
					placeholder="${__("Scan a barcode")}" aria-label="${__("Scan a barcode")}">
				<div class="b2b-picking-rows"></div>
			</div>`,
			__("To Pick")
		);
		// before the connections to other documents: it is what the list is opened for
		const card = $(section).closest(".form-dashboard-section");
		card.prependTo(card.parent());
		frm.dashboard.show();
		frm.b2b_picking = $(section).find(".b2b-picking");
		frm.b2b_picking.on("keydown", ".b2b-scan", (event) => {
			if (event.key !== "Enter") return;
			event.preventDefault();
			const barcode = event.target.value.trim();
			event.target.value = "";
			// as if it had been entered in ERPNext's own field
			if (barcode) frm.set_value("scan_barcode", barcode);
		});
		frm.b2b_picking.on("click", "[data-all]", (event) => fill(frm, event.currentTarget.dataset.all));
		draw(frm);
	}

	function draw(frm) {
		if (!frm.b2b_picking || !document.contains(frm.b2b_picking[0])) return;
		const many = new Set(frm.doc.locations.map((row) => row.sales_order)).size > 1;
		frm.b2b_picking.find(".b2b-picking-rows").html(
			wholesale_b2b.table({
				title: __("To Pick"),
				rows: frm.doc.locations,
				columns: [
					{ label: __("Item"), cell: (row) => cell.item(row) },
					{ label: __("Where"), cell: where },
					...(many ? [{ label: __("Order"), cell: (row) => cell.link("Sales Order", row.sales_order) }] : []),
					{ label: __("Pick"), cell: wanted, numeric: true },
					{ label: __("Picked"), cell: (row) => progress(frm, row), numeric: true },
				],
			})
		);
	}

	const where = (row) => [row.warehouse, row.batch_no].filter(Boolean).map(cell.text).join("<br>");

	function wanted(row) {
		const units = `<b>${cell.qty(row.qty)} ${cell.text(__(row.uom))}</b>`;
		return row.uom === row.stock_uom ? units : `${units} <span class="text-muted">= ${cell.qty(row.stock_qty)}</span>`;
	}

	function progress(frm, row) {
		const picked = flt(row.picked_qty);
		const { b2b_stopped = {} } = frm.doc.__onload || {};
		if (row.sales_order in b2b_stopped) return cell.pill("red", picked ? __("Held, put back {0}", [cell.qty(picked)]) : __("Held"));
		if (picked >= flt(row.stock_qty)) return cell.pill("green", __("All {0}", [cell.qty(picked)]));
		if (row.b2b_short_reason) return cell.pill("orange", `${cell.qty(picked)}: ${__(row.b2b_short_reason)}`);
		const count = picked ? cell.pill("blue", __("{0} of {1}", [cell.qty(picked), cell.qty(row.stock_qty)])) : "";
		const all = frm.doc.scan_mode ? "" : `<button type="button" class="btn btn-xs btn-default" data-all="${row.name}">${__("All")}</button>`;
		return `${count} ${all}`.trim() || `<span class="text-muted">0</span>`;
	}

	function fill(frm, name) {
		const row = frm.doc.locations.find((other) => other.name === name);
		frappe.model.set_value(row.doctype, row.name, "picked_qty", row.stock_qty);
	}
})();
