// Payment beforehand on the order form: how it stands, and asking for it by hand.

(() => {
	const METHODS = "wholesale_b2b.wholesale_b2b.doctype.trade_pro_forma.trade_pro_forma";

	frappe.ui.form.on("Sales Order", {
		refresh(frm) {
			if (frm.doc.docstatus !== 1 || !wholesale_b2b.is_on(frm.doc.company)) return;
			show(frm);
		},
	});

	async function show(frm) {
		const order = frm.doc.name;
		const { message: paid } = await frappe.call({
			method: `${METHODS}.of_order`,
			args: { sales_order: order },
			type: "GET",
		});
		if (frm.doc.name !== order || !paid) return;
		if (paid.pro_forma) {
			line(frm, ...words(paid));
			frm.add_custom_button(
				__("Pro Forma"),
				() => frappe.set_route("Form", "Trade Pro Forma", paid.pro_forma),
				__("View")
			);
		}
		const may_ask = frappe.model.can_write("Trade Pro Forma") && frm.doc.status !== "Closed";
		if (!paid.needed && may_ask && flt(frm.doc.per_delivered) < 100) {
			frm.add_custom_button(__("Pro Forma"), () => ask(frm), __("Create"));
		}
	}

	// Beside the line about the stock, not instead of it.
	function line(frm, text, colour) {
		if (frm.b2b_pro_forma_line) frm.b2b_pro_forma_line.remove();
		frm.dashboard.set_headline_alert(text, colour);
		frm.b2b_pro_forma_line = frm.layout.message.children().last();
	}

	function words(paid) {
		const link = frappe.utils.get_form_link("Trade Pro Forma", paid.pro_forma, true);
		const open = format_currency(paid.outstanding, paid.currency);
		if (paid.status === "Expired") {
			return [__("Pro forma {0} has expired, {1} is unpaid: the stock has been released.", [link, open]), "red"];
		}
		if (paid.status === "Paid") return [__("Pro forma {0} is paid.", [link]), "green"];
		if (paid.status === "Cancelled") return [__("Pro forma {0} is cancelled.", [link]), "gray"];
		if (paid.may_be_picked) {
			const room = format_currency(paid.room, paid.currency);
			return [__("Pro forma {0}: goods of {1} may ship now, {2} is to be paid.", [link, room, open]), "yellow"];
		}
		return [__("Pro forma {0}: {1} is to be paid before anything is picked.", [link, open]), "orange"];
	}

	function ask(frm) {
		frappe.prompt(
			[
				{
					fieldname: "kind",
					fieldtype: "Select",
					label: __("What Is to Be Paid"),
					options: ["Whole Order", "Deposit", "Per Shipment"],
					default: "Whole Order",
					reqd: 1,
				},
				{
					fieldname: "deposit_percent",
					fieldtype: "Percent",
					label: __("Deposit"),
					depends_on: 'eval:doc.kind == "Deposit"',
					mandatory_depends_on: 'eval:doc.kind == "Deposit"',
				},
			],
			async ({ kind, deposit_percent }) => {
				const { message } = await frappe.call({
					method: `${METHODS}.raise_for_order`,
					args: { sales_order: frm.doc.name, kind, deposit_percent: deposit_percent || 0 },
					freeze: true,
				});
				await frm.reload_doc();
				frappe.show_alert({ message: __("{0} has been raised.", [message]), indicator: "green" });
			},
			__("Ask for Payment before Picking"),
			__("Raise Pro Forma")
		);
	}
})();
