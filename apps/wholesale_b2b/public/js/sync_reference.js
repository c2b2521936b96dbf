// The document that a Sync Message or Sync Conflict is about: of a part of one, the whole.

frappe.provide("wholesale_b2b");

const WHOLE = {
	"Sales Invoice Payment": "Sales Invoice",
	"Payment Entry Deduction": "Payment Entry",
	"Journal Entry Account": "Journal Entry",
};

wholesale_b2b.add_open_button = (frm) => {
	const { reference_doctype: doctype, reference_name: name } = frm.doc;
	if (!name) return;
	const whole = WHOLE[doctype];
	frm.add_custom_button(__("Open {0}", [__(whole || doctype)]), async () => {
		if (!whole) return frappe.set_route("Form", doctype, name);
		const { message } = await frappe.db.get_value(doctype, name, "parent", null, whole);
		if (!message || !message.parent) return frappe.msgprint(__("{0} is gone, or you may not see it.", [__(whole)]));
		frappe.set_route("Form", whole, message.parent);
	});
};
