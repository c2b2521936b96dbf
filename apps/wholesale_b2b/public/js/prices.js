// What each line costs and why, on quotations, orders and invoices: it follows quantity, UOM, customer and date, a changed
// price asks for a reason.

(() => {
	const { cell } = wholesale_b2b;
	const PANEL = "b2b_prices_html";
	const SECTION = "b2b_prices_section";
	const ROW_PANEL = "b2b_price_html";
	const DOCTYPES = ["Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice"];
	// What a price depends on; ERPNext's own questions bring the price of the line itself, these that of all others.
	const OF_HEAD = [
		"customer",
		"party_name",
		"company",
		"b2b_trade_account",
		"b2b_channel",
		"transaction_date",
		"posting_date",
		"selling_price_list",
		"currency",
		"conversion_rate",
		"coupon_code",
		"ignore_pricing_rule",
	];
	const OF_ROW = ["item_code", "qty", "uom", "conversion_factor", "rate", "discount_percentage", "discount_amount"];
	const FIELDS = [
		"price_list_rate",
		"margin_type",
		"margin_rate_or_amount",
		"discount_percentage",
		"discount_amount",
		"rate",
		"b2b_calculated_rate",
		"b2b_price_source",
		"b2b_price_tier",
		"b2b_price_decision",
	];

	const soon = frappe.utils.debounce((frm) => ask(frm, true), 350);

	DOCTYPES.forEach((doctype) => {
		frappe.ui.form.on(doctype, {
			refresh: (frm) => show(frm),
			...Object.fromEntries(OF_HEAD.map((field) => [field, soon])),
		});
		frappe.ui.form.on(`${doctype} Item`, {
			...Object.fromEntries(OF_ROW.map((field) => [field, soon])),
			items_remove: soon,
			form_render: (frm, doctype, name) => draw_row(frm, name),
		});
	});


	const concerns = ({ doc }) => wholesale_b2b.is_on(doc.company) && doc.docstatus < 2;

	const rows_of = (frm) => (frm.doc.items || []).filter((row) => row.item_code);

	async function show(frm) {
		frm.b2b_prices = {};
		if (!concerns(frm) || !rows_of(frm).length) return hide(frm);
		if (frm.doc.docstatus === 0) return ask(frm, frm.is_new());
		const { name, doctype } = frm.doc;
		const answer = await wholesale_b2b.ask("explain_prices", { doctype, name });
		if (frm.doc.name === name && answer) draw(frm, answer.rows);
	}

	function hide(frm) {
		if (frm.fields_dict[SECTION]) frm.set_df_property(SECTION, "hidden", 1);
		wholesale_b2b.draw(frm, PANEL, "");
	}

	// ---- a form that is being filled in ----

	// take: put the answer on the rows. A saved draft that is only looked at is told what has changed, and stays as it is.
	async function ask(frm, take) {
		if (!concerns(frm) || frm.doc.docstatus !== 0) return;
		if (!rows_of(frm).length) return hide(frm);
		const asked = (frm.b2b_asked = (frm.b2b_asked || 0) + 1);
		const answer = await wholesale_b2b.ask("price_document", { doc: JSON.stringify(frm.doc) });
		// meanwhile the form may have gone on
		if (!answer || asked !== frm.b2b_asked || frm.doc.docstatus !== 0) return;
		if (take || frm.is_dirty()) take_in(frm, answer.rows);
		draw(frm, answer.rows);
		ask_for_reason(frm, answer.rows);
	}

	function take_in(frm, answers) {
		const changed = rows_of(frm).filter((row) => {
			const ours = answers[row.name];
			if (!ours || ours.needs_reason || !ours.b2b_price_source) return false;
			const differs = FIELDS.some((field) => field in ours && !same(row[field], ours[field]));
			if (differs) FIELDS.forEach((field) => field in ours && (row[field] = ours[field]));
			if (differs && ours.may_not) {
				frappe.show_alert({
					message: __("Row {0}: you may not change prices; it is the calculated one again.", [row.idx]),
					indicator: "orange",
				});
			}
			return differs;
		});
		if (!changed.length) return;
		// the till's page watches the rows
		if (frm.doctype === "POS Invoice") {
			changed.forEach((row) => frappe.model.trigger("rate", row.rate, row));
		}
		frm.cscript.calculate_taxes_and_totals();
		frm.dirty();
		frm.refresh_field("items");
	}

	const same = (one, other) =>
		typeof other === "number" ? Math.abs(flt(one) - other) < 1e-6 : cstr(one) === cstr(other);

	// A changed price needs a reason. One question at a time; closed without an answer, saving asks again.
	function ask_for_reason(frm, answers) {
		const row = rows_of(frm).find((row) => (answers[row.name] || {}).needs_reason);
		if (!row || frm.b2b_reason_dialog) return;
		const ours = answers[row.name];
		const money = (amount) => format_currency(amount, frm.doc.currency);
		const dialog = (frm.b2b_reason_dialog = new frappe.ui.Dialog({
			title: __("Why {0} for {1}?", [money(row.rate), cell.text(row.item_code)]),
			fields: [
				{
					fieldtype: "HTML",
					options: `<p>${__("{0} is calculated: {1}.", [
						money(ours.b2b_calculated_rate),
						cell.text(won_before(ours)),
					])}</p>`,
				},
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Reason for Changed Price"),
					reqd: 1,
					description: ours.approval
						? `${cell.warning(__("Below the floor: it has to be approved."))}`
						: __("It is logged."),
				},
			],
			primary_action_label: __("Keep {0}", [money(row.rate)]),
			primary_action: ({ reason }) => {
				row.b2b_override_reason = reason;
				dialog.hide();
			},
			secondary_action_label: __("Take {0}", [money(ours.b2b_calculated_rate)]),
			secondary_action: () => {
				row.b2b_override_reason = null;
				row.rate = row.b2b_calculated_rate = ours.b2b_calculated_rate;
				row.b2b_price_source = row.b2b_price_source || ours.b2b_price_source;
				dialog.hide();
			},
		}));
		dialog.onhide = () => {
			frm.b2b_reason_dialog = null;
			frm.dirty();
			// whoever closes it without an answer is asked by the server when they save
			if (row.b2b_override_reason || same(row.rate, ours.b2b_calculated_rate)) ask(frm, true);
		};
		dialog.show();
	}

	const won_before = (ours) => (ours.why.find((reason) => reason.outcome === "lost") || { text: "" }).text;

	// ---- what is told ----

	function draw(frm, answers) {
		frm.b2b_prices = answers;
		const rows = rows_of(frm).filter((row) => answers[row.name]);
		if (!frm.fields_dict[SECTION]) return;
		frm.set_df_property(SECTION, "hidden", rows.length ? 0 : 1);
		wholesale_b2b.draw(frm, PANEL, rows.length ? table(frm, rows, answers) : "");
		const wrapper = frm.get_field(PANEL).$wrapper;
		wrapper.find("[data-why]").on("click", (event) => why(frm, event.currentTarget.dataset.why));
		const open_row = frappe.ui.form.get_open_grid_form();
		if (open_row && answers[open_row.row.doc.name]) draw_row(frm, open_row.row.doc.name);
	}

	function table(frm, rows, answers) {
		const money = (amount) => format_currency(amount, frm.doc.currency);
		const of = (row) => answers[row.name];
		const with_margin = rows.some((row) => of(row).margin !== undefined);
		return wholesale_b2b.table({
			title: __("Prices"),
			rows,
			columns: [
				{ label: __("Item"), cell: cell.item },
				{ label: __("Quantity"), numeric: 1, cell: (row) => `${cell.qty(row.qty)} ${cell.muted(cell.text(__(row.uom)))}` },
				{ label: __("List"), numeric: 1, cell: (row) => (flt(row.price_list_rate) ? money(row.price_list_rate) : cell.muted("–")) },
				{ label: __("Price"), numeric: 1, cell: (row) => price(row, of(row), money) },
				{ label: __("From"), cell: (row) => source(row, of(row)) },
				{ label: __("More"), wide: 1, cell: (row) => more(of(row)) },
				...(with_margin ? [{ label: __("Margin"), numeric: 1, cell: (row) => margin(of(row)) }] : []),
			],
		});
	}

	function price(row, ours, money) {
		const off = flt(row.discount_percentage, 2);
		const note = off > 0 ? `<div class="small text-muted">−${off} %</div>` : "";
		const other =
			ours.b2b_calculated_rate !== undefined && ours.b2b_price_source && !same(row.rate, ours.rate)
				? `<div class="small">${cell.warning(__("{0} by now", [money(ours.rate)]))}</div>`
				: "";
		return `${money(row.rate)}${note}${other}`;
	}

	function source(row, ours) {
		const [kind, ...name] = cstr(ours.b2b_price_source || row.b2b_price_source).split(" – ");
		if (!kind) return ours.problem ? cell.warning(ours.problem) : cell.muted(__("no price known"));
		const label = `<button type="button" class="btn btn-link btn-xs b2b-why" data-why="${frappe.utils.escape_html(row.name)}">${__("Why?")}</button>`;
		return `${cell.text(__(kind))} ${label}<div class="small text-muted">${cell.text(name.join(" – "))}</div>`;
	}

	function more(ours) {
		const notes = [];
		if (ours.problem) notes.push(cell.warning(ours.problem));
		if (ours.hint) notes.push(cell.text(ours.hint));
		if (ours.approval) notes.push(cell.pill("orange", __("Needs Approval")));
		return notes.join("<br>") || cell.muted("–");
	}

	function margin({ margin, floor }) {
		if (margin === undefined || margin === null) return cell.muted("–");
		const words = `${flt(margin, 1)} %`;
		return margin < 0 || (floor && margin === 0) ? cell.warning(words) : words;
	}

	const MARKS = { won: ["green", __("Holds")], lost: ["gray", __("Not this")], note: ["blue", __("Then")] };

	function reasons(ours) {
		return `<ul class="b2b-reasons">${(ours.why || [])
			.map(({ outcome, text }) => `<li class="b2b-${outcome}">${cell.pill(...MARKS[outcome])} ${cell.text(text)}</li>`)
			.join("")}</ul>`;
	}

	function why(frm, name) {
		const row = rows_of(frm).find((row) => row.name === name);
		const ours = frm.b2b_prices[name];
		const dialog = new frappe.ui.Dialog({
			title: __("Why {0} for {1}?", [format_currency(row.rate, frm.doc.currency), cell.text(row.item_code)]),
			fields: [{ fieldtype: "HTML", options: reasons(ours) + footnote(frm, ours) }],
		});
		dialog.show();
	}

	function footnote(frm, { cost, floor, hint }) {
		const money = (amount) => format_currency(amount, frm.doc.currency);
		const lines = [];
		if (hint) lines.push(cell.text(hint));
		if (cost) lines.push(floor ? __("Cost {0}, floor {1}", [money(cost), money(floor)]) : __("Cost {0}", [money(cost)]));
		return lines.length ? `<p class="text-muted small">${lines.join("<br>")}</p>` : "";
	}

	function draw_row(frm, name) {
		const ours = (frm.b2b_prices || {})[name];
		const grid_row = frm.fields_dict.items && frm.fields_dict.items.grid.grid_rows_by_docname[name];
		const form = grid_row && grid_row.grid_form;
		if (!form || !form.fields_dict[ROW_PANEL]) return;
		form.fields_dict[ROW_PANEL].$wrapper.html(ours ? reasons(ours) + footnote(frm, ours) : "");
	}

	// ---- Update Items ----

	// ERPNext's dialog asks for prices and has no room for a reason: one is added below its rows.
	$(document).on("shown.bs.modal", () => {
		const frm = window.cur_frm;
		if (frm && frm.doctype === "Sales Order" && concerns(frm)) extend(window.cur_dialog);
	});

	function extend(dialog) {
		if (!dialog || !dialog.fields_dict.trans_items || dialog.fields_dict.b2b_reason) return;
		dialog.add_fields([
			{
				fieldname: "b2b_reason",
				fieldtype: "Small Text",
				label: __("Reason for Changed Prices"),
				description: __("Prices follow the quantity by themselves. Only a rate that you change needs a reason."),
			},
		]);
		const values = dialog.get_values.bind(dialog);
		dialog.get_values = (...args) => {
			const found = values(...args);
			if (found && found.b2b_reason) {
				(found.trans_items || []).forEach((row) => (row.b2b_override_reason = found.b2b_reason));
			}
			return found;
		};
	}
})();

// The price list of an account, to be sent to its customer.
frappe.ui.form.on("Trade Account", {
	refresh(frm) {
		if (frm.is_new() || !wholesale_b2b.is_on(frm.doc.company)) return;
		const get = (kind) => {
			const query = new URLSearchParams({ trade_account: frm.doc.name, kind });
			window.open(`/api/method/wholesale_b2b.api.v1.price_list?${query}`);
		};
		frm.add_custom_button(__("PDF"), () => get("pdf"), __("Price List"));
		frm.add_custom_button(__("XLSX"), () => get("xlsx"), __("Price List"));
	},
});
