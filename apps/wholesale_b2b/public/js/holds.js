// What is held, why, since when and who releases it: at the top of every form that picks, ships, or is shipped.

(() => {
	const METHODS = "wholesale_b2b.wholesale_b2b.doctype.order_hold.order_hold";
	const { cell } = wholesale_b2b;
	const HEADS = {
		"Sales Order": () => __("Held: nothing of this order is picked or shipped."),
		Quotation: () => __("Held: an order of this account would not be picked or shipped."),
		"Pick List": stop_picking,
		"Delivery Note": () => __("Held: this cannot be shipped yet."),
		"Sales Invoice": () => __("Held: the goods of this invoice cannot leave yet."),
		"Trade Account": () => __("Held: nothing of this account is picked or shipped, with or without an order."),
	};
	const DRAFTS = ["Pick List", "Delivery Note", "Sales Invoice"];

	Object.keys(HEADS).forEach((doctype) => frappe.ui.form.on(doctype, { refresh: (frm) => show(frm) }));

	wholesale_b2b.listen("holds", "b2b_holds", ({ order }) => {
		if (cur_frm && cur_frm.doctype === "Sales Order" && cur_frm.doc.name === order) show(cur_frm);
	});

	async function show(frm) {
		const { doctype, name, docstatus } = frm.doc;
		const shown =
			!frm.is_new() &&
			docstatus < 2 &&
			!(DRAFTS.includes(doctype) && docstatus) &&
			wholesale_b2b.is_on(frm.doc.company);
		if (!shown) return draw(frm, "");
		const { message } = await frappe.call({
			method: `${METHODS}.of_document`,
			args: { doctype, name },
			type: "GET",
		});
		if (frm.doc.name !== name || !message) return;
		if (doctype === "Sales Order") take_in(frm, message.holds);
		draw(frm, message.holds.length ? banner(frm, message) : waiting(frm, message.orders));
		offer_hold(frm);
	}

	// Holds come and go without a change of the order itself.
	function take_in(frm, holds) {
		frm.doc.b2b_hold_status = holds.length ? "Held" : "";
		frm.toolbar.set_indicator();
	}

	function draw(frm, html) {
		if (frm.b2b_holds) frm.b2b_holds.remove();
		frm.b2b_holds = null;
		if (!html) return;
		frm.b2b_holds = $(html).insertBefore(frm.layout.message);
		frm.b2b_holds.on("click", "[data-release]", (event) => release(frm, event.currentTarget.dataset.release));
	}

	// ---- drawing ----

	function banner(frm, { holds, orders }) {
		const rows = holds.map((hold) => item(frm, hold)).join("");
		return `<section class="b2b-holds" role="status">
			<p class="b2b-holds-head">${HEADS[frm.doctype](frm, holds)}</p>
			<ul>${rows}</ul>
			${orders ? `<p class="b2b-holds-more">${orders_link(frm, orders)}</p>` : ""}
		</section>`;
	}

	function stop_picking(frm, holds) {
		const held = new Set(holds.map((hold) => hold.name));
		return (frm.doc.locations || []).some((row) => row.sales_order && !held.has(row.sales_order))
			? __("Stop picking what is held, and pick the others. It is left out when you submit.")
			: __("Stop picking: put back what has been picked, or wait. This list goes on by itself when nothing holds it any more.");
	}

	// Of an account that is not held itself, orders may be.
	function waiting(frm, orders) {
		if (!orders) return "";
		return `<section class="b2b-holds b2b-holds-quiet"><p class="b2b-holds-head">${orders_link(frm, orders)}</p></section>`;
	}

	function orders_link(frm, orders) {
		const words = orders === 1 ? __("One order is held") : __("{0} orders are held", [orders]);
		const query = new URLSearchParams({ trade_account: frm.doc.name, company: frm.doc.company });
		return `<a href="/app/query-report/Held Orders?${query}">${words}</a>`;
	}

	function item(frm, hold) {
		const own = hold.doctype === frm.doctype && hold.name === frm.doc.name;
		const reason = cell.text(hold.reason);
		return `<li>
			<div class="b2b-holds-what">
				<span class="indicator-pill red b2b-pill no-indicator-dot">${cell.text(__(hold.kind))}</span>
				${own ? "" : `<span>${cell.link(hold.doctype, hold.name)}</span>`}
				<span class="b2b-holds-why">${reason.charAt(0).toUpperCase()}${reason.slice(1)}</span>
			</div>
			<div class="b2b-holds-how">
				${[since(hold), hold.manual ? "" : cell.text(hold.release), who(hold)].filter(Boolean).join(" · ")}
			</div>
			${hold.may_release ? button(hold) : ""}
		</li>`;
	}

	function since({ since, by_name, manual }) {
		if (!since) return "";
		const when = `<span title="${frappe.datetime.str_to_user(since)}">${frappe.datetime.comment_when(since)}</span>`;
		return manual ? __("Since {0}, by {1}", [when, cell.text(by_name)]) : __("Since {0}", [when]);
	}

	const who = ({ role }) => (role ? __("Who releases it: {0}", [cell.text(__(role))]) : "");

	const button = ({ hold }) =>
		`<button class="btn btn-xs btn-default" data-release="${cell.text(hold)}">${__("Release…")}</button>`;

	// ---- holding and releasing by hand ----

	const release = (frm, name) => wholesale_b2b.release_hold(name, () => frm.reload_doc());

	wholesale_b2b.release_roles = () => frappe.xcall(`${METHODS}.roles`);

	wholesale_b2b.release_hold = (name, then) =>
		frappe.prompt(
			{
				fieldname: "reason",
				fieldtype: "Small Text",
				label: __("Why It Is Released"),
				reqd: 1,
				description: __("It is kept with the hold, and told in the order's timeline."),
			},
			async ({ reason }) => {
				await frappe.call({ method: `${METHODS}.release`, args: { name, reason }, freeze: true });
				frappe.show_alert({ message: __("Released."), indicator: "green" });
				then();
			},
			__("Release the Hold"),
			__("Release")
		);

	function offer_hold(frm) {
		const open = frm.doctype === "Sales Order" && frm.doc.docstatus === 1 && frm.doc.status !== "Closed";
		if (!frappe.model.can_create("Order Hold")) return;
		if (open) frm.add_custom_button(__("Hold with a Reason…"), () => ask(frm), __("Status"));
		if (frm.doctype === "Trade Account") frm.add_custom_button(__("Hold Everything…"), () => ask(frm));
	}

	async function ask(frm) {
		const of_order = frm.doctype === "Sales Order";
		const roles = await wholesale_b2b.release_roles();
		frappe.prompt(
			[
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Why"),
					reqd: 1,
					description: __("In words that the customer could read."),
				},
				{
					fieldname: "release_role",
					fieldtype: "Autocomplete",
					options: roles,
					label: __("Who Releases It"),
					default: "Wholesale Manager",
					description: __("You can too, and a Wholesale Manager always."),
				},
			],
			async (values) => {
				const about = { [of_order ? "sales_order" : "trade_account"]: frm.doc.name };
				await frappe.call({ method: `${METHODS}.hold`, args: { ...values, ...about }, freeze: true });
				frm.reload_doc();
			},
			of_order ? __("Hold {0}", [frm.doc.name]) : __("Hold Everything of {0}", [frm.doc.name]),
			__("Hold")
		);
	}
})();
