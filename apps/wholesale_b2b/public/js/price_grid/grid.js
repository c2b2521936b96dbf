// The page itself: which tier, which lines of it, what is edited, and the way to save it.

wholesale_b2b.price_grid.Grid = class {
	constructor(wrapper) {
		this.page = frappe.ui.make_app_page({ parent: wrapper, title: __("Price Grid"), single_column: true });
		this.$body = $(`<div class="b2b-price-grid-page"></div>`).appendTo(this.page.main);
		this.edits = new wholesale_b2b.price_grid.Edits();
		this.start = 0;
		this.make_filters();
		this.bind();
		window.addEventListener("beforeunload", (event) => {
			if (this.edits.count) event.preventDefault();
		});
	}

	call(name, args, type) {
		return frappe.xcall(`wholesale_b2b.wholesale_b2b.page.price_grid.price_grid.${name}`, args, type);
	}

	make_filters() {
		const field = (df) => this.page.add_field({ ...df, change: () => this.filters_changed() });
		this.fields = {
			tier: field({ fieldname: "tier", fieldtype: "Link", options: "Trade Price Tier", label: __("Tier") }),
			day: field({ fieldname: "day", fieldtype: "Date", label: __("From"), default: frappe.datetime.get_today() }),
			show: field({
				fieldname: "show",
				fieldtype: "Select",
				label: __("Show"),
				options: [
					{ value: "items", label: __("All items") },
					{ value: "rows", label: __("Rows of the tier") },
				],
				default: "items",
			}),
			item_group: field({ fieldname: "item_group", fieldtype: "Link", options: "Item Group", label: __("Item Group") }),
			brand: field({ fieldname: "brand", fieldtype: "Link", options: "Brand", label: __("Brand") }),
			search: field({ fieldname: "search", fieldtype: "Data", label: __("Item or name") }),
		};
	}

	bind() {
		const { on_key, on_paste } = wholesale_b2b.price_grid.keys;
		const inputs = ".b2b-price-grid input";
		this.$body.on("focus", inputs, ({ target }) => target.select());
		this.$body.on("input", inputs, ({ target }) => this.typed(target));
		this.$body.on("keydown", inputs, (event) => on_key(event, (input) => this.take_back(input)));
		this.$body.on("paste", inputs, ({ originalEvent }) =>
			on_paste(originalEvent, (input, value) => {
				input.value = value;
				this.typed(input);
			})
		);
		this.$body.on("click", "[data-to]", ({ currentTarget }) => {
			this.start = cint(currentTarget.dataset.to);
			this.load();
		});
	}

	filters() {
		return Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, field.get_value() || ""]));
	}

	// ---- coming, and choosing ----

	async show() {
		const tier = frappe.get_route()[1];
		if (tier && tier !== this.filters().tier) await this.fields.tier.set_value(tier);
		this.filters_changed();
	}

	filters_changed() {
		const filters = this.filters();
		const asked = JSON.stringify(filters);
		if (asked === this.asked) return;
		const { tier, day } = this.edits.about || {};
		const other = filters.tier !== tier || (filters.day || frappe.datetime.get_today()) !== day;
		if (this.edits.count && other) return this.leave(filters);
		this.asked = asked;
		this.start = 0;
		if (filters.tier && filters.tier !== frappe.get_route()[1]) frappe.router.push_state(`/app/price-grid/${encodeURIComponent(filters.tier)}`);
		this.load();
	}

	// What is edited is for one tier from one day on: to go elsewhere is to drop it.
	leave(filters) {
		if (this.asking) return;
		this.asking = true;
		const back = this.edits.about;
		const settle = async (drop) => {
			if (!this.asking) return;
			this.asking = false;
			if (drop) this.edits.clear();
			else for (const name of ["tier", "day"]) if (filters[name] !== back[name]) await this.fields[name].set_value(back[name]);
			this.filters_changed();
		};
		const dialog = frappe.confirm(__("Edited and not saved: {0}. Drop that?", [this.edits.count]), () => settle(true), () => settle(false));
		dialog.onhide = () => settle(false);
	}

	async load() {
		const filters = this.filters();
		const asked = JSON.stringify([filters, this.start]);
		this.loading = asked;
		if (!filters.tier) {
			this.state = null;
			this.$body.html(`<p class="text-muted">${__("Choose a tier: its prices stand here line by line, to be edited in place.")}</p>`);
			return this.offer();
		}
		this.$body.attr("aria-busy", "true").find("input").prop("disabled", true);
		const answer = await this.call("lines", { ...filters, start: this.start }, "GET").catch(() => null);
		if (this.loading !== asked) return;
		this.$body.attr("aria-busy", "false");
		this.state = answer;
		this.draw();
	}

	draw() {
		const { view } = wholesale_b2b.price_grid;
		if (!this.state) {
			this.$body.html(wholesale_b2b.empty(__("The tier could not be loaded. Check its name and your permissions.")));
		} else {
			const empty = this.fields.show.get_value() === "rows" ? __("The tier has no such rows. Show all items to give it some.") : __("No items.");
			const hint = this.state.may_write
				? `<p class="small text-muted">${__("A price (8.50) or a discount on the list (5 %). An emptied cell ends its row. Arrow keys and Enter move up and down; a column of a spreadsheet can be pasted.")}</p>`
				: `<p class="small text-muted">${__("You may look at this tier, and not change it.")}</p>`;
			this.$body.html(`${hint}${this.state.lines.length ? view.table(this.state, this.edits) : wholesale_b2b.empty(empty)}${view.pager(this.state)}`);
		}
		this.offer();
	}

	// ---- editing ----

	line_of(input) {
		return this.state.lines[input.closest("tr").dataset.line];
	}

	typed(input) {
		const { name, place } = input.dataset;
		const line = this.line_of(input);
		const { tier, day, modified } = this.state;
		this.edits.about = this.edits.about || { tier, day, seen: modified };
		if (name === "percent") this.by_percent(line, input);
		else this.edits.set(line, cint(place), { ...this.inherited_break(line, input), [name]: input.value.trim() });
		this.show_edits(input);
	}

	// A price typed beside an inherited quantity is for that quantity.
	inherited_break(line, input) {
		const { name, place } = input.dataset;
		const step = wholesale_b2b.price_grid.view.inherited(line, cint(place));
		if (name !== "figure" || !step || !input.value || this.edits.cell(line, cint(place)).min_qty) return {};
		const min_qty = String(step.qty);
		$(input.closest("tr")).find(`[data-name="min_qty"][data-place="${place}"]`).val(min_qty);
		return { min_qty, mix: step.mix };
	}

	by_percent(line, input) {
		const percent = parseFloat(input.value.replace(",", "."));
		if (!line.rate || Number.isNaN(percent)) return this.edits.set(line, 0, wholesale_b2b.price_grid.Edits.saved(line, 0));
		this.edits.set(line, 0, { figure: String(flt(line.rate * (1 + percent / 100), this.state.places)) });
	}

	take_back(input) {
		const { name, place } = input.dataset;
		const line = this.line_of(input);
		if (name === "percent") {
			input.value = "";
			return this.typed(input);
		}
		// the price and the quantity of a break belong together
		const saved = wholesale_b2b.price_grid.Edits.saved(line, cint(place));
		this.edits.drop(line, cint(place));
		for (const part of ["min_qty", "figure"]) {
			$(input.closest("tr")).find(`[data-name="${part}"][data-place="${place}"]`).val(saved[part]);
		}
		this.show_edits(input);
	}

	// Everything of the line that follows, but the cell that is being typed into.
	show_edits(input) {
		const line = this.line_of(input);
		const $row = $(input.closest("tr"));
		const { difference, margin } = wholesale_b2b.price_grid.view.figures(line, this.edits);
		const others = (selector) => $row.find(selector).not(input);
		others('[data-name="percent"]').val(difference === null ? "" : difference);
		if (input.dataset.name === "percent") others('[data-name="figure"][data-place="0"]').val(this.edits.cell(line, 0).figure);
		$row.find("[data-margin]").html(wholesale_b2b.tier_changes.margin(margin));
		$row.find("input").each((_index, one) => {
			if (one.dataset.name !== "percent") $(one).toggleClass("b2b-edited", this.edits.is_edited(line, cint(one.dataset.place)));
		});
		this.offer();
	}

	offer() {
		const { count } = this.edits;
		this.page.clear_primary_action();
		this.page.clear_secondary_action();
		this.page.clear_indicator();
		if (!this.state) return;
		if (!count) {
			this.page.set_secondary_action(__("Open Tier"), () => frappe.set_route("Form", "Trade Price Tier", this.state.tier));
			return;
		}
		this.page.set_indicator(__("{0} edited", [count]), "orange");
		this.page.set_primary_action(__("Preview…"), () => this.preview());
		this.page.set_secondary_action(__("Drop Edits"), () => {
			this.edits.clear();
			this.draw();
		});
	}

	// ---- saving: what is seen is what is saved ----

	args() {
		return { ...this.edits.about, edits: this.edits.list() };
	}

	async preview() {
		const args = this.args();
		const answer = await this.call("preview", args).catch(() => null);
		if (!answer) return;
		const dialog = new frappe.ui.Dialog({
			title: __("Change {0} from {1} on", [args.tier, frappe.datetime.str_to_user(args.day)]),
			size: "extra-large",
			fields: [
				{ fieldname: "only_good", fieldtype: "Check", label: __("Leave Out What Cannot Be Taken"), description: __("Without it nothing is changed as long as one is bad."), hidden: !answer.bad_count },
				{ fieldname: "preview", fieldtype: "HTML" },
			],
			primary_action_label: __("Change the Tier"),
			primary_action: async ({ only_good }) => {
				const done = await this.call("save", { ...args, only_good: only_good ? 1 : 0, seen: answer.seen }).catch(() => null);
				if (!done) return;
				dialog.hide();
				frappe.show_alert({ message: wholesale_b2b.tier_changes.summary(done.counts, done.left_out), indicator: "green" });
				this.edits.clear();
				this.load();
			},
		});
		dialog.fields_dict.preview.$wrapper.html(wholesale_b2b.tier_changes.preview(answer));
		dialog.show();
	}
};
