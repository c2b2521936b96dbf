// The customer's Trade Accounts: credit, what is on order, what is waited for and until when.

(() => {
	const { cell } = wholesale_b2b;
	const SECTION = "b2b_accounts_section";
	const PANEL = "b2b_accounts_html";
	const COLOURS = { Active: "green", "On Hold": "orange", "Pro Forma Only": "blue", Closed: "gray" };
	const ALLOCATION = {
		Reserved: "green",
		"Reserved and Pre-Allocated": "blue",
		"Pre-Allocated": "blue",
		"Partly Backordered": "orange",
		Backordered: "red",
	};

	frappe.ui.form.on("Customer", { refresh: (frm) => show(frm) });

	async function show(frm) {
		const customer = frm.doc.name;
		const shown = !frm.is_new() && wholesale_b2b.companies().length && frappe.model.can_read("Trade Account");
		frm.set_df_property(SECTION, "hidden", shown ? 0 : 1);
		if (!shown) return;
		const [overview, credit] = await Promise.all([
			wholesale_b2b.ask("account_overview", { customer }),
			wholesale_b2b.ask("credit", { customer }),
		]);
		if (frm.doc.name !== customer) return;
		if (!overview) return frm.set_df_property(SECTION, "hidden", 1);
		const owed = Object.fromEntries(((credit && credit.accounts) || []).map((row) => [row.trade_account, row]));
		const accounts = overview.accounts.map((account) => block(account, owed[account.trade_account], overview));
		wholesale_b2b.draw(frm, PANEL, accounts.join("") || nothing(frm));
		frm.get_field(PANEL).$wrapper.find(".b2b-create").on("click", () => create(frm));
	}

	function nothing(frm) {
		const words = __("{0} has no Trade Account yet: terms, credit limit and service are kept on one.", [
			cell.text(frm.doc.customer_name),
		]);
		const may = frappe.model.can_create("Trade Account");
		const button = may ? `<button class="btn btn-default btn-sm b2b-create">${__("Create Trade Account")}</button>` : "";
		return `<div class="b2b-nothing">${wholesale_b2b.empty(words)}${button}</div>`;
	}

	const create = (frm) =>
		frappe.new_doc("Trade Account", {
			customer: frm.doc.name,
			account_name: frm.doc.customer_name,
			company: wholesale_b2b.companies()[0],
			sales_rep: frm.doc.account_manager,
		});

	// The default account is open, the others unfold.
	function block(account, credit, { accounts }) {
		const open = account.is_default || accounts.length === 1 ? "open" : "";
		const marks = [
			cell.pill(COLOURS[account.status], __(account.status)),
			account.is_default && accounts.length > 1 ? cell.muted(__("Default")) : "",
			wholesale_b2b.companies().length > 1 ? cell.muted(cell.text(account.company)) : "",
			cell.muted(cell.text(account.status === "Active" ? "" : account.status_reason)),
		];
		return `<details class="b2b-account" ${open}>
			<summary>${cell.link("Trade Account", account.trade_account)} ${marks.join(" ")}</summary>
			${credit ? wholesale_b2b.credit_panel(credit, { placed: true, customer: credit.customer, own: true }) : ""}
			${facts(account)}
			${orders(__("Open Orders"), account.orders, account.open.count, account)}
			${backorders(account)}
			${account.last_orders.length ? orders(__("Last Orders"), account.last_orders, 0, account) : ""}
		</details>`;
	}

	function facts({ open, currency }) {
		const some = (count, css) => (count ? `<span class="${css}">${count}</span>` : cell.muted(__("none")));
		const promise = open.next_date
			? `${cell.date(open.next_date)}${open.last_date === open.next_date ? "" : ` – ${cell.date(open.last_date)}`}`
			: cell.muted(open.count ? __("not known yet") : "–");
		const rows = [
			[__("Open Orders"), open.count ? `${open.count} (${format_currency(open.value, currency)})` : cell.muted(__("none"))],
			[__("Backordered"), some(open.backordered, "")],
			[__("Not Covered"), some(open.uncovered, "b2b-warning")],
			[__("Held"), some(open.held, "b2b-warning")],
			[__("Promised"), promise],
		];
		return `<dl class="b2b-facts">${rows.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
	}

	function orders(title, rows, count, account) {
		if (!rows.length) return "";
		return wholesale_b2b.table({
			title,
			rows,
			columns: [
				{ label: title, cell: (order) => `${cell.link("Sales Order", order.name)} ${po(order)}` },
				{ label: __("Placed"), cell: (order) => cell.date(order.transaction_date) },
				{ label: __("Wanted"), cell: (order) => cell.date(order.delivery_date) },
				{ label: __("Promised"), cell: (order) => cell.date(order.promise_date) || cell.muted("–") },
				{ label: __("Value"), numeric: 1, cell: (order) => money(order) },
				{ label: __("Status"), cell: state },
			],
		}) + more(count - rows.length, account);
	}

	const money = (order) => `<span class="text-nowrap">${format_currency(order.grand_total, order.currency)}</span>`;

	const po = ({ po_no }) => (po_no ? `<div class="small text-muted">${cell.text(po_no)}</div>` : "");

	function state(order) {
		const pills = [];
		if (order.held) pills.push(cell.pill("orange", __("Held")));
		if (order.allocation_status) pills.push(cell.pill(ALLOCATION[order.allocation_status], __(order.allocation_status)));
		if (!pills.length) pills.push(cell.muted(__(order.status)));
		return pills.join(" ");
	}

	function backorders({ backorders, line_count, trade_account }) {
		if (!backorders.length) return "";
		return wholesale_b2b.table({
			title: __("Backorders"),
			rows: backorders,
			columns: [
				{ label: __("Backorders"), cell: cell.item },
				{ label: __("Order"), cell: (line) => cell.link("Sales Order", line.sales_order) },
				{ label: __("Waits For"), numeric: 1, cell: (line) => `${cell.qty(line.backorder_qty)} ${cell.muted(cell.text(__(line.stock_uom)))}` },
				{ label: __("Covered"), numeric: 1, cell: (line) => cell.some(line.pre_allocated_qty) },
				{ label: __("Promised"), cell: (line) => (line.promise_date ? cell.expected(line.promise_date) : cell.muted(__("not known yet"))) },
			],
		}) + (line_count > backorders.length ? wholesale_b2b.empty(__("… and {0} lines more", [line_count - backorders.length])) : "");
	}

	function more(count, { trade_account }) {
		if (count <= 0) return "";
		const query = new URLSearchParams({ b2b_trade_account: trade_account, docstatus: 1, per_delivered: '["<", 100]' });
		return `<p class="small"><a href="/app/sales-order?${query}">${__("{0} more open orders", [count])}</a></p>`;
	}
})();
