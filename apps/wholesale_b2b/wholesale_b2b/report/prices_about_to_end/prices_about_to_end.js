frappe.query_reports["Prices About to End"] = {
	filters: [
		{ fieldname: "days", label: __("Within Days"), fieldtype: "Int", default: 30, reqd: 1 },
		{ fieldname: "tier", label: __("Tier"), fieldtype: "Link", options: "Trade Price Tier" },
		{ fieldname: "price_list", label: __("Price List"), fieldtype: "Link", options: "Price List" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
	],
};
