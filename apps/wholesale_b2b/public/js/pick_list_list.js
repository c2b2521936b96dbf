// The list of pick lists: whose, when it is wanted, and what is held.

(() => {
	if (!wholesale_b2b.companies().length) return;
	const settings = (frappe.listview_settings["Pick List"] = frappe.listview_settings["Pick List"] || {});
	const { get_indicator } = settings;
	settings.has_indicator_for_draft = true;
	settings.add_fields = [...(settings.add_fields || []), "b2b_hold_status", "b2b_order_count", "customer_name"];
	settings.get_indicator = (doc) => {
		if (doc.b2b_hold_status === "Held" && ["Draft", "Open", "Partly Delivered"].includes(doc.status)) {
			return [__("Held"), "red", "b2b_hold_status,=,Held"];
		}
		return get_indicator ? get_indicator(doc) : undefined;
	};
	settings.formatters = {
		...settings.formatters,
		customer(value, _field, doc) {
			const orders = doc.b2b_order_count > 1 ? __("{0} orders", [doc.b2b_order_count]) : "";
			return [value && (doc.customer_name || value), orders].filter(Boolean).map(wholesale_b2b.cell.text).join(", ");
		},
		b2b_ship_date(value) {
			if (!value) return "";
			return wholesale_b2b.cell.is_past(value) ? wholesale_b2b.cell.warning(frappe.datetime.str_to_user(value)) : wholesale_b2b.cell.date(value);
		},
	};

	// Whose list it is and when it is wanted come next to the status, unless the user chose columns.
	const { onload } = settings;
	settings.onload = (listview) => {
		if (onload) onload(listview);
		if (listview.list_view_settings.fields) return;
		const ours = ["customer", "b2b_ship_date"].map((name) => ({ type: "Field", df: frappe.meta.get_docfield("Pick List", name) }));
		const others = listview.columns.filter((column) => !column.df || !["company", "customer", "b2b_ship_date"].includes(column.df.fieldname));
		const status = others.findIndex((column) => column.type === "Status");
		others.splice(status + 1, 0, ...ours.filter((column) => column.df));
		listview.columns = others;
		listview.render_header(true);
	};
})();
