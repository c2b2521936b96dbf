(() => {
	const METHODS = "wholesale_b2b.wholesale_b2b.doctype.trade_pro_forma.trade_pro_forma";
	const OPEN = ["Unpaid", "Partly Paid", "Expired"];

	frappe.ui.form.on("Trade Pro Forma", {
		refresh(frm) {
			frm.disable_save();
			if (frm.is_new()) {
				frm.set_intro(__("A pro forma is raised by its order: open the Sales Order and choose Create → Pro Forma."));
				return;
			}
			headline(frm);
			if (!OPEN.includes(frm.doc.status)) return;
			if (frm.perm[0].email) frm.add_custom_button(__("Send"), () => send(frm));
			if (frm.perm[0].write) frm.add_custom_button(__("Extend"), () => extend(frm));
			if (frappe.model.can_create("Payment Entry")) {
				frm.add_custom_button(__("Payment"), () => pay(frm), __("Create"));
			}
		},
	});

	function headline(frm) {
		const { status, currency, valid_until, may_be_picked } = frm.doc;
		const money = (value) => format_currency(value, currency);
		const open = money(frm.doc.outstanding_amount);
		const day = valid_until ? frappe.datetime.str_to_user(valid_until) : "";
		const words = {
			Paid: [__("Paid: the order may be picked."), "green"],
			Expired: [__("Not paid by {0}. The order's stock has been released; a payment or Extend brings it back in line.", [day]), "red"],
			Cancelled: [__("Nothing is asked for any more."), "gray"],
		};
		const waiting = may_be_picked
			? __("A part may be picked; {0} is still to be paid.", [open])
			: __("The order is not picked before {0} has been paid{1}.", [open, day ? " " + __("(until {0})", [day]) : ""]);
		wholesale_b2b.headline(frm, ...(words[status] || [waiting, "orange"]));
	}

	function send(frm) {
		frappe.prompt(
			{
				fieldname: "recipient",
				fieldtype: "Data",
				options: "Email",
				label: __("To"),
				description: __("Empty: the address of the Trade Account, else the order's contact."),
			},
			async ({ recipient }) => {
				await frappe.call({ method: `${METHODS}.send`, args: { name: frm.doc.name, recipient }, freeze: true });
				frappe.show_alert({ message: __("{0} is being mailed.", [frm.doc.name]), indicator: "green" });
			},
			__("Send {0}", [frm.doc.name]),
			__("Send")
		);
	}

	function extend(frm) {
		frappe.prompt(
			{
				fieldname: "until",
				fieldtype: "Date",
				label: __("Valid Until"),
				reqd: 1,
				default: frappe.datetime.add_days(frappe.datetime.get_today(), 14),
			},
			async ({ until }) => {
				await frappe.call({ method: `${METHODS}.extend`, args: { name: frm.doc.name, until }, freeze: true });
				frm.reload_doc();
			},
			__("Extend {0}", [frm.doc.name]),
			__("Extend")
		);
	}

	// ERPNext's own Payment Entry for the order, with what is still asked for.
	async function pay(frm) {
		const { message } = await frappe.call({
			method: "erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
			args: { dt: "Sales Order", dn: frm.doc.sales_order },
			freeze: true,
		});
		const [entry] = frappe.model.sync(message);
		entry.reference_no = frm.doc.payment_reference;
		frappe.set_route("Form", entry.doctype, entry.name);
	}
})();
