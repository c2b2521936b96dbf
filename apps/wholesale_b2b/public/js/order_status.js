// What became of a submitted Sales Order: what shipped, what is to come and when, what is owed. Its holds stand above.

(() => {
	const { cell } = wholesale_b2b;
	const PANEL = "b2b_status_html";

	frappe.ui.form.on("Sales Order", {
		refresh: (frm) => show(frm),
		setup(frm) {
			frm.set_query("b2b_delivery_address", "items", (doc) => ({
				query: "frappe.contacts.doctype.address.address.address_query",
				filters: { link_doctype: "Customer", link_name: doc.customer },
			}));
		},
	});

	async function show(frm) {
		if (frm.doc.docstatus !== 1 || !wholesale_b2b.is_on(frm.doc.company)) return;
		const order = frm.doc.name;
		const status = await wholesale_b2b.ask("order_status", { sales_order: order });
		if (frm.doc.name !== order) return;
		wholesale_b2b.draw(
			frm,
			PANEL,
			status ? panel(status) : wholesale_b2b.empty(__("The status of this order could not be loaded."))
		);
	}

	const panel = (status) =>
		[summary(status), shipments(status), to_come(status), invoices(status)].join("");

	function summary({ next, money, lines }) {
		const outstanding = lines.some((line) => flt(line.outstanding_qty) > 0);
		const facts = [[__("Next to come"), outstanding ? next_words(next) : cell.muted(__("nothing is outstanding"))]];
		if (money) {
			facts.push([__("Invoiced"), sum(money.invoiced, money)]);
			facts.push([__("Owed"), `${sum(money.owed, money)}${money.overdue ? ` ${cell.warning(__("{0} overdue", [sum(money.overdue, money)]))}` : ""}`]);
			facts.push([__("Advance Left"), sum(money.advance, money)]);
			facts.push([__("To Invoice"), sum(money.to_invoice, money)]);
		}
		return `<dl class="b2b-facts">${facts.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
	}

	const sum = (value, { currency }) => `<span class="text-nowrap">${format_currency(value, currency)}</span>`;

	function next_words(next) {
		if (!next) return cell.muted(__("not known yet"));
		const units = cell.qty(next.qty);
		return next.ready ? __("{0} units now, from the shelf", [units]) : __("{0} units on {1}", [units, cell.expected(next.when)]);
	}

	function shipments({ shipments }) {
		if (!shipments.length) return wholesale_b2b.empty(__("Nothing has shipped yet."));
		return wholesale_b2b.table({
			title: __("Shipments"),
			rows: shipments,
			columns: [
				{ label: __("Shipment"), cell: (note) => `${cell.link(note.doctype, note.name)} ${state(note)}` },
				{ label: __("Shipped"), cell: (note) => cell.date(note.date) },
				{ label: __("To"), cell: (note) => cell.text(note.address) },
				{ label: __("Contents"), wide: 1, cell: contents },
				{ label: __("Carrier"), cell: carrier },
				{ label: __("Invoice"), cell: (note) => note.invoices.map((name) => cell.link("Sales Invoice", name)).join("<br>") },
			],
		});
	}

	function state(note) {
		if (note.is_return) return cell.pill("orange", __("Return"));
		return note.docstatus ? "" : cell.pill("gray", __("Draft"));
	}

	const contents = (note) =>
		note.lines
			.map((line) => `<div>${cell.qty(line.qty)} ${cell.muted(cell.text(__(line.uom)))} ${cell.text(line.item_name || line.item_code)}</div>`)
			.join("");

	const carrier = (note) =>
		`${cell.text(note.carrier)}${note.tracking_number ? `<div class="small text-muted">${cell.text(note.tracking_number)}</div>` : ""}`;

	// Before anything has shipped the allocation above says it all.
	function to_come({ lines, shipments }) {
		if (!shipments.length && !lines.some((line) => flt(line.cancelled_qty))) return "";
		const rows = lines.filter((line) => flt(line.outstanding_qty) > 0 || flt(line.cancelled_qty) > 0);
		if (!rows.length) return "";
		return wholesale_b2b.table({
			title: __("Still to Follow"),
			rows,
			columns: [
				{ label: __("Still to Follow"), cell: cell.item },
				{ label: __("Ordered"), numeric: 1, cell: (line) => `${cell.qty(line.ordered_qty)} ${cell.muted(cell.text(__(line.stock_uom)))}` },
				{ label: __("Shipped"), numeric: 1, cell: (line) => cell.some(line.shipped_qty) },
				{ label: __("Outstanding"), numeric: 1, cell: (line) => cell.some(line.outstanding_qty) },
				{ label: __("Cancelled"), numeric: 1, cell: (line) => cell.some(line.cancelled_qty) },
				{ label: __("When"), wide: 1, cell: (line) => line.parts.map(part).join("") },
			],
		});
	}

	function part({ qty, when, ready }) {
		const units = cell.qty(qty);
		if (ready) return `<div>${__("{0} ready now", [units])}</div>`;
		return `<div>${when ? __("{0} on {1}", [units, cell.expected(when)]) : __("{0} not known yet", [units])}</div>`;
	}

	function invoices({ invoices, waiting_invoices }) {
		const made = invoices.map((row) => ({ ...row, doctype: "Sales Invoice" }));
		const waiting = waiting_invoices.map((row) => ({ ...row, name: row.delivery_note, doctype: "Dispatch Invoice" }));
		if (!made.length && !waiting.length) return "";
		return wholesale_b2b.table({
			title: __("Invoices"),
			rows: [...made, ...waiting],
			columns: [
				{ label: __("Invoice"), cell: (row) => (row.total === undefined ? `${__("for")} ` : "") + cell.link(row.doctype, row.name) },
				{ label: __("Date"), cell: (row) => cell.date(row.date) },
				{ label: __("Due"), cell: (row) => cell.date(row.due_date || row.due_on) },
				{ label: __("Total"), numeric: 1, cell: (row) => (row.total === undefined ? "" : sum(row.total, row)) },
				{ label: __("Owed"), numeric: 1, cell: (row) => (row.total === undefined ? "" : sum(row.outstanding, row)) },
				{ label: __("Status"), wide: 1, cell: invoice_state },
			],
		});
	}

	const COLOURS = { Paid: "green", Overdue: "red", Unpaid: "orange", "Partly Paid": "yellow", Failed: "red", Stopped: "gray" };

	function invoice_state(row) {
		const share = row.share < 0.9999 ? ` ${cell.muted(__("{0}% of it is this order's", [cell.qty(row.share * 100)]))}` : "";
		return `${cell.pill(COLOURS[row.status] || "blue", __(row.status))}${share} ${cell.text(row.reason)}`;
	}
})();
