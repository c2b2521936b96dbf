const ORDER_IMPORT = "wholesale_b2b.wholesale_b2b.doctype.order_import.order_import.";
const WORKING = ["Queued", "Running", "Stopping"];
const FIGURES = [
	"status",
	"error",
	"total_orders",
	"total_rows",
	"orders_done",
	"orders_created",
	"orders_known",
	"rows_ordered",
	"rows_known",
	"rows_excepted",
	"exceptions_open",
	"seconds",
];

frappe.ui.form.on("Order Import", {
	setup(frm) {
		frm.set_query("warehouse", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
		frm.set_query("retail_customer", () => ({ filters: { disabled: 0 } }));
		frm.set_query("item_group", () => ({ filters: { is_group: 0 } }));
		frm.set_query("customer_group", () => ({ filters: { is_group: 0 } }));
		frm.set_query("territory", () => ({ filters: { is_group: 0 } }));
		frm.set_query("item", "codes", () => ({ filters: { is_stock_item: 0, disabled: 0 } }));
		frm.get_field("columns").grid.cannot_add_rows = true;
	},

	onload(frm) {
		wholesale_b2b.listen("form", "order_import_progress", (figures) => take_figures(frm, figures));
	},

	refresh(frm) {
		const started = frm.doc.status !== "Draft";
		const can_write = frm.perm[0] && frm.perm[0].write;
		["company", "source", "template", "import_file", "columns"].forEach((field) =>
			frm.set_df_property(field, "read_only", started ? 1 : 0)
		);
		show_progress(frm);
		show_preview(frm);
		intro(frm);
		// Orders come from the file: nothing is to be added by hand from here.
		frm.dashboard.links_area.body.find(".btn-new").remove();
		if (!started) frm.dashboard.links_area.hide();
		if (frm.is_new() || !can_write) return;
		add_buttons(frm);
		poll(frm);
	},

	import_file(frm) {
		// The columns are read on the server: save as soon as a file is there.
		if (frm.doc.import_file && !frm.is_new()) frm.save();
	},

	template(frm) {
		if (frm.doc.template && !frm.is_new()) frm.save();
	},
});

function intro(frm) {
	frm.set_intro("");
	if (frm.is_new()) {
		frm.set_intro(__("Upload a file of order lines and save. Nothing is ordered before you press Start."), "blue");
	} else if (frm.doc.status === "Draft" && !frm.doc.import_file) {
		frm.set_intro(__("Upload a CSV or XLSX file with one row per order line."), "blue");
	} else if (is_dead(frm)) {
		frm.set_intro(
			__("No worker is at this import any more. Press Resume: orders already made are passed over."),
			"orange"
		);
	}
}

function is_dead(frm) {
	return WORKING.includes(frm.doc.status) && frm.doc.__onload && frm.doc.__onload.is_dead;
}

function add_buttons(frm) {
	const status = frm.doc.status;
	const primary = (label, action) => frm.add_custom_button(label, action).addClass("btn-primary");
	if (frm.doc.import_file && status === "Draft") {
		primary(__("Start"), () => start(frm));
		frm.add_custom_button(__("Preview"), () => run_preview(frm));
	}
	if (["Stopped", "Failed"].includes(status) || is_dead(frm)) {
		primary(__("Resume"), () => call(frm, "start").then(() => frm.reload_doc()));
	}
	if (["Queued", "Running"].includes(status)) {
		frm.add_custom_button(__("Stop"), () => call(frm, "stop").then(() => frm.reload_doc()));
	}
	if (status === "Completed with Exceptions") {
		frm.add_custom_button(__("Exceptions"), () => open_exceptions(frm)).addClass("btn-primary");
		frm.add_custom_button(__("Replay All"), () =>
			frappe.confirm(
				__("Try all {0} open exceptions again, as corrected?", [frm.doc.exceptions_open]),
				() => call(frm, "replay_all").then(() => frm.reload_doc())
			)
		);
	}
	if ((frm.doc.columns || []).length) {
		frm.add_custom_button(__("Save as Template"), () => save_template(frm));
	}
}

async function call(frm, action, args = {}, freeze_message) {
	if (frm.is_dirty()) await frm.save();
	return frappe.call({
		method: ORDER_IMPORT + action,
		args: { name: frm.doc.name, ...args },
		freeze: true,
		freeze_message,
	});
}

async function start(frm) {
	const found = await run_preview(frm);
	if (!found) return;
	if (!found.rows_to_order && !found.rows_to_exceptions) {
		frappe.msgprint(__("Every order of the file has been imported already: there is nothing to start."));
		return;
	}
	const orders = (found.totals["New"] || 0) + (found.totals["New with Exceptions"] || 0);
	frappe.confirm(
		__("Submit {0} sales orders with {1} rows, worth {2}? To the exceptions: {3}.", [
			orders,
			found.rows_to_order,
			format_currency(found.amount, found.currency),
			found.rows_to_exceptions,
		]),
		() => call(frm, "start").then(() => frm.reload_doc())
	);
}

async function run_preview(frm) {
	const { message } = await call(frm, "preview", {}, __("Reading the file…"));
	frm.order_import_preview = message && { name: frm.doc.name, ...message };
	show_preview(frm);
	return message;
}

function save_template(frm) {
	frappe.prompt(
		{
			fieldname: "template_name",
			fieldtype: "Data",
			label: __("Template Name"),
			reqd: 1,
			default: frm.doc.template || frm.doc.source,
			description: __("An existing template of this name is replaced."),
		},
		({ template_name }) =>
			call(frm, "save_template", { template_name }).then(({ message }) =>
				frappe.show_alert({ message: __("Saved as template {0}", [message]), indicator: "green" })
			),
		__("Save as Template"),
		__("Save")
	);
}

function open_exceptions(frm) {
	frappe.set_route("List", "Order Import Exception", { order_import: frm.doc.name, status: "Open" });
}

function poll(frm) {
	// Where the socket does not reach the browser, the figures still move.
	clearTimeout(frm.order_import_timer);
	if (!WORKING.includes(frm.doc.status)) return;
	const name = frm.doc.name;
	frm.order_import_timer = setTimeout(async () => {
		if (cur_frm !== frm || frm.doc.name !== name) return;
		const { message } = await frappe.db.get_value("Order Import", name, FIGURES);
		take_figures(frm, { name, ...message });
		poll(frm);
	}, 4000);
}

function take_figures(frm, figures) {
	if (figures.name !== frm.doc.name) return;
	const changed = figures.status !== frm.doc.status;
	// Figures only: what the user is typing stays, and the form can still be saved.
	Object.assign(frm.doc, figures);
	if (changed && !frm.is_dirty()) frm.reload_doc();
	else show_progress(frm);
}

function show_progress(frm) {
	const doc = frm.doc;
	const done = cint(doc.orders_done) + cint(doc.orders_known);
	const percent = doc.total_orders ? Math.floor((100 * done) / doc.total_orders) : 0;
	const moving = WORKING.includes(doc.status);
	const colour = { Completed: "success", "Completed with Exceptions": "warning", Failed: "danger" }[doc.status];
	const figure = (label, value, tone = "") => `
		<div class="mr-5 mb-2">
			<div class="text-muted small">${label}</div>
			<div class="h4 mb-0 ${tone}">${format_number(value || 0, null, 0)}</div>
		</div>`;
	const speed = doc.seconds && !moving ? Math.round(doc.rows_ordered / doc.seconds) : 0;
	frm.get_field("progress_html").$wrapper.html(`
		<div class="order-import-progress">
			<div class="d-flex justify-content-between mb-1">
				<span>${doc.status === "Queued" ? __("Waiting for a worker") : __(doc.status)}</span>
				<span class="text-muted">${
					doc.total_orders ? __("{0} of {1} orders", [done, cint(doc.total_orders)]) : ""
				}</span>
			</div>
			<div class="progress mb-4" style="height: 8px" role="progressbar" aria-valuemin="0" aria-valuemax="100"
				aria-valuenow="${percent}" aria-label="${__("Progress")}">
				<div class="progress-bar ${colour ? "bg-" + colour : ""}" style="width: ${percent}%"></div>
			</div>
			<div class="d-flex flex-wrap">
				${figure(__("Rows in the File"), doc.total_rows)}
				${figure(__("Orders Created"), doc.orders_created)}
				${figure(__("Rows on Orders"), doc.rows_ordered, doc.rows_ordered ? "text-success" : "")}
				${figure(__("Rows Set Aside"), doc.rows_excepted)}
				${figure(__("Open Exceptions"), doc.exceptions_open, doc.exceptions_open ? "text-warning" : "")}
				${figure(__("Rows Imported Before"), doc.rows_known)}
			</div>
			${
				speed
					? `<div class="text-muted small">${__("{0} seconds, {1} rows a second", [
							Math.round(doc.seconds),
							speed,
					  ])}</div>`
					: ""
			}
		</div>`);
}

const VERDICT_COLOUR = {
	New: "green",
	"New with Exceptions": "orange",
	"Exceptions Only": "red",
	"Already Imported": "gray",
	"Already Imported, Changed Since": "yellow",
};

function show_preview(frm) {
	const wrapper = frm.get_field("preview_html").$wrapper.empty();
	const found = frm.order_import_preview;
	if (!found || found.name !== frm.doc.name || frm.doc.status !== "Draft") {
		wrapper.html(
			`<p class="text-muted">${__(
				"Preview shows what becomes of each order before anything is written. Check the columns first."
			)}</p>`
		);
		return;
	}
	const escape = frappe.utils.escape_html;
	const pill = (verdict, count) =>
		`<span class="indicator-pill ${VERDICT_COLOUR[verdict]} mr-2 mb-2">${__(verdict)}${
			count === undefined ? "" : ": " + count
		}</span>`;
	const reasons = Object.entries(found.reasons).map(([reason, count]) => `${__(reason)}: ${count}`);
	const rows = found.orders.map((order) => {
		const link = order.sales_order ? frappe.utils.get_form_link("Sales Order", order.sales_order, true) : "";
		const bad = order.exceptions.map(
			(row) => `<div class="small text-muted">${__("Row {0}", [row.row])} ${escape(row.item)}:
				${escape(row.message).replace(/\n/g, " ")}</div>`
		);
		if (order.exception_count > order.exceptions.length) {
			const more = order.exception_count - order.exceptions.length;
			bad.push(`<div class="small text-muted">${__("and {0} more rows", [more])}</div>`);
		}
		const fresh = order.new_customer ? ` <span class="text-muted small">${__("new")}</span>` : "";
		return `<tr>
			<td>${escape(order.order_no || "—")}</td>
			<td>${pill(order.verdict)} ${link}${bad.join("")}</td>
			<td>${escape(order.customer || "—")}${fresh}</td>
			<td class="text-nowrap">${order.order_date ? frappe.datetime.str_to_user(order.order_date) : ""}</td>
			<td class="text-right text-nowrap">${order.to_order} / ${order.rows}</td>
			<td class="text-right text-nowrap">${format_currency(order.amount, found.currency)}</td>
		</tr>`;
	});
	wrapper.html(`
		<div class="mb-2">${Object.entries(found.totals).map(([verdict, count]) => pill(verdict, count)).join("")}</div>
		<p>${__("{0} of {1} rows will be ordered. To the exceptions: {2}.", [
			found.rows_to_order,
			found.rows,
			found.rows_to_exceptions,
		])}
		${found.new_items || found.new_customers
			? __("{0} items and {1} customers will be created.", [found.new_items, found.new_customers])
			: ""}
		${reasons.length ? `<br><span class="text-muted">${reasons.join(" · ")}</span>` : ""}</p>
		<div style="max-height: 420px; overflow: auto" tabindex="0" aria-label="${__("Preview")}">
			<table class="table table-sm">
				<thead style="position: sticky; top: 0; background: var(--card-bg)"><tr>
					<th>${__("Order")}</th><th>${__("Verdict")}</th><th>${__("Customer")}</th><th>${__("Date")}</th>
					<th class="text-right">${__("Rows")}</th><th class="text-right">${__("Amount")}</th>
				</tr></thead>
				<tbody>${rows.join("")}</tbody>
			</table>
		</div>
		${found.order_count > found.orders.length
			? `<p class="text-muted small">${__("The first {0} of {1} orders.", [
					found.orders.length,
					found.order_count,
			  ])}</p>`
			: ""}`);
}
