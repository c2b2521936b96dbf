// Tables of what covers an order and of what is available; the scripts of ERPNext's forms draw with it.

frappe.provide("wholesale_b2b");

wholesale_b2b.is_on = (company) => wholesale_b2b.companies().includes(company);

wholesale_b2b.companies = () => (frappe.boot.wholesale_b2b && frappe.boot.wholesale_b2b.companies) || [];

// Hear of a realtime event in the name of `who`, whose earlier listener goes: scripts run again with each form that is opened.
// Others who listen to the same event go on listening.
wholesale_b2b.listen = (who, event, callback) => {
	const listeners = (wholesale_b2b.listeners = wholesale_b2b.listeners || {});
	const key = `${event} ${who}`;
	if (listeners[key]) frappe.realtime.off(event, listeners[key]);
	listeners[key] = callback;
	frappe.realtime.on(event, callback);
};

// An answer of the app's API, or null where the user may not have it: a panel stays empty then, no dialog opens.
wholesale_b2b.ask = async (name, args) => {
	const answer = await fetch(`/api/method/wholesale_b2b.api.v1.${name}`, {
		method: "POST",
		headers: {
			Accept: "application/json",
			"Content-Type": "application/json",
			"X-Frappe-CSRF-Token": frappe.csrf_token,
		},
		body: JSON.stringify(args),
	}).catch(() => null);
	return answer && answer.ok ? (await answer.json()).message : null;
};

wholesale_b2b.may_see_stock = () =>
	frappe.model.can_read("Bin") || frappe.user.has_role(["Wholesale Manager", "Trade Desk User"]);

// How far the background workers are, in words; empty when nothing waits.
wholesale_b2b.progress_text = ({ waiting, total }) =>
	waiting
		? __("{0} of {1} items at warehouses are allocated, {2} wait", [
				format_number(total - waiting, null, 0),
				format_number(total, null, 0),
				format_number(waiting, null, 0),
			])
		: "";

// Cells. Each answers with HTML that is safe to insert.
wholesale_b2b.cell = {
	// Frappe has escaped some of what it stored already.
	text: (value) => frappe.utils.escape_html(frappe.utils.unescape_html(cstr(value))),

	qty(value) {
		const precision = cint(frappe.boot.sysdefaults && frappe.boot.sysdefaults.float_precision) || 3;
		const number = flt(value, precision);
		return format_number(number, null, Number.isInteger(number) ? 0 : precision);
	},

	// Nothing is a dash, so that the figures that matter stand out.
	some: (value) => (flt(value) ? wholesale_b2b.cell.qty(value) : `<span class="b2b-none text-muted">–</span>`),

	date(value) {
		return value ? `<span class="text-nowrap">${frappe.datetime.str_to_user(value)}</span>` : "";
	},

	is_past: (value) => Boolean(value) && value < frappe.datetime.get_today(),

	// The expected date of a supply that should have come already says so.
	expected(value) {
		const { cell } = wholesale_b2b;
		if (!value) return `<span class="text-muted">${__("no date")}</span>`;
		return cell.is_past(value) ? `${cell.date(value)} ${cell.warning(__("overdue"))}` : cell.date(value);
	},

	warning: (words) => `<span class="b2b-warning">${words}</span>`,

	muted: (words) => `<span class="text-muted">${words}</span>`,

	pill: (colour, words) => `<span class="indicator-pill ${colour} b2b-pill">${words}</span>`,

	// A link where the user may open the document, its name where not.
	link(doctype, name, label) {
		const words = wholesale_b2b.cell.text(label || name);
		if (!name || !frappe.model.can_read(doctype)) return words;
		return frappe.utils.get_form_link(doctype, name, true, words);
	},

	item(row) {
		const { cell } = wholesale_b2b;
		const name = row.item_name && row.item_name !== row.item_code ? row.item_name : "";
		return `${cell.link("Item", row.item_code)}<div class="small text-muted">${cell.text(name)}</div>`;
	},
};

// columns: {label, cell: row => html, numeric, wide}. On a phone every row is a card, each cell under its label.
wholesale_b2b.table = ({ title, columns, rows, total }) => {
	const css = (column) => `${column.numeric ? "b2b-number" : ""} ${column.wide ? "b2b-wide" : ""}`;
	const cells = (row) =>
		columns.map(
			(column) =>
				`<td class="${css(column)}" data-label="${frappe.utils.escape_html(column.label)}">
					<div>${column.cell(row)}</div>
				</td>`
		);
	const line = (row, kind = "") => `<tr class="${kind}">${cells(row).join("")}</tr>`;
	const head = columns.map((column) => `<th scope="col" class="${css(column)}">${column.label}</th>`);
	return `<div class="b2b-panel" role="region" tabindex="0" aria-label="${frappe.utils.escape_html(title)}">
		<table class="b2b-table">
			<thead><tr>${head.join("")}</tr></thead>
			<tbody>${rows.map((row) => line(row)).join("")}${total ? line(total, "b2b-total") : ""}</tbody>
		</table>
	</div>`;
};

// A link to the Allocation Board of an item, for those who may open it. filters: as the board's own fields.
wholesale_b2b.board_link = (item, filters = {}, words = __("Open board")) => {
	if (!item || !(frappe.boot.page_info || {})["allocation-board"]) return "";
	const query = new URLSearchParams(filters).toString();
	const address = `/app/allocation-board/${encodeURIComponent(item)}${query ? `?${query}` : ""}`;
	return `<a class="b2b-board-link small" href="${frappe.utils.escape_html(address)}">${words}</a>`;
};

wholesale_b2b.empty = (words) => `<p class="b2b-empty text-muted">${words}</p>`;

// One line at the top of the form, replaced when it changes; the form takes it away when it is refreshed.
wholesale_b2b.headline = (frm, words, colour) => {
	if (frm.b2b_headline) frm.b2b_headline.remove();
	frm.b2b_headline = null;
	if (!words) return;
	frm.dashboard.set_headline_alert(words, colour);
	frm.b2b_headline = frm.layout.message.children().last();
};

wholesale_b2b.draw = (frm, fieldname, html) => {
	const field = frm.get_field(fieldname);
	if (field) field.$wrapper.html(html);
};
