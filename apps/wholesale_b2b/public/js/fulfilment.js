// What of a submitted Sales Order ships now, what waits for what, what is cancelled; and deciding against its policy.

(() => {
	const { cell } = wholesale_b2b;
	const METHODS = "wholesale_b2b.wholesale_b2b.doctype.fulfilment_policy.fulfilment_policy";
	const PANEL = "b2b_policy_html";
	const GROUP = __("Fulfilment");
	const KINDS = {
		ships: ["green", __("Ships Now")],
		picking: ["blue", __("Being Picked")],
		waits: ["orange", __("Waits")],
		cancels: ["gray", __("Cancelled at Dispatch")],
		cancelled: ["gray", __("Cancelled")],
	};

	frappe.ui.form.on("Sales Order", { refresh: (frm) => show(frm) });

	for (const event of ["b2b_allocation", "b2b_holds"]) {
		wholesale_b2b.listen("fulfilment", event, ({ sales_order, order }) => {
			const shown = cur_frm && cur_frm.doctype === "Sales Order" && cur_frm.doc;
			if (shown && shown.name === (sales_order || order) && shown.docstatus === 1) show_soon(cur_frm);
		});
	}

	const show_soon = frappe.utils.debounce((frm) => show(frm), 400);

	async function show(frm) {
		if (frm.doc.docstatus !== 1 || !wholesale_b2b.is_on(frm.doc.company)) {
			return wholesale_b2b.draw(frm, PANEL, "");
		}
		const order = frm.doc.name;
		const { message: answer } = await frappe.call({
			method: `${METHODS}.of_order`,
			args: { sales_order: order },
			type: "GET",
		});
		if (frm.doc.name !== order || !answer) return;
		wholesale_b2b.draw(frm, PANEL, plan(answer));
		release_button(frm, answer);
		if (answer.may_decide) buttons(frm, answer);
	}

	// ---- what is said ----

	// An order that follows no policy and lost nothing has all of it in the allocation below.
	function plan(answer) {
		const { plan: rows, policy, ship_now } = answer;
		if (!policy && !ship_now && !rows.some((row) => row.kind === "cancelled")) return "";
		const head = policy || ship_now ? heading(answer) : "";
		return head + (rows.length ? table(answer) : "");
	}

	function heading({ policy, where_from, ship_now }) {
		const name = policy ? cell.link("Fulfilment Policy", policy) : __("None");
		const from = where_from ? ` <span class="text-muted">(${cell.text(where_from)})</span>` : "";
		const now = ship_now
			? `<div>${cell.pill("blue", __("Ship Now"))} ${__("The next shipment need not keep it: {0}", [cell.text(ship_now)])}</div>`
			: "";
		return `<div class="b2b-empty">${__("Fulfilment Policy")}: ${name}${from}${now}</div>`;
	}

	function table({ plan: rows, asked }) {
		return wholesale_b2b.table({
			title: __("What Ships"),
			rows,
			columns: [
				{ label: __("Item"), cell: cell.item },
				{ label: __("Quantity"), numeric: 1, cell: (row) => `${cell.qty(row.qty)} ${cell.muted(cell.text(__(row.stock_uom)))}` },
				{ label: __("Status"), cell: (row) => cell.pill(...KINDS[row.kind]) },
				{ label: __("Why"), wide: 1, cell: (row) => why(row, asked) },
				{ label: __("Until"), cell: (row) => (row.until ? cell.expected(row.until) : "") },
			],
		});
	}

	function why(row, asked) {
		const requests = row.kind === "waits" ? asked[row.line] || [] : [];
		const links = requests.map((name) => cell.link("Material Request", name)).join(", ");
		const said = cell.text(row.why);
		return links ? `${said}<div class="small">${__("Asked of purchasing: {0}", [links])}</div>` : said;
	}

	// ---- what is decided against it ----

	function release_button(frm, { holds }) {
		const rule = "wholesale_b2b.wholesale_b2b.doctype.order_rule.order_rule.release";
		const hold = holds.find(({ kind }) => kind === "Order Rule");
		frm.remove_custom_button(__("Release"), GROUP);
		if (!hold || !frappe.user.has_role([hold.role, "Wholesale Manager", "System Manager"])) return;
		frm.add_custom_button(__("Release"), () => ask(frm, rule, __("Release"), cell.text(hold.reason)), GROUP);
	}

	function buttons(frm, { plan: rows, ship_now, policy }) {
		const open = !["Closed", "Completed"].includes(frm.doc.status);
		const has = (...kinds) => rows.some((row) => kinds.includes(row.kind));
		const offered = [
			[__("Ship Now"), open && policy && !ship_now && has("waits", "cancels"), ship_now_dialog],
			[__("Keep the Policy"), open && ship_now, (frm) => ask(frm, "keep_policy", __("Keep the Policy"))],
			[__("Cancel the Rest"), open && has("ships", "waits", "cancels"), (frm) => choose_lines(frm, rows)],
			[__("Restore Cancelled Units"), frm.doc.status !== "Completed" && has("cancelled"), restore],
		];
		for (const [label, on, act] of offered) {
			frm.remove_custom_button(label, GROUP);
			if (on) frm.add_custom_button(label, () => act(frm), GROUP);
		}
	}

	const ship_now_dialog = (frm) =>
		ask(
			frm,
			"ship_now",
			__("Ship Now"),
			__("The next shipment of this order goes without waiting for what its policy asks; after that the policy counts again.")
		);

	const restore = (frm) =>
		ask(
			frm,
			"restore_cancelled",
			__("Restore Cancelled Units"),
			__("All cancelled units of this order are owed again. If it is closed, it is opened again.")
		);

	function choose_lines(frm, rows) {
		const left = {};
		for (const row of rows.filter(({ kind }) => ["ships", "waits", "cancels"].includes(kind))) {
			left[row.line] = { ...row, qty: flt(row.qty) + (left[row.line] ? left[row.line].qty : 0) };
		}
		const lines = Object.values(left);
		ask(
			frm,
			"cancel_rest",
			__("Cancel the Rest"),
			__("The ordered quantity stays on the order. What is being picked still ships."),
			[
				{
					fieldname: "lines",
					fieldtype: "MultiCheck",
					label: __("Lines"),
					columns: 1,
					options: lines.map((row) => ({
						label: `${row.item_code}: ${frappe.format(row.qty, { fieldtype: "Float" }, { only_value: true })} ${__(row.stock_uom)}`,
						value: row.line,
						checked: 1,
					})),
				},
			]
		);
	}

	function ask(frm, method, title, note, fields = []) {
		const dialog = new frappe.ui.Dialog({
			title,
			fields: [
				...(note ? [{ fieldname: "note", fieldtype: "HTML", options: `<p>${note}</p>` }] : []),
				...fields,
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Reason"),
					reqd: 1,
					description: __("In words for the customer: the order's timeline keeps it, and where their account wants such mails it is sent to them."),
				},
			],
			primary_action_label: title,
			primary_action: async ({ reason, lines }) => {
				if (lines && !lines.length) return frappe.msgprint(__("Choose a line."));
				await frappe.call({
					method: method.includes(".") ? method : `${METHODS}.${method}`,
					args: { sales_order: frm.doc.name, reason, ...(lines ? { lines } : {}) },
					freeze: true,
				});
				dialog.hide();
				await frm.reload_doc();
			},
		});
		dialog.show();
	}
})();
