frappe.ui.form.on("Order Rule", {
	setup(frm) {
		frm.set_query("warehouse", "sourcing_warehouses", () => ({
			filters: { is_group: 0, disabled: 0, company: frm.doc.company || "" },
		}));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.add_custom_button(__("Test on an Order"), () => test_rule(frm));
		if (!frm.doc.enabled) {
			frm.set_intro(__("This rule is not enabled: no order follows it."), "orange");
		}
	},

	company(frm) {
		if ((frm.doc.sourcing_warehouses || []).length) frm.clear_table("sourcing_warehouses");
		frm.refresh_field("sourcing_warehouses");
	},
});

async function test_rule(frm) {
	if (frm.is_dirty()) await frm.save();
	const dialog = new frappe.ui.Dialog({
		title: __("Test {0} on an Order", [frm.doc.name]),
		fields: [
			{
				fieldname: "sales_order",
				fieldtype: "Link",
				label: __("Sales Order"),
				options: "Sales Order",
				reqd: 1,
				get_query: () => ({
					filters: { docstatus: ["<", 2], ...(frm.doc.company ? { company: frm.doc.company } : {}) },
				}),
				onchange: () => run(),
			},
			{ fieldname: "answer", fieldtype: "HTML" },
		],
		size: "large",
	});
	dialog.show();

	async function run() {
		const sales_order = dialog.get_value("sales_order");
		const field = dialog.get_field("answer").$wrapper;
		if (!sales_order) return field.empty();
		const { message } = await frappe.call({
			method: "wholesale_b2b.wholesale_b2b.doctype.order_rule.order_rule.test",
			args: { rule: frm.doc.name, sales_order },
			type: "GET",
		});
		if (dialog.get_value("sales_order") === sales_order) field.html(answer_html(message));
	}
}

function answer_html(answer) {
	return `<div class="b2b-rule-test">
		${verdict(answer)}
		${own(answer)}
		<h5>${__("Rules in the order in which they are tried")}</h5>
		${answer.steps.map(step).join("") || `<p class="text-muted">${__("No rule is enabled.")}</p>`}
	</div>`;
}

function verdict(answer) {
	const { cell } = wholesale_b2b;
	const order = cell.link("Sales Order", answer.order);
	const head = answer.matched
		? __("{0} follows {1}.", [order, cell.link("Order Rule", answer.matched)])
		: __("{0} matches no rule: the defaults of Wholesale Settings hold.", [order]);
	const off = answer.switched_on
		? ""
		: `<p>${cell.warning(__("Its company is not switched on in Wholesale Settings: nothing is decided for it."))}</p>`;
	return `<p><b>${head}</b></p>${answer.matched ? outcome(answer) : ""}${off}`;
}

function outcome({ outcome, own_priority, own_policy }) {
	const fallback = __("as in Wholesale Settings");
	const priority = own_priority
		? __("{0}, set on the order itself", [own_priority])
		: outcome.priority || fallback;
	const { cell } = wholesale_b2b;
	const policy = own_policy
		? __("{0}, set on the order itself", [cell.link("Fulfilment Policy", own_policy)])
		: outcome.policy
			? cell.link("Fulfilment Policy", outcome.policy)
			: __("as the Trade Account or Wholesale Settings say");
	return `<p>${[
		`${__("Priority Class")}: ${priority}`,
		`${__("Strategy")}: ${outcome.strategy ? __(outcome.strategy) : fallback}`,
		`${__("Reservation Horizon (Days)")}: ${outcome.horizon_days || fallback}`,
		`${__("Fulfilment Policy")}: ${policy}`,
		...(outcome.hold ? [`${__("Held")}: ${cell.text(outcome.hold)}`] : []),
	].join(" · ")}</p>`;
}

// The rule of this form, where it did not get its turn or is not in the list.
function own({ rule, steps }) {
	if (steps.some((step) => step.rule === rule.name)) return "";
	const words = rule.matches
		? __("{0} would match too, but a rule before it decides.", [wholesale_b2b.cell.text(rule.name)])
		: __("{0} would not match.", [wholesale_b2b.cell.text(rule.name)]);
	return `<p>${words}</p>${sentences(rule.sentences)}<br>`;
}

// The sentences come from the server as safe HTML: values in them are escaped there.
const sentences = (list) => `<ul class="small">${list.map((sentence) => `<li>${sentence}</li>`).join("")}</ul>`;

function step({ rule, matched, sentences: list }) {
	const { cell } = wholesale_b2b;
	const pill = matched ? cell.pill("green", __("Matches")) : cell.pill("gray", __("Does not match"));
	return `<div>${cell.link("Order Rule", rule)} ${pill}${sentences(list)}</div>`;
}
