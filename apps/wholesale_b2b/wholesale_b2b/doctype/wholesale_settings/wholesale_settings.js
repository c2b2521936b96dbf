frappe.ui.form.on("Wholesale Settings", {
	refresh(frm) {
		frm.set_query("company", "companies", () => ({ filters: { is_group: 0 } }));
		frm.call("get_preflight").then(({ message }) => show_preflight(frm, message));
		tell_desk(frm);
		show_progress(frm);
	},
});

// A company that was switched on is allocated in the background: say how far that is.
function show_progress(frm) {
	const show = (state) => {
		if (cur_frm !== frm) return;
		const text = wholesale_b2b.progress_text(state);
		if (text) frm.dashboard.set_headline(text, "orange");
		else frm.dashboard.clear_headline();
	};
	if (!frm.b2b_listens) frappe.realtime.on("b2b_allocation_progress", show);
	frm.b2b_listens = true;
	wholesale_b2b.ask("allocation_progress", {}).then((state) => state && show(state));
}

// Forms that are opened from now on know which companies are switched on.
function tell_desk(frm) {
	const companies = (frm.doc.companies || []).filter((row) => row.enabled).map((row) => row.company);
	if (!frm.is_dirty()) frappe.boot.wholesale_b2b = { companies };
}

function show_preflight(frm, needs) {
	const unmet = needs.filter((need) => !need.ok);
	const wrapper = frm.get_field("preflight_html").$wrapper;
	wrapper.html(`<div class="b2b-preflight">${explanation(unmet)}<ul class="b2b-needs">${needs.map(need_html).join("")}</ul></div>`);
	if (unmet.some((need) => need.mendable) && frm.perm[0] && frm.perm[0].write) {
		const button = $(`<button type="button" class="btn btn-sm btn-primary">${__("Mend What Can Be Mended")}</button>`);
		button.on("click", () => mend(frm)).appendTo(wrapper.find(".b2b-preflight"));
	}
}

function explanation(unmet) {
	const ready = unmet.length
		? __("This site is not ready yet: no company can be switched on until all of the following holds.")
		: __("This site is ready: tick Enabled for a company below and save.");
	return `<p>${__(
		"Switched on, all orders of a company are reserved and pre-allocated by themselves, open ones included, and its forms show what covers them. Switched off, it is plain ERPNext again: reservations on the shelf stay, promises on purchase orders end."
	)}</p><p><b>${ready}</b></p>`;
}

function need_html({ need, ok, advice, mendable, warning }) {
	// The advice is the app's own text with simple markup; the names of documents in it cannot hold any.
	const how = mendable ? ` ${__("(can be mended)")}` : "";
	const note = ok && !warning ? "" : `<div class="text-muted">${frappe.dom.remove_script_and_style(advice)}${how}</div>`;
	return `<li>
		${warning ? wholesale_b2b.cell.pill("orange", __("Mind")) : wholesale_b2b.cell.pill(ok ? "green" : "red", ok ? __("Holds") : __("Missing"))}
		<div>${wholesale_b2b.cell.text(need)}${note}</div>
	</li>`;
}

async function mend(frm) {
	const { message } = await frm.call({ doc: frm.doc, method: "mend", freeze: true });
	show_preflight(frm, message);
	const left = message.filter((need) => !need.ok).length;
	frappe.show_alert(
		left
			? { message: __("{0} needs are left: they want a decision of yours.", [left]), indicator: "orange" }
			: { message: __("All needs hold: a company can be switched on."), indicator: "green" }
	);
}
