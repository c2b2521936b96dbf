// What covers each line of a Sales Order: after submit its pegs, before it what there is to sell.

(() => {
	const { cell } = wholesale_b2b;
	const PANEL = "b2b_allocation_html";
	const HOLDS = "wholesale_b2b.wholesale_b2b.doctype.stock_hold.stock_hold";
	const STATES = {
		ready: ["green", __("Ready")],
		covered: ["blue", __("Covered")],
		part: ["orange", __("Partly Covered")],
		waiting: ["red", __("Waiting")],
		not_goods: ["gray", __("Not Goods")],
		drop_ship: ["gray", __("Drop Ship")],
		cancelled: ["gray", __("Cancelled")],
	};
	const NOTES = {
		not_goods: __("Not kept in stock: nothing to reserve."),
		drop_ship: __("The supplier delivers to the customer."),
	};
	const GOODS = ["ready", "covered", "part", "waiting"];

	frappe.ui.form.on("Sales Order", {
		refresh: (frm) => show(frm),
		company: (frm) => show(frm),
		delivery_date: (frm) => show_soon(frm),
	});

	frappe.ui.form.on("Sales Order Item", {
		item_code: (frm) => show_soon(frm),
		qty: (frm) => show_soon(frm),
		uom: (frm) => show_soon(frm),
		warehouse: (frm) => show_soon(frm),
		items_remove: (frm) => show_soon(frm),
	});

	// The engine never touches `modified`, so an open form takes the new figures in and can still be saved.
	wholesale_b2b.listen("allocation", "b2b_allocation", ({ sales_order }) => {
		const shown = cur_frm && cur_frm.doctype === "Sales Order" && cur_frm.doc;
		if (shown && shown.name === sales_order && shown.docstatus === 1) show_soon(cur_frm);
	});

	const show_soon = frappe.utils.debounce((frm) => show(frm), 400);

	async function show(frm) {
		const on = wholesale_b2b.is_on(frm.doc.company);
		const shown = on && (frm.doc.docstatus === 1 || (frm.doc.docstatus === 0 && wholesale_b2b.may_see_stock()));
		frm.set_df_property("b2b_priority", "hidden", on ? 0 : 1);
		// Whether stock is reserved is no question any more.
		if (wholesale_b2b.companies().length) frm.set_df_property("reserve_stock", "hidden", on ? 1 : 0);
		frm.fields_dict.items.grid.update_docfield_property("b2b_allocation_section", "hidden", on ? 0 : 1);
		frm.set_df_property("b2b_allocation_section", "hidden", shown ? 0 : 1);
		if (on && frm.doc.docstatus !== 1) await show_kept(frm);
		if (!shown) return wholesale_b2b.draw(frm, PANEL, "");
		if (frm.doc.docstatus === 1) await show_cover(frm);
		else await show_available(frm);
	}

	// ---- a submitted order: its pegs ----

	async function show_cover(frm) {
		hide_reserving_by_hand(frm);
		const order = frm.doc.name;
		const answer = await wholesale_b2b.ask("order_allocation", { sales_order: order });
		if (frm.doc.name !== order) return;
		if (!answer) {
			return wholesale_b2b.draw(frm, PANEL, wholesale_b2b.empty(__("The allocation could not be loaded.")));
		}
		take_in(frm, answer.lines);
		wholesale_b2b.draw(frm, PANEL, cover_table(answer.lines));
		show_headline(frm, answer.lines);
		offer_pick_list(frm);
	}

	function take_in(frm, lines) {
		const rows = Object.fromEntries(frm.doc.items.map((row) => [row.name, row]));
		lines.forEach((line) =>
			Object.assign(rows[line.name] || {}, {
				b2b_reserved_qty: line.reserved_qty,
				b2b_pre_allocated_qty: line.pre_allocated_qty,
				b2b_backorder_qty: line.backorder_qty,
				b2b_promise_date: line.promise_date,
			})
		);
		const open_row = frappe.ui.form.get_open_grid_form();
		if (open_row) open_row.refresh();
	}

	function cover_table(lines) {
		return wholesale_b2b.table({
			title: __("Allocation"),
			rows: lines,
			columns: [
				{ label: __("Item"), cell: cell.item },
				{ label: __("Ordered"), numeric: 1, cell: ordered },
				{ label: __("Delivered"), numeric: 1, cell: (line) => cell.some(line.delivered_qty) },
				{ label: __("Reserved"), numeric: 1, cell: (line) => cell.some(line.reserved_qty) },
				{ label: __("Pre-Allocated"), numeric: 1, cell: (line) => cell.some(line.pre_allocated_qty) },
				{ label: __("Backordered"), numeric: 1, cell: backordered },
				{ label: __("Promise Date"), cell: promise },
				{ label: __("Status"), cell: state },
				{ label: __("Covered By"), wide: 1, cell: covered_by },
			],
		});
	}

	const ordered = (line) => `${cell.qty(line.stock_qty)} ${cell.muted(cell.text(__(line.stock_uom)))}`;

	const uncovered_qty = (line) => Math.max(flt(line.backorder_qty) - flt(line.pre_allocated_qty), 0);

	function backordered(line) {
		const uncovered = uncovered_qty(line);
		const note = uncovered ? `<div>${cell.warning(__("{0} uncovered", [cell.qty(uncovered)]))}</div>` : "";
		return cell.some(line.backorder_qty) + note;
	}

	function promise(line) {
		if (!GOODS.includes(line.state)) return "";
		if (line.state === "ready") return __("now");
		if (!line.promise_date) return cell.muted(__("not known yet"));
		const late = line.delivery_date && line.promise_date > line.delivery_date;
		return `${cell.date(line.promise_date)} ${late ? cell.warning(__("late")) : ""}`;
	}

	function state(line) {
		if (line.state === "ended") {
			return cell.pill("gray", flt(line.delivered_qty) >= flt(line.stock_qty) ? __("Delivered") : __("Closed"));
		}
		return cell.pill(...(STATES[line.state] || ["gray", cell.text(line.state)]));
	}

	function covered_by(line) {
		if (NOTES[line.state]) return cell.muted(NOTES[line.state]);
		if (line.components.length) return line.components.map(component).join("");
		const pegs = line.cover.map(peg).join("") || (line.state === "waiting" ? cell.muted(__("Nothing yet")) : "");
		return GOODS.includes(line.state) ? `${pegs} ${wholesale_b2b.board_link(line.item_code)}` : pegs;
	}

	// A bundle is covered through what is in it.
	function component(part) {
		const uncovered = uncovered_qty(part);
		const pegs = part.cover.map(peg).join("");
		const note = uncovered ? cell.warning(__("{0} uncovered", [cell.qty(uncovered)])) : "";
		const name = `${cell.link("Item", part.item_code)} ${cell.muted(`× ${cell.qty(part.owed_qty || part.stock_qty)}`)}`;
		const board = GOODS.includes(part.state) ? wholesale_b2b.board_link(part.item_code) : "";
		return `<div class="b2b-component"><div>${name} ${note}</div>${pegs} ${board}</div>`;
	}

	function peg(cover) {
		const qty = cell.qty(cover.qty);
		const where =
			cover.kind === "on_hand"
				? __("{0} on the shelf in {1}", [qty, cell.text(cover.warehouse)])
				: __("{0} expected on {1}", [qty, cell.expected(cover.expected_date)]);
		const usual = ["Stock Reservation Entry", "Purchase Order"].includes(cover.doctype);
		const kind = usual ? "" : `${cell.text(__(cover.doctype))} `;
		// The supplier's name is for those who may see the purchase order.
		const supplier = cover.supplier && frappe.model.can_read(cover.doctype) ? `, ${cell.text(cover.supplier)}` : "";
		return `<div class="b2b-cover">${where}
			<div class="small">${kind}${cell.link(cover.doctype, cover.name)}${supplier}</div></div>`;
	}

	function show_headline(frm, lines) {
		wholesale_b2b.headline(frm, ...order_headline(lines.filter((line) => GOODS.includes(line.state))));
	}

	function order_headline(lines) {
		if (!lines.length) return [];
		const sum = (figure) => lines.reduce((total, line) => total + flt(figure(line)), 0);
		const uncovered = sum(uncovered_qty);
		if (uncovered) {
			const owed = cell.qty(sum((line) => line.owed_qty));
			return [__("Nothing covers {0} of the {1} units still owed.", [cell.qty(uncovered), owed]), "orange"];
		}
		const dates = lines.map((line) => line.promise_date).filter(Boolean);
		const waiting = sum((line) => line.backorder_qty);
		if (!waiting) return [__("All that is owed is reserved on the shelf."), "green"];
		return [__("All that is owed is covered, complete on {0}.", [cell.date(dates.sort().pop())]), "blue"];
	}

	// ERPNext hides its own button as soon as stock is reserved.
	function offer_pick_list(frm) {
		const reserved = frm.doc.items.some((row) => flt(row.b2b_reserved_qty) > 0);
		const pickable = reserved && !["Closed", "On Hold"].includes(frm.doc.status);
		if (!pickable || !frappe.model.can_create("Pick List")) return;
		frm.add_custom_button(
			__("Pick List"),
			() =>
				frappe.model.open_mapped_doc({
					method: "erpnext.selling.doctype.sales_order.sales_order.create_pick_list",
					frm,
				}),
			__("Create")
		);
	}

	// Nothing moves reservations by hand: the engine would make them as they were.
	function hide_reserving_by_hand(frm) {
		["Reserve", "Unreserve"].forEach((label) => frm.remove_custom_button(__(label), __("Stock Reservation")));
	}

	// ---- a cancelled order and the draft that amends it: what is kept in between ----

	async function show_kept(frm) {
		const shown = frm.doc.name;
		const cancelled = frm.doc.docstatus === 2 ? shown : frm.doc.amended_from;
		if (!cancelled) return;
		const { message: kept } = await frappe.call({
			method: `${HOLDS}.of_order`,
			args: { sales_order: cancelled },
			type: "GET",
		});
		if (frm.doc.name !== shown) return;
		wholesale_b2b.headline(frm);
		frm.remove_custom_button(__("Release Now"));
		if (!kept.length) return;
		wholesale_b2b.headline(frm, __("Kept for the amendment until {0}: {1}", [kept_until(kept), kept_units(kept)]), "blue");
		if (frm.doc.docstatus !== 2 || !frm.perm[0].cancel) return;
		frm.add_custom_button(__("Release Now"), () => release_kept(frm));
	}

	const kept_until = (kept) => frappe.datetime.str_to_user(kept.map((hold) => hold.until).sort()[0]);

	function kept_units(kept) {
		const units = kept.map((hold) => {
			const what = `${cell.qty(hold.qty)} × ${cell.text(hold.item_code)}`;
			return hold.supply_name ? `${what} ${__("to come with {0}", [cell.text(hold.supply_name)])}` : what;
		});
		return units.slice(0, 5).join(", ") + (units.length > 5 ? "…" : "");
	}

	function release_kept(frm) {
		frappe.confirm(__("Let others have what is kept for an amendment of {0}?", [frm.doc.name]), async () => {
			await frappe.call({ method: `${HOLDS}.release_order`, args: { sales_order: frm.doc.name }, freeze: true });
			frm.refresh();
		});
	}

	// ---- a draft: what there is ----

	async function show_available(frm) {
		const rows = (frm.doc.items || []).filter((row) => row.item_code);
		if (!rows.length) {
			return wholesale_b2b.draw(frm, PANEL, wholesale_b2b.empty(__("Choose items to see what is available to sell.")));
		}
		const answer = await wholesale_b2b.ask("availability", {
			items: [...new Set(rows.map((row) => row.item_code))],
		});
		if (!answer || frm.doc.docstatus !== 0) return;
		wholesale_b2b.draw(frm, PANEL, available_table(with_stock(rows, answer.items)));
	}

	// Lines of one item share what there is, in the order of the form.
	function with_stock(rows, items) {
		const found = Object.fromEntries(items.map((item) => [item.item_code, item]));
		const taken = {};
		return rows.map((row) => {
			const stock = found[row.item_code] || { warehouses: [] };
			const place = row.warehouse ? stock.warehouses.find((w) => w.warehouse === row.warehouse) || {} : stock;
			const key = `${row.item_code}\n${row.warehouse}`;
			const wanted = flt(row.stock_qty) || flt(row.qty) * (flt(row.conversion_factor) || 1);
			const free = Math.max(flt(place.ats_qty) - (taken[key] || 0), 0);
			taken[key] = (taken[key] || 0) + wanted;
			const elsewhere = row.warehouse ? flt(stock.ats_qty) - flt(place.ats_qty) : 0;
			return { ...row, wanted, free, elsewhere, next: place };
		});
	}

	function available_table(rows) {
		return wholesale_b2b.table({
			title: __("Available to Sell"),
			rows,
			columns: [
				{ label: __("Item"), cell: cell.item },
				{ label: __("Warehouse"), cell: (row) => cell.text(row.warehouse) },
				{ label: __("Wanted"), numeric: 1, cell: (row) => `${cell.qty(row.wanted)} ${cell.muted(cell.text(__(row.stock_uom)))}` },
				{ label: __("Available to Sell"), numeric: 1, cell: (row) => cell.qty(row.free) },
				{ label: __("Elsewhere"), numeric: 1, cell: (row) => cell.some(row.elsewhere) },
				{ label: __("Next to Come"), cell: next_to_come },
				{ label: __("Status"), cell: outlook },
			],
		});
	}

	function next_to_come({ next }) {
		if (next.next_qty) return __("{0} on {1}", [cell.qty(next.next_qty), cell.expected(next.next_date)]);
		return cell.muted(next.inbound_qty ? __("all promised") : __("nothing on order"));
	}

	function outlook({ wanted, free, next, delivery_date }) {
		const short = flt(wanted - free, 6);
		if (short <= 0) return cell.pill("green", __("In Stock"));
		const enough = flt(next.next_qty) >= short;
		const dated = next.next_date && !cell.is_past(next.next_date);
		const in_time = enough && dated && (!delivery_date || next.next_date <= delivery_date);
		const colour = in_time ? "blue" : enough ? "orange" : "red";
		return cell.pill(colour, __("{0} to Backorder", [cell.qty(short)]));
	}
})();
