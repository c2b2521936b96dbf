frappe.query_reports["Held Orders"] = {
	filters: [
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "kind", label: __("Held For"), fieldtype: "Select", options: [""] },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "trade_account", label: __("Trade Account"), fieldtype: "Link", options: "Trade Account" },
		{ fieldname: "release_role", label: __("Who Releases It"), fieldtype: "Autocomplete", options: [] },
		{ fieldname: "days", label: __("For at Least (Days)"), fieldtype: "Int" },
		{ fieldname: "mine", label: __("Waiting for Me"), fieldtype: "Check" },
	],

	async onload(report) {
		// on a phone the rows come first; what narrows them is seen
		report.filters.forEach(({ df: { fieldname }, value }) => {
			const away = frappe.is_mobile() && !["kind", "mine"].includes(fieldname) && !value;
			report.toggle_filter_display(fieldname, away);
		});
		const methods = "wholesale_b2b.wholesale_b2b.doctype.order_hold.order_hold";
		const [kinds, roles] = await Promise.all([
			frappe.xcall(`${methods}.kinds`),
			wholesale_b2b.release_roles(),
		]);
		const field = report.get_filter("kind");
		field.df.options = ["", ...kinds.map((kind) => ({ value: kind, label: __(kind) }))];
		field.refresh();
		report.get_filter("release_role").set_data(roles);
	},

	formatter(value, row, column, data, standard) {
		const { cell } = wholesale_b2b;
		if (column.fieldname === "kind" && data) return cell.pill("red", cell.text(__(value)));
		// reasons are the end of a sentence
		if (column.fieldname === "reason" && value) value = value.charAt(0).toUpperCase() + value.slice(1);
		const shown = standard(value, row, column, data);
		return column.fieldname === "days" && data && data.days >= 7 ? cell.warning(shown) : shown;
	},
};
