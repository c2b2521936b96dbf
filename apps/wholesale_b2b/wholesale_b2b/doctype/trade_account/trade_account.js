frappe.ui.form.on("Trade Account", {
	setup(frm) {
		const linked = () => ({ filters: { link_doctype: "Customer", link_name: frm.doc.customer || "" } });
		frm.set_query("contact", "buyers", () => ({
			query: "frappe.contacts.doctype.contact.contact.contact_query",
			...linked(),
		}));
		frm.set_query("address", "addresses", () => ({
			query: "frappe.contacts.doctype.address.address.address_query",
			...linked(),
		}));
		frm.set_query("warehouse", "sourcing_warehouses", () => ({
			filters: { is_group: 0, disabled: 0, is_rejected_warehouse: 0, company: frm.doc.company || "" },
		}));
		frm.set_query("price_list", () => ({ filters: { selling: 1, enabled: 1 } }));
		frm.set_query("fulfilment_policy", () => ({ filters: { enabled: 1 } }));
	},

	refresh(frm) {
		// what is on hold or closed is said by its holds
		if (frm.is_new() || frm.doc.status !== "Pro Forma Only") return;
		const reason = frappe.utils.escape_html(frm.doc.status_reason || "");
		wholesale_b2b.headline(frm, __("This account pays before its goods are picked. {0}", [reason]), "blue");
	},

	async customer(frm) {
		if (!frm.doc.customer || frm.doc.account_name) return;
		const { message } = await frappe.db.get_value("Customer", frm.doc.customer, "customer_name");
		frm.set_value("account_name", message.customer_name);
	},
});
