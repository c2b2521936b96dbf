// The page itself: filters, loading, paging, and being told when something has changed.

wholesale_b2b.allocation_board.Board = class {
	constructor(wrapper) {
		const { Lines, Why, Drag } = wholesale_b2b.allocation_board;
		this.page = frappe.ui.make_app_page({ parent: wrapper, title: __("Allocation Board"), single_column: true });
		this.$body = $(`<div class="b2b-board"></div>`).appendTo(this.page.main);
		this.state = null;
		this.make_filters();
		Object.assign(this, { lines: new Lines(this), why: new Why(this), drag: new Drag(this) });
		this.$body.on("click", ".b2b-more", () => this.load_more());
		this.load_soon = frappe.utils.debounce(() => this.load(), 100);
		this.on_change = ({ items, more }) => {
			if (this.state && (more || items.includes(this.state.item.item_code))) this.load_soon();
		};
	}

	make_filters() {
		const changed = () => this.filters_changed();
		const field = (df) => this.page.add_field({ ...df, change: changed });
		this.fields = {
			item_code: field({ fieldname: "item_code", fieldtype: "Link", options: "Item", label: __("Item"), get_query: () => ({ filters: { is_stock_item: 1 } }) }),
			warehouse: field({ fieldname: "warehouse", fieldtype: "Link", options: "Warehouse", label: __("Warehouse") }),
			customer: field({ fieldname: "customer", fieldtype: "Link", options: "Customer", label: __("Customer") }),
			sales_order: field({ fieldname: "sales_order", fieldtype: "Link", options: "Sales Order", label: __("Sales Order"), get_query: () => ({ filters: { docstatus: 1 } }) }),
			// a purchase order, a work order, a transfer: whatever brings units
			supply: field({ fieldname: "supply", fieldtype: "Data", label: __("Supply Document") }),
			only: field({
				fieldname: "only",
				fieldtype: "Select",
				label: __("Show"),
				options: [
					{ value: "", label: __("All lines") },
					{ value: "waiting", label: __("Something uncovered") },
					{ value: "picking", label: __("Being picked") },
				],
			}),
		};
	}

	filters() {
		return Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, field.get_value() || null]));
	}

	// ---- coming and going ----

	async show() {
		frappe.realtime.on("b2b_allocation_board", this.on_change);
		const asked = { ...Object.fromEntries(new URLSearchParams(window.location.search)), ...(frappe.route_options || {}) };
		frappe.route_options = null;
		const item = frappe.get_route()[1];
		if (item) asked.item_code = item;
		if (Object.keys(asked).length) await this.set_filters(asked);
		this.load();
	}

	hide() {
		frappe.realtime.off("b2b_allocation_board", this.on_change);
	}

	async set_filters(asked) {
		this.setting = true;
		// an item of its own comes with its own filters
		for (const [name, field] of Object.entries(this.fields)) {
			if (name in asked || asked.item_code !== this.filters().item_code) await field.set_value(asked[name] || "");
		}
		this.setting = false;
	}

	filters_changed() {
		const filters = this.filters();
		const asked = JSON.stringify(filters);
		if (this.setting || asked === this.asked) return;
		const item = filters.item_code || "";
		if (item && item !== frappe.get_route()[1]) frappe.router.push_state(`/app/allocation-board/${encodeURIComponent(item)}`);
		this.load();
	}

	// ---- loading ----

	async load() {
		const filters = this.filters();
		this.asked = JSON.stringify(filters);
		if (!filters.item_code) {
			this.state = null;
			this.page.clear_primary_action();
			this.$body.html(`<p class="b2b-board-start text-muted">${__("Choose an item: its stock and what is on order stand on the left, the orders that want it on the right, first in line first.")}</p>`);
			return;
		}
		const limit = Math.max(this.state && this.state.item.item_code === filters.item_code ? this.state.demands.length : 0, 100);
		const answer = await this.ask({ ...filters, limit: Math.min(limit, 500) });
		if (this.asked !== JSON.stringify(filters)) return;
		if (!answer) {
			this.$body.html(wholesale_b2b.empty(__("The board could not be loaded. Check the item and your permissions.")));
			return;
		}
		const { item_code, ...narrowing } = filters;
		this.take_in({ ...answer, filtered: Object.values(narrowing).some(Boolean) });
	}

	async load_more() {
		const { demands } = this.state;
		const answer = await this.ask({ ...this.filters(), start: demands.length });
		if (!answer || !this.state) return;
		const known = new Set(demands.map((line) => line.line));
		const fresh = answer.demands.filter((line) => !known.has(line.line));
		const pegs = answer.pegs.filter((peg) => !known.has(peg.line));
		this.take_in({ ...answer, filtered: this.state.filtered, demands: [...demands, ...fresh], pegs: [...this.state.pegs, ...pegs] });
		if (fresh.length) this.$body.find(`.b2b-demand-card[data-line="${CSS.escape(fresh[0].line)}"] a`).first().trigger("focus");
	}

	async ask(args) {
		this.$body.addClass("b2b-loading").attr("aria-busy", "true");
		this.page.set_indicator(__("Loading"), "orange");
		const answer = await wholesale_b2b.ask("board", args);
		this.$body.removeClass("b2b-loading").attr("aria-busy", "false");
		this.page.clear_indicator();
		return answer;
	}

	take_in(answer) {
		const places = Object.fromEntries(answer.supplies.map((supply, place) => [supply.id, place]));
		this.state = { ...answer, places };
		this.$body.html(wholesale_b2b.allocation_board.view.board(this.state));
		this.lines.draw();
		this.page.clear_primary_action();
		if (answer.may_move && answer.demands.length) this.page.set_primary_action(__("Move Units…"), () => this.move());
	}

	peg(line, place) {
		const supply = this.state.supplies[place];
		return supply && this.state.pegs.find((peg) => peg.line === line && peg.supply === supply.id);
	}

	move(chosen) {
		return new wholesale_b2b.allocation_board.MoveDialog(this, chosen);
	}
};
