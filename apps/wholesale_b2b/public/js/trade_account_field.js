// The Trade Account on sales documents and payments: only the customer's own are offered.

(() => {
	const CUSTOMER = {
		Quotation: (doc) => (doc.quotation_to === "Customer" ? doc.party_name : null),
		"Payment Entry": (doc) => (doc.party_type === "Customer" ? doc.party : null),
	};
	const customer_of = (doc) => (CUSTOMER[doc.doctype] || ((d) => d.customer))(doc);
	const WHEN = { Quotation: "party_name", "Payment Entry": "party" };
	// Field of the document → what the account says of it.
	const FILLED = {
		selling_price_list: (account) => account.price_list,
		// the company's own is in every new account: it says nothing
		currency: (account, doc) =>
			account.currency === erpnext.get_currency(doc.company) ? null : account.currency,
		payment_terms_template: (account) => account.payment_terms_template,
		shipping_address_name(account, doc) {
			// what is sold at a till goes nowhere
			if (doc.doctype === "POS Invoice" || doc.is_pos) return null;
			return (account.addresses || []).find((row) => row.is_default)?.address;
		},
	};
	const fill_soon = frappe.utils.debounce((frm) => fill(frm), 100);

	for (const doctype of [
		"Quotation",
		"Sales Order",
		"Delivery Note",
		"Sales Invoice",
		"POS Invoice",
		"Payment Entry",
	]) {
		frappe.ui.form.on(doctype, {
			setup(frm) {
				frm.set_query("b2b_trade_account", () => ({
					filters: {
						customer: customer_of(frm.doc) || "",
						company: frm.doc.company || "",
						status: ["!=", "Closed"],
					},
				}));
			},
			[WHEN[doctype] || "customer"]: (frm) => follow(frm),
			company: (frm) => follow(frm),
			b2b_channel: (frm) => follow(frm),
			b2b_trade_account: (frm) => fill(frm),
			// What ERPNext fills in from the customer's own record, however late, gives way; what a user chooses stays.
			...Object.fromEntries(
				Object.keys(FILLED).map((field) => [field, (frm) => frm.updating_party_details && fill_soon(frm)])
			),
		});
	}

	// The account that the server would choose, as soon as the customer is known.
	async function follow(frm) {
		const { doc } = frm;
		if (doc.docstatus || !frm.fields_dict.b2b_trade_account || !wholesale_b2b.is_on(doc.company)) return;
		const customer = customer_of(doc);
		if (!customer) return frm.set_value("b2b_trade_account", null);
		const { message } = await frappe.call({
			method: "wholesale_b2b.wholesale_b2b.doctype.trade_account.trade_account.choose",
			args: { customer, company: doc.company, channel: doc.b2b_channel || "" },
			type: "GET",
		});
		if (customer_of(frm.doc) !== customer) return;
		await frm.set_value("b2b_trade_account", message.account || null);
		if (message.why === "ambiguous") {
			frappe.show_alert({
				message: __("{0} trades on several accounts: choose one.", [customer]),
				indicator: "orange",
			});
		}
	}

	// Price list, currency, payment terms and where it ships to, as the account names them; what it leaves open stays.
	async function fill(frm) {
		const { doc } = frm;
		const name = doc.b2b_trade_account;
		if (doc.docstatus || !name || doc.doctype === "Payment Entry") return;
		const account = await frappe.db.get_doc("Trade Account", name);
		await settled(frm);
		if (frm.doc !== doc || doc.b2b_trade_account !== name) return;
		for (const [field, said] of Object.entries(FILLED)) {
			const value = said(account, doc);
			if (value && frm.fields_dict[field] && frm.doc[field] !== value) await frm.set_value(field, value);
		}
	}

	// ERPNext is through with what the customer's own record says.
	async function settled(frm) {
		for (let tries = 0; tries < 100; tries++) {
			await frappe.after_ajax();
			if (!frm.updating_party_details) return;
			await frappe.timeout(0.05);
		}
	}
})();
