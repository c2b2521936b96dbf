// The link to the package that keeps the books: what is missing, how it runs, and what can be done about it.

(() => {
	const METHOD = "wholesale_b2b.wholesale_b2b.doctype.accounting_connection.accounting_connection";
	const DOCTYPES = {
		"Income Account": "Account",
		"Tax Template": "Sales Taxes and Charges Template",
		"Item Tax Template": "Item Tax Template",
		"Tax Account": "Account",
		Customer: "Customer",
		Item: "Item",
		"Bank Account": "Account",
		"Cost Center": "Cost Center",
		Currency: "Currency",
	};
	// codes that stand in a field of their own
	const FIELDS = { "Tax Code Where There Is No Tax": "no_tax_code", "Account for Rounding": "rounding_account" };
	const TAXES = ["Tax Template", "Tax Account", "Item Tax Template"];
	// kind of mapping: under which kinds the package may list what there is
	const CHOICES = {
		"Income Account": ["Income Account"],
		"Tax Template": TAXES,
		"Item Tax Template": TAXES,
		"Tax Account": TAXES,
		"Tax Code Where There Is No Tax": TAXES,
		"Account for Rounding": ["Account for Rounding", "Income Account"],
		Item: ["Item"],
		"Bank Account": ["Bank Account"],
	};
	const OF_COMPANY = ["Account", "Sales Taxes and Charges Template", "Item Tax Template", "Cost Center"];
	const HEALTH = { Good: "green", Behind: "orange", "Needs Attention": "red", Paused: "yellow", Off: "gray" };
	const text = frappe.utils.escape_html;
	let providers = [];

	const kind_of = ({ provider }) => providers.find((kind) => kind.provider === provider);
	// asked by `depends_on` of the form's fields
	wholesale_b2b.accounting_auth = (doc) => kind_of(doc)?.auth;
	wholesale_b2b.accounting_can = (doc, what) => Boolean(kind_of(doc)?.can.includes(what));

	const call = (frm, method, args = {}) =>
		frappe.call({ method: `${METHOD}.${method}`, args: { name: frm.doc.name, ...args }, freeze: true });

	frappe.ui.form.on("Accounting Connection", {
		async setup(frm) {
			frm.set_query("document", "mappings", (doc, doctype, name) => {
				const { document_type } = frappe.get_doc(doctype, name);
				const filters = OF_COMPANY.includes(document_type) ? { company: doc.company } : {};
				if (["Account", "Cost Center"].includes(document_type)) filters.is_group = 0;
				return { filters };
			});
			frm.set_query("document_type", "mappings", () => ({ filters: { name: ["in", Object.values(DOCTYPES)] } }));
		},
		async refresh(frm) {
			const { message } = await frappe.call({ method: `${METHOD}.providers` });
			providers = message;
			frm.set_df_property("provider", "options", providers.map(({ provider }) => provider).join("\n"));
			frm.refresh_fields();
			frm.page.clear_indicator();
			if (frm.doc.health) frm.page.set_indicator(__(frm.doc.health), HEALTH[frm.doc.health]);
			if (frm.is_new()) return;
			buttons(frm);
			show(frm);
		},
		provider: (frm) => frm.refresh_fields(),
	});

	frappe.ui.form.on("Accounting Mapping", {
		kind(frm, doctype, name) {
			const row = frappe.get_doc(doctype, name);
			frappe.model.set_value(doctype, name, { document_type: DOCTYPES[row.kind], document: "" });
		},
	});

	function buttons(frm) {
		const { doc } = frm;
		const list = (doctype, filters = {}) => () =>
			frappe.set_route("List", doctype, { accounting_connection: doc.name, ...filters });
		frm.add_custom_button(__("Messages"), list("Sync Message"), __("View"));
		frm.add_custom_button(__("Conflicts"), list("Sync Conflict", { status: "Open" }), __("View"));
		frm.add_custom_button(__("Links"), list("Sync Link"), __("View"));
		frm.add_custom_button(
			__("Reconciliation"),
			() => frappe.set_route("query-report", "Accounting Reconciliation", { accounting_connection: doc.name }),
			__("View")
		);
		if (!frm.perm[0]?.write) return;
		if (kind_of(doc)?.auth === "OAuth") {
			frm.add_custom_button(__("Connect"), async () => {
				if (frm.is_dirty()) await frm.save();
				const { message } = await call(frm, "connect");
				window.location.href = message;
			});
		}
		frm.add_custom_button(__("Test Connection"), async () => {
			if (frm.is_dirty()) await frm.save();
			const { message } = await call(frm, "test_connection");
			frappe.msgprint({
				title: message.ok ? __("It Works") : __("It Does Not Work Yet"),
				indicator: message.ok ? "green" : "red",
				message: `${text(message.text)} ${text(message.todo || "")}`,
			});
			frm.reload_doc();
		});
		frm.add_custom_button(__("What There Is to Map To"), () => choices(frm), __("Actions"));
		frm.add_custom_button(
			__("Look Now"),
			async () => {
				await call(frm, "look_now");
				frappe.show_alert({ message: __("A worker is looking."), indicator: "blue" });
			},
			__("Actions")
		);
		frm.add_custom_button(
			__("Replay All"),
			async () => {
				const { message } = await call(frm, "replay_all");
				frappe.show_alert({ message: __("{0} messages go again", [message]), indicator: "blue" });
				show(frm);
			},
			__("Actions")
		);
		frm.add_custom_button(
			__("Send Earlier Documents"),
			() => send_earlier(frm),
			__("Actions")
		);
	}

	// what somebody has entered over there meanwhile would be there twice, so it is said what goes
	async function send_earlier(frm) {
		const since = frappe.datetime.str_to_user(frm.doc.go_live);
		const { message: sorts } = await call(frm, "earlier");
		if (!Object.keys(sorts).length) {
			frappe.msgprint(__("Everything since {0} is over there, or on its way.", [since]));
			return;
		}
		const rows = Object.entries(sorts).map(
			([sort, count]) => `<tr><td>${__(sort)}</td><td class="text-right">${count}</td></tr>`
		);
		frappe.confirm(
			`<p>${__("Queue what was submitted since {0} and is not over there yet?", [since])}</p>
			<table class="table table-sm">${rows.join("")}</table>
			<p>${__(
				"What was entered over there by hand would be there twice: tick Paused first, and leave the messages about it."
			)}</p>`,
			async () => {
				const { message } = await call(frm, "send_earlier");
				frappe.show_alert({ message: __("{0} documents are queued", [message]), indicator: "blue" });
				show(frm);
			}
		);
	}

	async function choices(frm) {
		const { message } = await call(frm, "choices");
		const tables = Object.entries(message)
			.map(
				([kind, rows]) => `<h5>${__(kind)}</h5><table class="table table-bordered table-sm">
				${rows
					.map(
						({ code, label, detail }) =>
							`<tr><td><code>${text(code)}</code></td><td>${text(label)}</td><td>${text(detail)}</td></tr>`
					)
					.join("")}</table>`
			)
			.join("");
		frappe.msgprint({
			title: __("What There Is to Map To"),
			message: tables || __("This package has no list of its own."),
			wide: true,
		});
	}

	async function show(frm) {
		const { message } = await frappe.call({ method: `${METHOD}.overview`, args: { name: frm.doc.name } });
		if (!message || frm.is_new()) return;
		const $missing = frm.get_field("missing_html").$wrapper.html(missing(message.missing));
		const rows = message.missing.filter(({ kind }) => DOCTYPES[kind] || FIELDS[kind]);
		const unmapped = rows.filter(({ kind }) => kind !== "Customer");
		if (unmapped.length && frm.perm[0]?.write) {
			$(`<button class="btn btn-primary btn-sm">${__("Map These")}</button>`)
				.appendTo($missing)
				.on("click", () => map(frm, unmapped));
		}
		frm.get_field("figures_html").$wrapper.html(figures(message.figures, message.webhook));
	}

	// a field for each of them, with what the package has to choose from; what is left empty stays missing
	async function map(frm, rows) {
		if (frm.is_dirty()) await frm.save();
		const { message } = await call(frm, "choices");
		const of = (kind) => CHOICES[kind]?.map((other) => message[other]).find((found) => found?.length) || [];
		const fields = rows.map(({ kind, name, text: why }, n) => ({
			fieldname: `code_${n}`,
			label: name ? `${__(kind)}: ${name}` : __(kind),
			description: text(why),
			fieldtype: of(kind).length ? "Autocomplete" : "Data",
			// what is shown is turned back into a code by its words, so they are never the same; the list takes them as HTML
			options: of(kind).map(({ code, label, detail }) => ({
				value: code,
				label: [code, label].filter(Boolean).join(" · ").replace(/[<>&]/g, " "),
				description: text(detail || ""),
			})),
			ignore_validation: 1,
		}));
		const dialog = new frappe.ui.Dialog({
			title: __("Map What Is Missing"),
			fields: fields.flatMap((field, n) => (n % 2 ? [{ fieldtype: "Column Break" }, field] : [{ fieldtype: "Section Break" }, field])),
			size: "large",
			primary_action_label: __("Save"),
			async primary_action(values) {
				rows.forEach(({ kind, name }, n) => {
					const code = values[`code_${n}`];
					if (!code) return;
					if (FIELDS[kind]) frm.set_value(FIELDS[kind], code);
					else frm.add_child("mappings", { kind, document_type: DOCTYPES[kind], document: name, code });
				});
				dialog.hide();
				frm.dirty();
				await frm.save();
			},
		});
		dialog.show();
	}

	function missing(all) {
		// customers are made with their first invoice: many of them are no trouble
		const customers = all.filter(({ kind }) => kind === "Customer");
		const rows = all.filter(({ kind }) => kind !== "Customer");
		if (customers.length) {
			const names = customers.map(({ name }) => name);
			const more = names.length > 5 ? __(" and {0} more", [names.length - 5]) : "";
			rows.push({ kind: "Customer", name: names.slice(0, 5).join(", ") + more, text: customers[0].text });
		}
		if (!rows.length) {
			return `<p class="text-muted">${__("Nothing is missing: everything that is used is mapped.")}</p>`;
		}
		const lines = rows.map(
			({ kind, name, text: why }) =>
				`<tr><td>${__(kind)}</td><td><b>${text(name)}</b></td><td class="text-muted">${text(why)}</td></tr>`
		);
		return `<div class="table-responsive"><table class="table table-sm">${lines.join("")}</table></div>`;
	}

	function figures(f, webhook) {
		const seconds = (value) =>
			value === null ? "–" : value < 120 ? __("{0} s", [value.toFixed(1)]) : __("{0} min", [(value / 60).toFixed(0)]);
		const percent = (value) => (value === null ? "–" : `${value} %`);
		const parts = [
			[__("Sent"), f.sent],
			[__("Taken In"), f.taken],
			[__("Lag, Median"), seconds(f.lag_median)],
			[__("Lag, Worst"), seconds(f.lag_worst)],
			[__("Failed Attempts"), `${f.error_rate} %`],
			[__("Uptime, 7 Days"), percent(f.uptime_week), f.uptime_week !== null && f.uptime_week < 95 && "text-danger"],
			[__("Uptime, 30 Days"), percent(f.uptime_month)],
			[__("Waiting"), f.backlog],
			[__("Need Attention"), f.attention, f.attention && "text-danger"],
			[__("Conflicts"), f.conflicts, f.conflicts && "text-danger"],
			[__("Oldest Unresolved"), f.oldest ? frappe.datetime.comment_when(f.oldest) : "–"],
		];
		const cells = parts.map(
			([label, value, colour]) =>
				`<div style="min-width: 110px"><div class="text-muted small">${label}</div>
				<div class="${colour || ""}" style="font-size: var(--text-lg)">${value}</div></div>`
		);
		const address = webhook
			? `<p class="text-muted small">${__("Address for webhooks")}: <code>${text(webhook)}</code></p>`
			: "";
		return `<div style="display: flex; flex-wrap: wrap; gap: 12px 24px; margin-bottom: 10px">${cells.join("")}</div>
			<p class="text-muted small">${__("Of the last {0} days.", [f.days])}</p>${address}`;
	}
})();
