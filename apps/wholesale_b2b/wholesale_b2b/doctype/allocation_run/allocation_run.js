const ALLOCATION_RUN = "wholesale_b2b.wholesale_b2b.doctype.allocation_run.allocation_run.";
const OPEN = ["Draft", "Simulated"];
const WORKING = ["Simulating", "Applying", "Undoing"];
const OUTCOMES = { Lost: "red", Later: "orange", Gained: "green", Earlier: "blue", Changed: "gray" };
const CHARTED = 8;

frappe.ui.form.on("Allocation Run", {
	setup(frm) {
		const mine = () => ({ filters: { company: frm.doc.company } });
		frm.set_query("warehouse", mine);
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 1 } }));
		frm.set_query("company", () => ({ filters: { name: ["in", wholesale_b2b.companies()] } }));
		frm.set_query("sales_order", "segments", () => ({
			filters: { company: frm.doc.company, docstatus: 1, status: ["not in", ["Closed", "Completed"]] },
		}));
	},

	onload(frm) {
		if (frm.is_new()) Object.assign(frm.doc, { run_type: "Re-Sequencing", status: "Draft" });
		wholesale_b2b.listen("run", "b2b_run_progress", (told) => follow(frm, told));
	},

	refresh(frm) {
		frm.set_intro("");
		if (frm.doc.run_type !== "Re-Sequencing") {
			show_log(frm);
			return;
		}
		if (frm.is_new() && !frm.doc.company && wholesale_b2b.companies().length === 1) {
			frm.set_value("company", wholesale_b2b.companies()[0]);
		}
		frm.toggle_display("simulation_section", !frm.is_new());
		intro(frm);
		show_simulation(frm);
		if (!frm.is_new() && frm.perm[0] && frm.perm[0].write) add_buttons(frm);
		if (!OPEN.includes(frm.doc.status)) frm.disable_save();
	},
});

function show_log(frm) {
	frm.disable_form();
	if (frm.doc.status === "Failed") {
		frm.set_intro(__("Nothing was changed by this run. Its items are tried again every minute until they succeed."), "red");
	} else if (!frm.doc.change_count) {
		frm.set_intro(__("Every promise was right already: this run changed nothing."), "green");
	}
}

function intro(frm) {
	const { status, error } = frm.doc;
	const words = {
		Draft: __("Say which stock is dealt out again, and who gains or gives up. Save, then simulate: nothing changes before you apply."),
		Simulated: __("Nothing has changed yet. Look at who gains and who loses below, then apply it as one run, or change the segments and simulate again."),
		Simulating: __("A worker finds out what would change. You may close this page."),
		Applying: __("A worker applies what was simulated. You may close this page."),
		Undoing: __("A worker takes it back. You may close this page."),
		Applied: __("Applied. It can be undone while nothing that it moved is picked or delivered."),
		"Partly Undone": __("Some of it could not be undone yet; the rest has been."),
		Undone: __("Undone: the lines have again what they had before, as far as stock and orders still carry it."),
	};
	const colours = { Simulated: "orange", Applied: "green", "Partly Undone": "orange" };
	if (words[status]) frm.set_intro(words[status], colours[status] || "blue");
	if (error) frm.set_intro(wholesale_b2b.cell.text(error), "red");
	if (is_dead(frm)) {
		frm.set_intro(__("No worker is at it. If that stays so, press Continue: what is done is not done twice."), "orange");
	}
}

function is_dead(frm) {
	return WORKING.includes(frm.doc.status) && frm.doc.__onload && frm.doc.__onload.is_dead;
}

function add_buttons(frm) {
	const { status } = frm.doc;
	const primary = (label, action) => frm.add_custom_button(label, action).addClass("btn-primary");
	if (status === "Draft") primary(__("Simulate"), () => ask(frm, "simulate"));
	if (status === "Simulated") {
		if (frm.b2b_changes !== 0) primary(__("Apply"), () => confirm_apply(frm));
		frm.add_custom_button(__("Simulate Again"), () => ask(frm, "simulate"));
	}
	if (is_dead(frm)) {
		const action = { Simulating: "simulate", Applying: "apply", Undoing: "undo" }[status];
		primary(__("Continue"), () => ask(frm, action));
	}
	if (["Applied", "Partly Undone"].includes(status) || (is_dead(frm) && status === "Applying")) {
		frm.add_custom_button(__("Undo"), () =>
			frappe.confirm(
				__("Give every line that this run touched what it had before, as one run? Who loses by it is told."),
				() => ask(frm, "undo")
			)
		);
	}
}

function confirm_apply(frm) {
	const { total } = frm.b2b_simulation || {};
	const { qty } = wholesale_b2b.cell;
	const words = total
		? __("Apply to {0} lines: {1} units gained, {2} lost, {3} lines ship later?", [
				total.changed,
				qty(total.gained),
				qty(total.lost),
				total.later,
		  ])
		: __("Apply what was simulated?");
	frappe.confirm(`${words}<br>${__("Orders that lose are told, in their timeline and by a notification.")}`, () =>
		ask(frm, "apply")
	);
}

async function ask(frm, action) {
	if (frm.is_dirty()) await frm.save();
	const freeze_message = {
		simulate: __("Simulating…"),
		apply: __("Applying…"),
		undo: __("Undoing…"),
	}[action];
	try {
		await frappe.call({ method: ALLOCATION_RUN + action, args: { name: frm.doc.name }, freeze: true, freeze_message });
	} finally {
		frm.reload_doc();
	}
}

function follow(frm, told) {
	if (told.run !== frm.doc.name) return;
	if (!told.of) {
		frm.reload_doc();
		return;
	}
	const words = { simulate: __("Simulating"), apply: __("Applying"), undo: __("Undoing") }[told.action];
	frm.dashboard.show_progress(words, (told.done / told.of) * 100, __("{0} of {1}", [told.done, told.of]));
}

// ---- what it would change ----------------------------------------------------------------------------------------

async function show_simulation(frm) {
	const draw = (html) => wholesale_b2b.draw(frm, "simulation_html", html);
	if (frm.is_new()) return draw("");
	const { status, name } = frm.doc;
	const titles = { Applied: __("What It Changed"), "Partly Undone": __("What It Had Changed"), Undone: __("What It Had Changed") };
	$(frm.fields_dict.simulation_section.wrapper)
		.find(".section-head")
		.text(titles[status] || __("What It Would Change"));
	if (!frm.doc.simulated_at) {
		frm.b2b_simulation = null;
		return draw(
			wholesale_b2b.empty(__("Nothing is simulated yet. Simulate shows who gains and who loses what, and which promise dates move."))
		);
	}
	const found = await frappe.xcall(`${ALLOCATION_RUN}result`, { name });
	if (frm.doc.name !== name) return;
	frm.b2b_simulation = found;
	if (!found.rows.length) {
		frm.remove_custom_button(__("Apply"));
		return draw(
			wholesale_b2b.empty(__("Of {0} open order lines none would change: everybody has what these segments give.", [found.lines])) +
				segments_table(found)
		);
	}
	draw(`
		${figures(found)}
		<div class="b2b-switch"></div>
		<div class="b2b-charts" role="region" tabindex="0" aria-label="${__("Charts")}">
			<div class="b2b-units-chart"></div>
			<div class="b2b-dates-chart"></div>
		</div>
		${segments_table(found)}
		${lines_table(found)}
	`);
	draw_charts(frm, found);
}

function figures(found) {
	const { qty } = wholesale_b2b.cell;
	const { total } = found;
	const one = (label, value) => `<div><div class="b2b-figure">${value}</div><div class="text-muted small">${label}</div></div>`;
	return `<div class="b2b-figures">
		${one(__("Lines Looked At"), qty(found.lines))}
		${one(__("Lines Changed"), qty(total.changed))}
		${one(__("Units Gained"), qty(total.gained))}
		${one(__("Units Lost"), qty(total.lost))}
		${one(__("Ship Earlier"), qty(total.earlier))}
		${one(__("Ship Later"), qty(total.later))}
	</div>`;
}

function draw_charts(frm, found) {
	const $at = frm.get_field("simulation_html").$wrapper;
	const views = {
		customers: found.customers.slice(0, CHARTED),
		segments: found.segments.filter((row) => row.changed),
	};
	const render = (view) => {
		// A chart draws itself anew whenever the window changes, until it is told to stop.
		(frm.b2b_charts || []).forEach((chart) => chart.destroy());
		const rows = views[view];
		const labels = rows.map((row) => shorten(row.label));
		frm.b2b_charts = [
			bar_chart($at, ".b2b-units-chart", __("Units gained and lost"), labels, [
				{ name: __("Gained"), values: rows.map((row) => row.gained), colour: "#29cd42" },
				{ name: __("Lost"), values: rows.map((row) => -row.lost), colour: "#e24c4c" },
			]),
			bar_chart($at, ".b2b-dates-chart", __("Promise dates moved (lines)"), labels, [
				{ name: __("Earlier"), values: rows.map((row) => row.earlier), colour: "#449cf0" },
				{ name: __("Later"), values: rows.map((row) => -row.later), colour: "#f8814f" },
			]),
		];
	};
	const $switch = $(`<select class="form-control input-xs" aria-label="${__("Chart by")}">
		<option value="customers">${
			found.customers.length > CHARTED ? __("By customer: the {0} most concerned", [CHARTED]) : __("By customer")
		}</option>
		<option value="segments">${__("By segment")}</option>
	</select>`).appendTo($at.find(".b2b-switch"));
	$switch.on("change", () => render($switch.val()));
	render("customers");
}

function bar_chart($at, place, title, labels, sets) {
	const $place = $at.find(place).empty();
	const chart = new frappe.Chart($place[0], {
		title,
		type: "bar",
		height: 260,
		animate: 0,
		disableEntryAnimation: 1,
		colors: sets.map((set) => set.colour),
		barOptions: { stacked: 1, spaceRatio: 0.5 },
		axisOptions: { xAxisMode: "tick", xIsSeries: 0 },
		tooltipOptions: { formatTooltipY: (value) => wholesale_b2b.cell.qty(value) },
		data: { labels, datasets: sets.map(({ name, values }) => ({ name, values })) },
	});
	$place.attr({
		role: "img",
		"aria-label": `${title}: ${labels
			.map((label, at) => `${label} ${sets.map((set) => `${set.name} ${Math.abs(set.values[at])}`).join(", ")}`)
			.join("; ")}`,
	});
	return chart;
}

const shorten = (text) => (text.length > 22 ? `${text.slice(0, 21)}…` : text);

function segments_table(found) {
	const { cell } = wholesale_b2b;
	return wholesale_b2b.table({
		title: __("Segments"),
		columns: [
			{ label: __("Segment"), cell: (row) => cell.text(row.label), wide: true },
			{
				label: __("Lines Taken"),
				numeric: true,
				cell: (row) => (row.taken || !row.position ? cell.some(row.taken) : cell.warning(__("takes no line"))),
			},
			{ label: __("Lines Changed"), numeric: true, cell: (row) => cell.some(row.changed) },
			{ label: __("Units Gained"), numeric: true, cell: (row) => cell.some(row.gained) },
			{ label: __("Units Lost"), numeric: true, cell: (row) => cell.some(row.lost) },
			{ label: __("Earlier"), numeric: true, cell: (row) => cell.some(row.earlier) },
			{ label: __("Later"), numeric: true, cell: (row) => cell.some(row.later) },
		],
		rows: found.segments,
	});
}

function lines_table(found) {
	const { cell } = wholesale_b2b;
	const moved = (before, after) =>
		before === after ? cell.muted(cell.qty(before)) : `${cell.muted(cell.qty(before))} → <b>${cell.qty(after)}</b>`;
	const day = (value) => (value ? cell.date(value) : cell.muted(__("not known")));
	const table = wholesale_b2b.table({
		title: __("Order lines that change"),
		columns: [
			{
				label: __("Sales Order"),
				cell: (row) =>
					`${cell.link("Sales Order", row.sales_order)}<div class="small text-muted">${cell.text(row.customer_name)}</div>`,
			},
			{
				label: __("Item"),
				cell: (row) =>
					`${cell.link("Item", row.item_code)}<div class="small text-muted">${cell.text(row.warehouse)}</div>`,
			},
			{ label: __("Outcome"), cell: (row) => cell.pill(OUTCOMES[row.outcome], __(row.outcome)) },
			{
				label: __("Units"),
				numeric: true,
				cell: (row) => (row.units ? `<b>${row.units > 0 ? "+" : "−"}${cell.qty(Math.abs(row.units))}</b>` : cell.some(0)),
			},
			{ label: __("Reserved"), numeric: true, cell: (row) => moved(row.reserved_before, row.reserved_after) },
			{
				label: __("Pre-Allocated"),
				numeric: true,
				cell: (row) => moved(row.pre_allocated_before, row.pre_allocated_after),
			},
			{ label: __("Backordered"), numeric: true, cell: (row) => moved(row.backorder_before, row.backorder_after) },
			{
				label: __("Promise Date"),
				wide: true,
				cell: (row) =>
					row.promise_date_before === row.promise_date_after
						? day(row.promise_date_after)
						: `${day(row.promise_date_before)} → <b>${day(row.promise_date_after)}</b>`,
			},
		],
		rows: found.rows,
	});
	if (!found.more) return table;
	return `${table}<p class="text-muted">${__("{0} more lines change; those that move most units are shown.", [found.more])}</p>`;
}
