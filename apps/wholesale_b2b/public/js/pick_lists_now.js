// *Make Pick Lists Now*: of one order from its form, of many from the list of Sales Orders. What pickers are told.

frappe.provide("wholesale_b2b.picking");

// Whether a form shows a pick list of ours: for deliveries of a company that is switched on.
wholesale_b2b.picking.is_ours = (frm) => frm.doc.purpose === "Delivery" && wholesale_b2b.is_on(frm.doc.company);

wholesale_b2b.picking.make = async (orders, orders_per_list) => {
	const { message } = await frappe.call({
		method: "wholesale_b2b.api.v1.make_pick_lists",
		args: { orders, orders_per_list },
		freeze: true,
		freeze_message: __("Making pick lists…"),
	});
	if (message.queued) return wholesale_b2b.picking.follow(message.queued);
	if (message.made.length === 1 && !Object.keys(message.left).length) return frappe.set_route("Form", "Pick List", message.made[0]);
	wholesale_b2b.picking.show(message.made.length, message.left, message.made);
};

// A worker makes many; this says how far it is, wherever the user has gone meanwhile.
wholesale_b2b.picking.follow = (count) => {
	const title = __("Making pick lists");
	frappe.show_progress(title, 0, count);
	wholesale_b2b.listen("pick lists", "b2b_pick_lists", ({ done, of, made, left }) => {
		frappe.show_progress(title, done, of, "", true);
		if (made !== undefined) {
			frappe.hide_progress();
			wholesale_b2b.picking.show(made, left || {});
		}
	});
};

wholesale_b2b.picking.show = (count, left, names) => {
	const { cell } = wholesale_b2b;
	const dialog = new frappe.ui.Dialog({
		title: count === 1 ? __("1 pick list made") : __("{0} pick lists made", [count]),
		size: "large",
		indicator: count ? "green" : "orange",
		primary_action_label: __("Pick Lists"),
		primary_action() {
			dialog.hide();
			frappe.set_route("List", "Pick List", { status: "Draft" });
		},
	});
	const rows = Object.entries(left);
	const links = (names || []).map((name) => cell.link("Pick List", name)).join(", ");
	dialog.$body.html(
		(links ? `<p>${links}</p>` : "") +
			(rows.length
				? wholesale_b2b.table({
						title: __("Not on a list"),
						rows,
						columns: [
							{ label: __("Sales Order"), cell: ([order]) => cell.link("Sales Order", order) },
							{ label: __("Why"), cell: ([, why]) => cell.text(why), wide: true },
						],
				  })
				: "")
	);
	dialog.show();
};

frappe.ui.form.on("Sales Order", {
	refresh(frm) {
		const { docstatus, status, per_delivered, company } = frm.doc;
		if (docstatus !== 1 || ["Closed", "On Hold"].includes(status) || flt(per_delivered) >= 100) return;
		if (!wholesale_b2b.is_on(company) || !frappe.model.can_create("Pick List")) return;
		frm.add_custom_button(__("Pick Lists Now"), () => wholesale_b2b.picking.make([frm.doc.name], 1), __("Create"));
	},
});

// Somebody has a list in hand while it is stopped, cut or may go on: a message says so wherever they are, and what was scanned
// stays. Who has it open and is told by name hears it twice.
wholesale_b2b.picking.told = "";

$(document).on("app_ready", () => frappe.realtime.on("b2b_pick_list", wholesale_b2b.picking.tell));

wholesale_b2b.picking.tell = ({ pick_list, texts }) => {
	const text = texts.map(wholesale_b2b.cell.text).join("<br>");
	const open = cur_frm && cur_frm.doctype === "Pick List" && cur_frm.doc.name === pick_list;
	if (text && text !== wholesale_b2b.picking.told) frappe.msgprint({ title: pick_list, message: text, indicator: "orange" });
	wholesale_b2b.picking.told = text;
	setTimeout(() => (wholesale_b2b.picking.told = ""), 3000);
	if (open && !cur_frm.is_dirty()) cur_frm.reload_doc();
};
