// What the customer owes and may still order: on quotations and orders before they are submitted, and on the account.

(() => {
	const PANEL = "b2b_credit_html";
	const SECTION = "b2b_credit_section";
	const NAMES = { Quotation: __("This Quotation"), "Sales Order": __("This Order") };
	const { cell } = wholesale_b2b;

	Object.keys(NAMES).forEach((doctype) =>
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				watch_total(frm);
				show(frm);
			},
			company: (frm) => show_soon(frm),
			customer: (frm) => show_soon(frm),
			party_name: (frm) => show_soon(frm),
			b2b_trade_account: (frm) => show_soon(frm),
		})
	);

	frappe.ui.form.on("Trade Account", { refresh: (frm) => show_account(frm) });

	const show_soon = frappe.utils.debounce((frm) => show(frm), 500);

	// ERPNext computes totals from a dozen fields and tells nobody; the field that shows the result is drawn anew.
	function watch_total(frm) {
		const field = frm.get_field("grand_total");
		if (!field || frm.b2b_total_observer) return;
		frm.b2b_total_observer = new MutationObserver(() => {
			if (frm.b2b_credit_shown !== state_of(frm)) show_soon(frm);
		});
		frm.b2b_total_observer.observe(field.wrapper, { childList: true, subtree: true, characterData: true });
	}

	const customer_of = ({ doctype, customer, quotation_to, party_name }) =>
		doctype !== "Quotation" ? customer : quotation_to === "Customer" ? party_name : null;

	const amount_of = (doc) => flt(doc.base_rounded_total) || flt(doc.base_grand_total);

	const state_of = ({ doc }) =>
		[
			doc.name,
			doc.docstatus,
			customer_of(doc),
			doc.company,
			doc.b2b_trade_account,
			amount_of(doc),
			doc.conversion_rate,
		].join("\n");

	async function show(frm) {
		const { doc } = frm;
		const customer = customer_of(doc);
		const shown =
			customer &&
			doc.docstatus < 2 &&
			wholesale_b2b.is_on(doc.company) &&
			frappe.model.can_read("Trade Account");
		if (!shown) return hide(frm);
		const state = (frm.b2b_credit_shown = state_of(frm));
		const placed = doc.doctype === "Sales Order" && doc.docstatus === 1;
		const answer = await wholesale_b2b.ask("credit", {
			customer,
			company: doc.company,
			trade_account: doc.b2b_trade_account || undefined,
			...(placed
				? { sales_order: doc.name }
				: {
						amount: amount_of(doc),
						currency: doc.currency,
						conversion_rate: flt(doc.conversion_rate),
				  }),
		});
		// meanwhile the form may have gone on
		if (state !== state_of(frm)) return;
		if (!answer || !answer.accounts.length) return hide(frm);
		const [account] = answer.accounts;
		const clear = answer.accounts.length === 1 || account.is_default;
		frm.set_df_property(SECTION, "hidden", 0);
		wholesale_b2b.draw(
			frm,
			PANEL,
			clear
				? panel(account, { this_one: NAMES[doc.doctype], placed, customer })
				: wholesale_b2b.empty(__("Choose the Trade Account to see its credit."))
		);
	}

	function hide(frm) {
		frm.b2b_credit_shown = null;
		frm.set_df_property(SECTION, "hidden", 1);
		wholesale_b2b.draw(frm, PANEL, "");
	}

	async function show_account(frm) {
		const { doc } = frm;
		const shown = !frm.is_new() && wholesale_b2b.is_on(doc.company);
		frm.set_df_property("exposure_section", "hidden", shown ? 0 : 1);
		if (!shown) return;
		const answer = await wholesale_b2b.ask("credit", {
			customer: doc.customer,
			company: doc.company,
			trade_account: doc.name,
		});
		if (frm.doc.name !== doc.name) return;
		const account = answer && answer.accounts[0];
		wholesale_b2b.draw(
			frm,
			"exposure_html",
			account ? panel(account, { placed: true, customer: doc.customer, own: true }) : ""
		);
	}

	// ---- drawing ----

	// context: {this_one, placed, customer, own}, as below; the customer's form shows it too.
	wholesale_b2b.credit_panel = (account, context) => panel(account, context);

	function panel(account, context) {
		const money = (value) => cell.text(format_currency(value, account.currency));
		const total = account.total;
		return `<div class="b2b-credit" data-state="${worst(account)}">
			<div class="b2b-credit-head">
				${context.own ? "" : `<span>${cell.link("Trade Account", account.trade_account)}</span>`}
				${pill(account, context)}
				<span class="text-muted">${sentence(account, context, money)}</span>
			</div>
			${bar(account)}
			<dl class="b2b-credit-parts">${figures(account, context, money).map(figure).join("")}</dl>
			${total ? whole(total, context, money) : ""}
		</div>`;
	}

	const worst = ({ state, total }) => {
		const states = [state, total ? total.state : "none"];
		return ["red", "amber", "green"].find((one) => states.includes(one)) || "none";
	};

	function pill(account, { placed }) {
		const over = {
			Hold: placed ? __("Over the Limit: Orders Are Held") : __("Will Be Held"),
			Refuse: placed ? __("Over the Limit") : __("Cannot Be Submitted"),
			Warn: __("Over the Limit"),
		};
		const [colour, words] = {
			none: ["gray", __("No Limit")],
			green: ["green", __("Within the Limit")],
			amber: ["orange", __("Nearly Used Up")],
			red: ["red", over[account.over_limit]],
		}[worst(account)];
		return cell.pill(colour, words);
	}

	function sentence(account, context, money) {
		const { total } = account;
		if (account.over) return __("{0} over the limit of {1}", [money(account.over), money(account.limit)]);
		if (total && total.over) return __("{0} over the limit of all accounts", [money(total.over)]);
		if (!account.limit) return "";
		return __("{0} of {1} left", [money(account.available), money(account.limit)]);
	}

	// How much of the limit is used; what this document adds is the lighter end.
	function bar({ limit, exposure, parts, state }) {
		if (!limit) return "";
		const of_limit = (value) => Math.max(Math.min((100 * value) / Math.max(limit, exposure), 100), 0);
		const used = of_limit(exposure - parts.this);
		const added = Math.max(Math.min(of_limit(parts.this), 100 - used), 0);
		return `<div class="b2b-credit-bar" data-state="${state}" aria-hidden="true">
			<span style="width: ${used}%"></span><span class="b2b-credit-this" style="width: ${added}%"></span>
		</div>`;
	}

	function figures({ parts, limit, exposure, available }, { this_one }, money) {
		const out = parts.out ? __("of it delivered: {0}", [money(parts.out)]) : "";
		const credit = parts.ledger < 0 ? __("paid in advance") : "";
		const all = [
			[__("On the Ledger"), parts.ledger, credit],
			[__("Ordered, Not Invoiced"), parts.ordered, out],
			parts.delivered ? [__("Delivered Without an Order"), parts.delivered] : null,
			parts.till ? [__("Sold at Tills"), parts.till] : null,
			this_one ? [this_one, parts.this] : null,
			[__("Exposure"), exposure, "", "b2b-total"],
			limit ? [__("Limit"), limit] : null,
			limit ? [__("Remains"), available, "", available < 0 ? "b2b-credit-short" : "b2b-total"] : null,
		];
		return all
			.filter(Boolean)
			.map(([label, value, note, css]) => ({ label, value: money(value), note, css }));
	}

	const figure = ({ label, value, note, css }) =>
		`<div class="${css || ""}"><dt>${label}</dt><dd>${value}</dd>${
			note ? `<dd class="small text-muted">${note}</dd>` : ""
		}</div>`;

	function whole(total, { customer }, money) {
		const words = total.over
			? cell.warning(__("{0} over", [money(total.over)]))
			: __("{0} left", [money(total.available)]);
		return `<div class="b2b-credit-whole">${__("All accounts of {0}: {1} of {2}", [
			cell.link("Customer", customer),
			money(total.exposure),
			money(total.limit),
		])}, ${words}</div>`;
	}
})();
