// Who waits for each row of a document that brings stock. The form scripts of these documents call it by name.

(() => {
	const { cell } = wholesale_b2b;
	const PANEL = "b2b_allocation_html";

	// brings_stock: of a submitted document, whether it is one that stock comes with.
	wholesale_b2b.show_who_waits = (doctype, brings_stock = () => true) =>
		frappe.ui.form.on(doctype, {
			refresh: (frm) => show(frm, brings_stock),
			company: (frm) => show(frm, brings_stock),
		});

	async function show(frm, brings_stock) {
		const on = wholesale_b2b.is_on(frm.doc.company) && frm.doc.docstatus === 1 && brings_stock(frm.doc);
		frm.set_df_property("b2b_allocation_section", "hidden", on ? 0 : 1);
		if (!on) return wholesale_b2b.draw(frm, PANEL, "");
		const shown = frm.doc.name;
		const answer = await wholesale_b2b.ask("supply_allocation", { supply_type: frm.doctype, supply_name: shown });
		if (frm.doc.name !== shown) return;
		if (!answer) {
			return wholesale_b2b.draw(frm, PANEL, wholesale_b2b.empty(__("Who waits could not be loaded.")));
		}
		const rows = answer.lines.map((line) => row_html(line, answer.lines.length > 1));
		wholesale_b2b.draw(frm, PANEL, rows.join("") || wholesale_b2b.empty(__("Nothing here can be promised to an order.")));
		show_headline(frm, answer.lines);
	}

	function row_html(line, numbered) {
		return `<section class="b2b-supply">
			<h6 class="b2b-supply-title">${numbered ? `${__("Row {0}", [line.idx])}: ` : ""}${cell.link("Item", line.item_code)}
				${cell.muted(cell.text(line.item_name === line.item_code ? "" : line.item_name))}</h6>
			<p class="b2b-facts">${facts(line).join(" · ")}</p>
			${line.waiting.length ? waiting_table(line) : wholesale_b2b.empty(nobody(line))}
		</section>`;
	}

	function facts(line) {
		return [
			__("{0} of {1} {2} to come", [cell.qty(line.open_qty), cell.qty(line.stock_qty), cell.text(__(line.stock_uom))]),
			line.open_qty ? __("expected {0}", [cell.expected(line.expected_date)]) : "",
			`<b>${__("{0} promised", [cell.qty(line.pre_allocated_qty)])}</b>`,
			line.held_qty ? __("{0} kept for an amended order", [cell.qty(line.held_qty)]) : "",
			__("{0} free", [cell.qty(line.free_qty)]),
			line.waiting.length ? wholesale_b2b.board_link(line.item_code, { supply: cur_frm.doc.name }) : "",
		].filter(Boolean);
	}

	const nobody = (line) =>
		line.open_qty ? __("Nobody waits for this row: all of it is free to promise.") : __("All received, or ended: nobody waits.");

	function waiting_table(line) {
		return wholesale_b2b.table({
			title: __("Waiting for row {0}", [line.idx]),
			rows: line.waiting,
			columns: [
				{ label: __("Customer"), cell: (row) => cell.link("Customer", row.customer, row.customer_name) },
				{ label: __("Sales Order"), cell: (row) => cell.link("Sales Order", row.sales_order) },
				{ label: __("Quantity"), numeric: 1, cell: (row) => cell.qty(row.qty) },
				{ label: __("Needed By"), cell: (row) => cell.date(row.needed_by) },
				{ label: __("Promised For"), cell: promised },
			],
		});
	}

	function promised(row) {
		const late = row.needed_by && row.promise_date > row.needed_by;
		return `${cell.expected(row.promise_date)} ${late ? cell.warning(__("late")) : ""}`;
	}

	function show_headline(frm, lines) {
		const promised_qty = lines.reduce((total, line) => total + flt(line.pre_allocated_qty), 0);
		const orders = new Set(lines.flatMap((line) => line.waiting.map((row) => row.sales_order))).size;
		if (!promised_qty) return wholesale_b2b.headline(frm);
		const overdue = lines.some((line) => cell.is_past(line.expected_date) && line.waiting.length);
		const words =
			orders === 1
				? __("{0} units to come are promised to one order.", [cell.qty(promised_qty)])
				: __("{0} units to come are promised to {1} orders.", [cell.qty(promised_qty), orders]);
		wholesale_b2b.headline(frm, ...(overdue ? [__("Overdue: {0}", [words]), "red"] : [words, "blue"]));
	}
})();
