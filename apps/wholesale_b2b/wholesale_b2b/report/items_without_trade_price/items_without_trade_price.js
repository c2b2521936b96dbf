frappe.query_reports["Items Without Trade Price"] = {
	filters: [
		{ fieldname: "tier", label: __("Tier"), fieldtype: "Link", options: "Trade Price Tier" },
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company"), reqd: 1 },
		{ fieldname: "item_group", label: __("Item Group"), fieldtype: "Link", options: "Item Group" },
		{ fieldname: "brand", label: __("Brand"), fieldtype: "Link", options: "Brand" },
		{ fieldname: "only_unpriced", label: __("Only without any price"), fieldtype: "Check", default: 1 },
	],
};
