// Moving units: by drag and drop, or by a dialog that the keyboard reaches; both end in the same dialog.

wholesale_b2b.allocation_board.Drag = class {
	constructor(board) {
		this.board = board;
		this.carried = null;
		board.$body.on("dragstart", ".b2b-chip[draggable=true]", (e) => this.start(e));
		board.$body.on("dragend", () => this.end());
		board.$body.on("dragenter dragover", ".b2b-demand-card", (e) => this.over(e));
		board.$body.on("dragleave", ".b2b-demand-card", (e) => {
			if (!e.currentTarget.contains(e.originalEvent.relatedTarget)) $(e.currentTarget).removeClass("b2b-drop");
		});
		board.$body.on("drop", ".b2b-demand-card", (e) => this.drop(e));
		board.$body.on("click", "button.b2b-chip.free", (e) => board.move({ supply: cint(e.currentTarget.dataset.supply) }));
	}

	start(e) {
		const { supply, line } = e.currentTarget.dataset;
		this.carried = { supply: cint(supply), from: line || null };
		e.originalEvent.dataTransfer.effectAllowed = "move";
		e.originalEvent.dataTransfer.setData("text/plain", e.currentTarget.textContent.trim());
		this.board.$body.addClass("b2b-dragging");
	}

	over(e) {
		if (!this.carried || e.currentTarget.dataset.line === this.carried.from) return;
		e.preventDefault();
		e.originalEvent.dataTransfer.dropEffect = "move";
		$(e.currentTarget).addClass("b2b-drop");
	}

	drop(e) {
		if (!this.carried) return;
		e.preventDefault();
		const move = { ...this.carried, to: e.currentTarget.dataset.line };
		this.end();
		if (move.to !== move.from) this.board.move(move);
	}

	end() {
		this.carried = null;
		this.board.$body.removeClass("b2b-dragging").find(".b2b-drop").removeClass("b2b-drop");
	}
};

wholesale_b2b.allocation_board.MoveDialog = class {
	// chosen: {supply: its place on the board, from: a line or nothing for free units, to: a line}; all of it may be open
	constructor(board, chosen = {}) {
		Object.assign(this, { board, state: board.state });
		this.dialog = new frappe.ui.Dialog({
			title: __("Move Units of {0}", [this.state.item.item_code]),
			fields: [
				{ fieldname: "supply", fieldtype: "Select", label: __("Supply"), reqd: 1, change: () => this.supply_chosen() },
				{ fieldname: "from", fieldtype: "Select", label: __("Take from"), reqd: 1, change: () => this.giver_chosen() },
				{ fieldname: "to", fieldtype: "Select", label: __("Give to"), reqd: 1, change: () => this.look_soon() },
				{ fieldname: "qty", fieldtype: "Float", label: __("Units"), reqd: 1, change: () => this.look_soon() },
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1, description: __("The order that loses units is told") },
				{ fieldname: "preview", fieldtype: "HTML" },
			],
			primary_action_label: __("Move"),
			primary_action: (values) => this.make(values),
		});
		this.dialog.$wrapper.addClass("b2b-move-dialog");
		this.look_soon = frappe.utils.debounce(() => this.look(), 250);
		this.dialog.get_field("qty").$input.on("input", () => this.look_soon());
		this.dialog.get_field("preview").$wrapper.attr({ "aria-live": "polite", class: "b2b-move-preview" });
		this.fill("supply", this.supplies());
		if (chosen.supply !== undefined) this.dialog.fields_dict.supply.set_input(cstr(chosen.supply));
		this.offer_givers(chosen.from === undefined ? null : chosen.from || "free");
		this.offer_takers(chosen.to);
		this.offer_qty();
		this.dialog.show();
		this.look();
	}

	value(name) {
		return this.dialog.fields_dict[name].get_value();
	}

	fill(name, options, value) {
		const field = this.dialog.fields_dict[name];
		// Frappe puts labels into the page as HTML
		field.df.options = options.map((option) => ({ ...option, label: frappe.utils.escape_html(option.label) }));
		field.refresh();
		const known = options.some((option) => option.value === value);
		field.set_input(known ? value : options.length ? options[0].value : "");
	}

	// ---- what can be chosen ----

	supplies() {
		const { supply_name } = wholesale_b2b.allocation_board.view;
		return this.state.supplies
			.map((supply, place) => ({ value: cstr(place), label: supply_name(supply) }))
			.filter(({ value }) => this.givers(cint(value)).length);
	}

	givers(place) {
		const supply = this.state.supplies[place];
		if (!supply) return [];
		const free = flt(supply.free) ? [{ value: "free", label: __("nobody: {0} are free", [flt(supply.free)]), qty: flt(supply.free) }] : [];
		const pegs = this.state.pegs
			.filter((peg) => peg.supply === supply.id && peg.qty > peg.frozen)
			.map((peg) => ({ value: peg.line, qty: peg.qty - peg.frozen, label: `${this.whose(peg.line)}: ${flt(peg.qty - peg.frozen)}` }));
		return [...pegs, ...free];
	}

	whose(name) {
		const line = this.state.demands.find((demand) => demand.line === name);
		const kit = line.kit ? ` (${line.kit})` : "";
		return `${line.place || "–"}. ${line.sales_order || ""} ${line.customer_name}${kit}`;
	}

	offer_givers(from) {
		this.fill("from", this.givers(cint(this.value("supply"))), from);
	}

	offer_takers(to) {
		const giver = this.value("from");
		const takers = this.state.demands
			.filter((line) => line.line !== giver && flt(line.owed))
			.map((line) => ({
				value: line.line,
				label: `${this.whose(line.line)}: ${flt(line.uncovered) ? __("{0} uncovered", [flt(line.uncovered)]) : __("covered")}`,
			}));
		this.fill("to", takers, to || this.value("to"));
	}

	offer_qty() {
		const giver = this.givers(cint(this.value("supply"))).find((option) => option.value === this.value("from"));
		const taker = this.state.demands.find((line) => line.line === this.value("to"));
		const lack = taker ? flt(taker.uncovered) || flt(taker.pre_allocated) : 0;
		this.dialog.fields_dict.qty.set_input(giver ? Math.min(giver.qty, lack || giver.qty) : "");
	}

	supply_chosen() {
		this.offer_givers(this.value("from"));
		this.giver_chosen();
	}

	giver_chosen() {
		this.offer_takers();
		this.offer_qty();
		this.look_soon();
	}

	// ---- what it would do ----

	wish() {
		const supply = this.state.supplies[cint(this.value("supply"))];
		const from = this.value("from");
		return {
			item_code: this.state.item.item_code,
			supply: supply && supply.id,
			from_line: from === "free" ? null : from,
			to_line: this.value("to"),
			qty: flt(this.value("qty")),
		};
	}

	async look() {
		const wish = this.wish();
		const $preview = this.dialog.get_field("preview").$wrapper;
		if (!wish.supply || !wish.to_line || !(wish.qty > 0)) return this.show_answer($preview, null);
		const asked = JSON.stringify(wish);
		const answer = await wholesale_b2b.ask("preview_reallocation", wish);
		if (asked === JSON.stringify(this.wish())) this.show_answer($preview, answer);
	}

	show_answer($preview, answer) {
		this.dialog.get_primary_btn().prop("disabled", !answer || Boolean(answer.refused));
		if (!answer) return $preview.html("");
		const { cell } = wholesale_b2b;
		if (answer.refused) return $preview.html(`<p class="b2b-refused">${cell.text(answer.refused)}</p>`);
		const rows = answer.changes.map((row) => `<li>${this.change(row)}</li>`).join("");
		$preview.html(`<h6>${__("What this changes")}</h6><ul>${rows || `<li>${__("Nothing: it is so already.")}</li>`}</ul>`);
	}

	change(row) {
		const { cell } = wholesale_b2b;
		const colours = { Lost: "red", Later: "orange", Gained: "green", Earlier: "green" };
		const day = (value) => (value ? frappe.datetime.str_to_user(value) : __("not known"));
		const parts = [];
		if (row.reserved_before !== row.reserved_after) {
			parts.push(__("reserved {0} → {1}", [cell.qty(row.reserved_before), cell.qty(row.reserved_after)]));
		}
		if (row.pre_allocated_before !== row.pre_allocated_after) {
			parts.push(__("pre-allocated {0} → {1}", [cell.qty(row.pre_allocated_before), cell.qty(row.pre_allocated_after)]));
		}
		if (row.promise_date_before !== row.promise_date_after) {
			parts.push(__("ships {0} → {1}", [day(row.promise_date_before), day(row.promise_date_after)]));
		}
		return `${cell.pill(colours[row.outcome] || "gray", __(row.outcome))} <b>${cell.text(row.customer_name)}</b>
			${cell.text(row.sales_order)}: ${parts.join(", ")}`;
	}

	// ---- doing it ----

	async make(values) {
		const wish = { ...this.wish(), reason: values.reason };
		// the same request again, after a lost answer say, has the same key
		const asked = JSON.stringify(wish);
		if (this.asked !== asked) Object.assign(this, { asked, key: `board-${frappe.utils.get_random(24)}` });
		this.dialog.get_primary_btn().prop("disabled", true);
		try {
			await frappe.xcall("wholesale_b2b.api.v1.reallocate", { ...wish, idempotency_key: this.key });
		} catch {
			// Frappe has said why; the board may have changed under the dialog
			this.look();
			return;
		}
		this.dialog.hide();
		frappe.show_alert({ message: __("{0} units moved.", [wholesale_b2b.cell.qty(wish.qty)]), indicator: "green" });
		this.board.load();
	}
};
