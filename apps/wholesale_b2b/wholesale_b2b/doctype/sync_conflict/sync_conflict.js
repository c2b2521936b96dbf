// What cannot be decided by a machine: both sides in words, and a button for each answer.

(() => {
	const text = frappe.utils.escape_html;
	const label = (key) => __(frappe.unscrub(key));

	function shown(side) {
		if (side === null || side === undefined || side === "" || side === "0") return "";
		if (Array.isArray(side)) return side.map(shown).filter(Boolean).join("<hr style='margin: 4px 0'>");
		if (typeof side !== "object") return text(String(side));
		const rows = Object.entries(side)
			.map(([key, value]) => [label(key), shown(value)])
			.filter(([, value]) => value)
			.map(([key, value]) => `<tr><td class="text-muted" style="width: 40%">${key}</td><td>${value}</td></tr>`);
		return rows.length ? `<table class="table table-sm" style="margin: 0">${rows.join("")}</table>` : "";
	}

	function show_side(frm, field) {
		const title = `<label class="control-label">${__(frm.get_field(field).df.label)}</label>`;
		const side = frm.doc[field] ? shown(JSON.parse(frm.doc[field])) : "";
		frm.get_field(field).$wrapper.html(title + (side || `<p class="text-muted">${__("Nothing")}</p>`));
	}

	frappe.ui.form.on("Sync Conflict", {
		refresh(frm) {
			const { doc } = frm;
			frm.disable_save();
			show_side(frm, "ours");
			show_side(frm, "theirs");
			if (doc.reference_name) {
				frm.add_custom_button(__("Open {0}", [__(doc.reference_doctype)]), () =>
					frappe.set_route("Form", doc.reference_doctype, doc.reference_name)
				);
			}
			if (doc.status !== "Open") return;
			for (const answer of (doc.answers || "").split("\n").filter(Boolean)) {
				const button = frm.add_custom_button(__(answer), async () => {
					const { message } = await frappe.call({
						method: "wholesale_b2b.wholesale_b2b.doctype.sync_conflict.sync_conflict.decide",
						args: { name: doc.name, answer },
						freeze: true,
					});
					frappe.show_alert({ message, indicator: "green" });
					frm.reload_doc();
				});
				if (answer === doc.suggestion) button.addClass("btn-primary");
			}
		},
	});
})();
