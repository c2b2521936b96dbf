// What of an Item is on the shelf, reserved, available to sell and to come, per warehouse.

(() => {
	const { cell } = wholesale_b2b;
	const PANEL = "b2b_stock_html";

	frappe.ui.form.on("Item", { refresh: (frm) => show(frm) });

	async function show(frm) {
		const on = wholesale_b2b.companies().length && wholesale_b2b.may_see_stock() && frm.doc.is_stock_item;
		frm.set_df_property("b2b_stock_section", "hidden", on && !frm.is_new() ? 0 : 1);
		if (!on || frm.is_new()) return wholesale_b2b.draw(frm, PANEL, "");
		const item = frm.doc.name;
		const answer = await wholesale_b2b.ask("availability", { items: [item] });
		if (frm.doc.name !== item) return;
		wholesale_b2b.draw(frm, PANEL, answer ? stock_html(answer.items[0]) : "");
	}

	function stock_html(stock) {
		if (!stock.warehouses.length) {
			return wholesale_b2b.empty(__("None in stock and none on order. Stock that arrives or is ordered shows here, warehouse by warehouse."));
		}
		const total = { ...stock, warehouse: __("All Warehouses") };
		const board = wholesale_b2b.board_link(stock.item_code, {}, __("Allocation Board"));
		return stock_table(stock, stock.warehouses.length > 1 ? total : null) + links(stock) + board;
	}

	function stock_table(stock, total) {
		const figure = (label, field) => ({ label, numeric: 1, cell: (row) => cell.some(row[field]) });
		return wholesale_b2b.table({
			title: __("Stock per warehouse, in {0}", [__(stock.stock_uom)]),
			rows: stock.warehouses,
			total,
			columns: [
				{ label: __("Warehouse"), cell: (row) => cell.text(row.warehouse) },
				figure(__("Actual"), "actual_qty"),
				...(stock.expired_qty ? [figure(__("Expired"), "expired_qty")] : []),
				figure(__("Reserved"), "reserved_qty"),
				{ label: __("Available to Sell"), numeric: 1, cell: (row) => `<b>${cell.qty(row.ats_qty)}</b>` },
				figure(__("In Transit"), "in_transit_qty"),
				figure(__("Inbound"), "inbound_qty"),
				figure(__("Pre-Allocated"), "pre_allocated_qty"),
				{ label: __("Next to Promise"), cell: next_to_promise },
			],
		});
	}

	function next_to_promise(row) {
		if (!row.next_qty) return cell.muted(row.inbound_qty ? __("all promised") : "–");
		return __("{0} on {1}", [cell.qty(row.next_qty), cell.expected(row.next_date)]);
	}

	function links(stock) {
		const found = [
			[stock.reserved_qty, "Stock Reservation Entry", { item_code: stock.item_code, docstatus: 1 }, __("Who has it reserved")],
			[stock.pre_allocated_qty, "Stock Pre Allocation", { item_code: stock.item_code, status: "Open" }, __("Who waits for it")],
		].filter(([qty, doctype]) => qty && frappe.model.can_read(doctype));
		return found
			.map(([, doctype, filters, words]) => `<a class="btn btn-xs btn-default mr-2" href="${list_address(doctype, filters)}">${words}</a>`)
			.join("");
	}

	const list_address = (doctype, filters) =>
		`/app/${frappe.router.slug(doctype)}?${new URLSearchParams(filters).toString()}`;
})();
