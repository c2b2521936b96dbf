// A tier with what it comes to, and the tools that change many rows at once, each with a preview.

{% include "wholesale_b2b/public/js/tier_changes.js" %}

(() => {
	const METHOD = "wholesale_b2b.wholesale_b2b.doctype.trade_price_tier.trade_price_tier";
	const { cell } = wholesale_b2b;
	const { margin, preview, summary } = wholesale_b2b.tier_changes;
	const ROUNDINGS = ["", "0.01", "0.05", "0.10", "0.25", "0.50", "1.00", ".95", ".99", ".49 or .99"];

	frappe.ui.form.on("Trade Price Tier", {
		setup(frm) {
			frm.set_query("price_list", () => ({ filters: { selling: 1, enabled: 1 } }));
			frm.set_query("parent_tier", () => ({ filters: { name: ["!=", frm.doc.name || ""] } }));
			frm.set_query("uom", "rows", (doc, cdt, cdn) => {
				const { item_code } = locals[cdt][cdn];
				return item_code
					? { query: "erpnext.accounts.doctype.pricing_rule.pricing_rule.get_item_uoms", filters: { value: item_code, apply_on: "Item Code" } }
					: {};
			});
		},

		refresh(frm) {
			frm.b2b_page = { start: 0, item_group: "", search: "" };
			if (frm.is_new()) return;
			show_prices(frm);
			frm.add_custom_button(__("Price Grid"), () => frappe.set_route("price-grid", frm.doc.name));
			if (frm.perm[0].write) {
				frm.add_custom_button(__("Import…"), () => ask_import(frm), __("Many Rows"));
				frm.add_custom_button(__("Raise by %…"), () => ask_raise(frm), __("Many Rows"));
			}
			frm.add_custom_button(__("Export as XLSX"), () => download(frm, "xlsx"), __("Many Rows"));
			frm.add_custom_button(__("Export as CSV"), () => download(frm, "csv"), __("Many Rows"));
			if (frappe.model.can_create("Trade Price Tier")) {
				frm.add_custom_button(__("Copy…"), () => ask_copy(frm), __("Many Rows"));
			}
		},
	});

	frappe.ui.form.on("Trade Price Tier Row", {
		apply_on: (frm, cdt, cdn) => {
			const row = locals[cdt][cdn];
			const fields = { "Item Code": "item_code", "Item Group": "item_group", Brand: "brand" };
			Object.entries(fields).forEach(([kind, field]) => {
				if (row.apply_on !== kind && row[field]) frappe.model.set_value(cdt, cdn, field, null);
			});
		},
		rows_add(frm, cdt, cdn) {
			// price after price of the same kind: a new row is like the one above it
			const row = locals[cdt][cdn];
			const above = (frm.doc.rows || []).find((other) => other.idx === row.idx - 1);
			if (!above) return;
			["apply_on", "price_or_discount"].forEach((field) => (row[field] = above[field]));
			frm.refresh_field("rows");
		},
	});

	// ---- what it comes to ----

	async function show_prices(frm) {
		const { name } = frm.doc;
		const { start, item_group, search } = frm.b2b_page;
		const answer = await frappe.xcall(`${METHOD}.prices_of`, { tier: name, item_group, search, start }, "GET").catch(() => null);
		if (!answer || frm.doc.name !== name) return;
		const money = (amount) => (amount === null ? cell.muted("–") : format_currency(amount, answer.currency));
		const with_margin = answer.items.some((item) => "margin" in item);
		const table = wholesale_b2b.table({
			title: __("What It Comes To"),
			rows: answer.items,
			columns: [
				{ label: __("Item"), cell: cell.item },
				{ label: __("UOM"), cell: (row) => cell.text(__(row.uom)) },
				{ label: __("Base Price List"), numeric: 1, cell: (row) => money(row.list_rate) },
				{ label: __("Price"), numeric: 1, cell: (row) => money(row.rate) },
				{ label: __("From"), cell: (row) => (row.source ? cell.text(__(row.source)) : cell.warning(__("no price"))) },
				{ label: __("Quantity Breaks"), wide: 1, cell: (row) => breaks(row, money) },
				...(with_margin ? [{ label: __("Margin"), numeric: 1, cell: (row) => margin(row.margin) }] : []),
			],
		});
		const note = frm.is_dirty() ? `<p class="text-muted small">${__("As it was saved last.")}</p>` : "";
		wholesale_b2b.draw(frm, "preview_html", `${filter_bar(frm.b2b_page)}${note}${answer.items.length ? table : wholesale_b2b.empty(__("No items."))}${pager(answer, start)}`);
		bind(frm, answer);
	}

	const breaks = (row, money) =>
		row.breaks
			.map((step) => `<div>${__("from {0}: {1}", [cell.qty(step.qty), money(step.rate)])}${step.mix ? ` ${cell.muted(__("mix {0}", [cell.text(step.mix)]))}` : ""}</div>`)
			.join("") || cell.muted("–");

	const filter_bar = ({ search }) => `<div class="b2b-tier-filter">
		<div data-group></div>
		<input type="search" class="form-control input-sm" placeholder="${__("Item or name")}" value="${frappe.utils.escape_html(search)}" aria-label="${__("Search")}">
	</div>`;

	function pager({ total, items }, start) {
		const end = start + items.length;
		if (total <= items.length) return "";
		const button = (to, words, off) => `<button type="button" class="btn btn-default btn-xs" data-to="${to}" ${off ? "disabled" : ""}>${words}</button>`;
		return `<div class="b2b-tier-pager">${button(Math.max(start - 50, 0), __("Before"), !start)}
			<span class="text-muted small">${__("{0} to {1} of {2}", [start + 1, end, total])}</span>
			${button(end, __("Next"), end >= total)}</div>`;
	}

	function bind(frm) {
		const wrapper = frm.get_field("preview_html").$wrapper;
		const group = frappe.ui.form.make_control({
			parent: wrapper.find("[data-group]"),
			df: { fieldtype: "Link", options: "Item Group", placeholder: __("Item Group"), fieldname: "group", onchange: () => turn(frm, { item_group: group.get_value() || "", start: 0 }) },
			render_input: true,
			only_input: true,
		});
		group.set_input(frm.b2b_page.item_group);
		wrapper.find("input[type=search]").on("change", (event) => turn(frm, { search: event.target.value, start: 0 }));
		wrapper.find("[data-to]").on("click", (event) => turn(frm, { start: cint(event.currentTarget.dataset.to) }));
	}

	function turn(frm, change) {
		const before = JSON.stringify(frm.b2b_page);
		Object.assign(frm.b2b_page, change);
		if (JSON.stringify(frm.b2b_page) !== before) show_prices(frm);
	}

	// ---- many rows ----

	const day_field = () => ({
		fieldname: "day",
		fieldtype: "Date",
		label: __("From"),
		default: frappe.datetime.get_today(),
		reqd: 1,
		description: __("What holds until then ends the day before, so that older documents can be explained."),
	});

	function ask_import(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Import into {0}", [frm.doc.name]),
			size: "extra-large",
			fields: [
				{ fieldname: "file", fieldtype: "Attach", label: __("CSV or XLSX File"), reqd: 1, options: { restrictions: { allowed_file_types: [".csv", ".xlsx"] } }, description: __("With the columns that an export has.") },
				day_field(),
				{ fieldtype: "Column Break" },
				{ fieldname: "end_others", fieldtype: "Check", label: __("End What the File Does Not Name") },
				{ fieldname: "only_good", fieldtype: "Check", label: __("Leave Out Rows That Cannot Be Taken"), description: __("Without it nothing is changed as long as one is bad.") },
				{ fieldtype: "Section Break" },
				{ fieldname: "preview", fieldtype: "HTML" },
			],
		});
		const args = ({ file, day, end_others }) => ({ tier: frm.doc.name, file_url: file, day, end_others: end_others ? 1 : 0 });
		two_steps(frm, dialog, {
			look: (values) => frappe.xcall(`${METHOD}.preview_import`, args(values), "GET"),
			act: (values, seen) => frappe.xcall(`${METHOD}.import_file`, { ...args(values), only_good: values.only_good ? 1 : 0, seen }),
			may: (answer, values) => !answer.bad_count || values.only_good,
		});
	}

	function ask_raise(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Raise the Prices of {0}", [frm.doc.name]),
			size: "extra-large",
			fields: [
				{ fieldname: "percent", fieldtype: "Float", label: __("By (%)"), reqd: 1, description: __("−3 lowers them by 3 %. Discounts follow the base price list.") },
				day_field(),
				{ fieldtype: "Column Break" },
				{ fieldname: "item_group", fieldtype: "Link", options: "Item Group", label: __("Only Item Group") },
				{ fieldname: "brand", fieldtype: "Link", options: "Brand", label: __("Only Brand") },
				{ fieldname: "rounding", fieldtype: "Select", options: ROUNDINGS, label: __("Round To"), default: ROUNDINGS.includes(frm.doc.rounding) ? frm.doc.rounding : "" },
				{ fieldtype: "Section Break" },
				{ fieldname: "preview", fieldtype: "HTML" },
			],
		});
		const args = ({ percent, day, item_group, brand, rounding }) => ({ tier: frm.doc.name, percent, day, item_group: item_group || "", brand: brand || "", rounding: rounding || "" });
		two_steps(frm, dialog, {
			look: (values) => frappe.xcall(`${METHOD}.preview_raise`, args(values), "GET"),
			act: (values, seen) => frappe.xcall(`${METHOD}.raise_prices`, { ...args(values), seen }),
			may: () => true,
		});
	}

	// First look, then act; whatever is changed in between has to be looked at again.
	function two_steps(frm, dialog, { look, act, may }) {
		let seen = null;
		let modified = "";
		const state = () => JSON.stringify(dialog.get_values(true));
		const show = (html) => dialog.fields_dict.preview.$wrapper.html(html);
		const first = async () => {
			const values = dialog.get_values();
			if (!values) return;
			const answer = await look(values).catch(() => null);
			if (!answer) return;
			show(preview(answer));
			if (!answer.changes.length || !may(answer, values)) return;
			seen = state();
			modified = answer.seen;
			dialog.set_primary_action(__("Change the Tier"), second);
		};
		const second = async () => {
			if (state() !== seen) {
				dialog.set_primary_action(__("Preview"), first);
				return first();
			}
			const done = await act(dialog.get_values(), modified).catch(() => null);
			if (!done) return;
			dialog.hide();
			frappe.show_alert({ message: summary(done.counts, done.left_out), indicator: "green" });
			frm.reload_doc();
		};
		dialog.set_primary_action(__("Preview"), first);
		dialog.show();
	}

	function ask_copy(frm) {
		const dialog = new frappe.ui.Dialog({
			title: __("Copy {0}", [frm.doc.name]),
			fields: [
				{ fieldname: "new_name", fieldtype: "Data", label: __("Name of the New Tier"), reqd: 1 },
				...(frm.doc.parent_tier
					? [{ fieldname: "flat", fieldtype: "Check", label: __("Standing Alone"), description: __("With what it inherits as rows of its own, and no parent tier.") }]
					: []),
			],
			primary_action_label: __("Copy"),
			async primary_action({ new_name, flat }) {
				const name = await frappe.xcall(`${METHOD}.copy_tier`, { tier: frm.doc.name, new_name, flat: flat ? 1 : 0 });
				dialog.hide();
				frappe.set_route("Form", "Trade Price Tier", name);
			},
		});
		dialog.show();
	}

	function download(frm, kind) {
		open_url_post(frappe.request.url, { cmd: `${METHOD}.export_tier`, tier: frm.doc.name, kind });
	}
})();
