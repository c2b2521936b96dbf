// What cannot be decided by a machine: both sides in words, and a button for each answer.

(() => {
	const text = frappe.utils.escape_html;
	const label = (key) => __(frappe.unscrub(key));
	// names that only machines know things by
	const INNER = ["their_id", "version", "doctype", "contact"];
	const is_inner = ([key, value]) => INNER.includes(key) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

	function shown(side) {
		if (side === null || side === undefined || side === "" || side === "0") return "";
		if (Array.isArray(side)) return side.map(in_a_line).filter(Boolean).join("<br>");
		if (typeof side !== "object") return text(String(side));
		const rows = Object.entries(side)
			.filter((entry) => !is_inner(entry))
			.map(([key, value]) => [label(key), shown(value)])
			.filter(([, value]) => value)
			.map(([key, value]) => `<tr><td class="text-muted" style="width: 40%">${key}</td><td>${value}</td></tr>`);
		return rows.length ? `<table class="table table-sm" style="margin: 0">${rows.join("")}</table>` : "";
	}

	function in_a_line(part) {
		if (typeof part !== "object") return text(String(part));
		const words = Object.entries(part).filter((entry) => !is_inner(entry));
		return words.map(([key, value]) => (typeof value === "object" ? "" : text(String(value)))).filter(Boolean).join(" · ");
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
			frm.set_intro("");
			if (doc.status === "Open") frm.set_intro(text(doc.text), "orange");
			show_side(frm, "ours");
			show_side(frm, "theirs");
			wholesale_b2b.add_open_button(frm);
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
