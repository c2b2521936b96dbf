frappe.listview_settings["Trade Account"] = {
	add_fields: ["status", "is_default"],
	get_indicator(doc) {
		const colours = { Active: "green", "On Hold": "orange", "Pro Forma Only": "blue", Closed: "gray" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
	onload(list) {
		if (!frappe.model.can_create("Trade Account")) return;
		list.page.add_inner_button(__("Create for Existing Customers"), () => ask());
	},
};

function ask() {
	const companies = (frappe.boot.wholesale_b2b || {}).companies || [];
	if (!companies.length) {
		return frappe.msgprint(__("Wholesale B2B is not switched on for any company. Open Wholesale Settings."));
	}
	frappe.prompt(
		{
			fieldname: "company",
			fieldtype: "Select",
			label: __("Company"),
			options: companies,
			default: companies[0],
			reqd: 1,
			description: __("Each enabled customer that has no account in this company gets one, by its own name."),
		},
		async ({ company }) => {
			await frappe.call({
				method: "wholesale_b2b.wholesale_b2b.doctype.trade_account.trade_account.create_for_existing",
				args: { company },
			});
			frappe.show_alert(__("Trade Accounts are being made. You are told when all are there."));
		},
		__("Create for Existing Customers"),
		__("Create")
	);
}
