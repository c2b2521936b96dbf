frappe.ui.form.on("Stock Protection", {
	refresh(frm) {
		frm.set_query("warehouse", () => ({ filters: { is_group: 0, disabled: 0 } }));
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 1 } }));
		show_sentence(frm);
	},
	apply_on: (frm) => show_sentence(frm),
	protect_for: (frm) => show_sentence(frm),
	floor: (frm) => show_sentence(frm),
	has_ceiling: (frm) => show_sentence(frm),
	ceiling: (frm) => show_sentence(frm),
});

// What the rule says, in a sentence, while it is being written.
function show_sentence(frm) {
	const { doc } = frm;
	const what = doc[{ "Item Code": "item_code", "Item Group": "item_group", Brand: "brand" }[doc.apply_on]];
	const whom = doc[{ Channel: "channel", "Customer Group": "customer_group", Customer: "customer" }[doc.protect_for]];
	frm.set_intro("");
	if (!what || !whom || !doc.warehouse) return;
	const { text, qty } = wholesale_b2b.cell;
	const words = [];
	const each = doc.apply_on === "Item Code" ? text(what) : __("each item of {0}", [text(what)]);
	if (doc.floor) {
		words.push(__("{0} units of {1} in {2} are kept for {3}.", [qty(doc.floor), each, text(doc.warehouse), text(whom)]));
	}
	if (doc.has_ceiling) {
		words.push(__("{0} may have at most {1} units of {2} at a time.", [text(whom), qty(doc.ceiling), each]));
	}
	if (words.length) frm.set_intro(words.join(" "), doc.enabled ? "blue" : "orange");
}
