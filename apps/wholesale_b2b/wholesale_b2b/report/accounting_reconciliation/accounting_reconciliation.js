frappe.query_reports["Accounting Reconciliation"] = {
	filters: [
		{
			fieldname: "accounting_connection",
			label: __("Accounting Connection"),
			fieldtype: "Link",
			options: "Accounting Connection",
			reqd: 1,
		},
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.month_start(),
			reqd: 1,
		},
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
		{ fieldname: "only_differences", label: __("Only Differences"), fieldtype: "Check" },
	],
	formatter(value, row, column, data, original) {
		const shown = original(value, row, column, data);
		if (column.fieldname !== "problem" || !data) return shown;
		return `<span class="indicator-pill ${data.is_same ? "green" : "red"}">${shown}</span>`;
	},
};
