frappe.query_reports["Tier Comparison"] = {
	filters: [
		{ fieldname: "tiers", label: __("Tiers"), fieldtype: "MultiSelectList", get_data: (text) => frappe.db.get_link_options("Trade Price Tier", text) },
		{ fieldname: "qty", label: __("At a Quantity Of"), fieldtype: "Float", default: 1 },
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company"), reqd: 1 },
		{ fieldname: "item_group", label: __("Item Group"), fieldtype: "Link", options: "Item Group" },
		{ fieldname: "brand", label: __("Brand"), fieldtype: "Link", options: "Brand" },
	],
};
