// Allocation in the list of Sales Orders, beside ERPNext's own settings of that list.

(() => {
	if (!wholesale_b2b.companies().length) return;

	const COLOURS = {
		Reserved: "green",
		"Reserved and Pre-Allocated": "blue",
		"Pre-Allocated": "blue",
		"Partly Backordered": "orange",
		Backordered: "red",
	};
	const pill = (status, words) =>
		`<span class="indicator-pill ${COLOURS[status] || "gray"} no-indicator-dot ellipsis" title="${words}">${words}</span>`;
	const settings = (frappe.listview_settings["Sales Order"] = frappe.listview_settings["Sales Order"] || {});
	settings.formatters = {
		...settings.formatters,
		b2b_allocation_status: (status) => (status ? pill(status, frappe.utils.escape_html(__(status))) : ""),
	};

	// What is held says so before anything else.
	settings.add_fields = [...(settings.add_fields || []), "b2b_hold_status"];
	const indicator = settings.get_indicator;
	settings.get_indicator = (doc) =>
		doc.b2b_hold_status === "Held" && cint(doc.docstatus) === 1
			? [__("Held"), "red", "b2b_hold_status,=,Held"]
			: indicator && indicator(doc);

	// A column only where a company is switched on, so it is not set in the field itself.
	const field = frappe.meta.get_docfield("Sales Order", "b2b_allocation_status");
	if (field) field.in_list_view = 1;

	// On a narrow screen the list shows fewer columns: ours comes next to the status, unless the user chose columns.
	const onload = settings.onload;
	settings.onload = (listview) => {
		if (onload) onload(listview);
		if (frappe.model.can_create("Pick List")) listview.page.add_actions_menu_item(__("Make Pick Lists Now"), () => pick(listview));
		if (!field || listview.list_view_settings.fields || listview.columns.some((column) => column.df === field)) return;
		const status = listview.columns.findIndex((column) => column.type === "Status");
		listview.columns.splice(status + 1, 0, { type: "Field", df: field });
		listview.render_header(true);
	};

	function pick(listview) {
		const orders = listview.get_checked_items(true);
		const orders_per_list = {
			fieldname: "orders_per_list",
			fieldtype: "Int",
			label: __("Orders per List"),
			default: 1,
			description: __("At most so many orders on one list. 0: all of them."),
		};
		frappe.prompt(
			orders_per_list,
			(values) => wholesale_b2b.picking.make(orders, cint(values.orders_per_list)),
			__("Pick lists of {0} orders", [orders.length]),
			__("Make")
		);
	}
})();
