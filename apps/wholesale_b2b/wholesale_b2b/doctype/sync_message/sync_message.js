frappe.ui.form.on("Sync Message", {
	refresh(frm) {
		const { doc } = frm;
		frm.disable_save();
		wholesale_b2b.add_open_button(frm);
		if (["Done", "Superseded", "Sending"].includes(doc.status)) return;
		const act = (method) => async () => {
			await frappe.call({
				method: `wholesale_b2b.wholesale_b2b.doctype.sync_message.sync_message.${method}`,
				args: { names: [doc.name] },
				freeze: true,
			});
			frm.reload_doc();
		};
		frm.add_custom_button(__("Replay"), act("replay")).addClass("btn-primary");
		frm.add_custom_button(__("Leave It"), () =>
			frappe.confirm(__("Do nothing more about this message? Later ones of its document may go then."), act("leave"))
		);
	},
});
