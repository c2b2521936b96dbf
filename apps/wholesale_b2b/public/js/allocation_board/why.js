// Why a line has these units: a sentence and its reasons, below the peg that was pressed.

wholesale_b2b.allocation_board.Why = class {
	constructor(board) {
		this.board = board;
		board.$body.on("click", ".b2b-chip.peg", (e) => this.toggle(e.currentTarget));
		board.$body.on("keydown", ".b2b-why", (e) => {
			if (e.key === "Escape") this.close($(e.currentTarget));
		});
		board.$body.on("click", ".b2b-why .b2b-move", (e) => {
			const { line, supply } = e.currentTarget.dataset;
			board.move({ supply: cint(supply), from: line });
		});
	}

	toggle(chip) {
		const $card = $(chip).closest(".b2b-demand-card");
		const was_open = chip.getAttribute("aria-expanded") === "true";
		this.close($card.find(".b2b-why"));
		if (!was_open) this.open(chip, $card.find(".b2b-why"));
	}

	close($why) {
		const $open = $why.closest(".b2b-demand-card").find(".b2b-chip.peg[aria-expanded=true]");
		if ($why.is(":focus-within")) $open.trigger("focus");
		$open.attr("aria-expanded", "false");
		$why.attr("hidden", true).empty();
		this.board.lines.redraw();
	}

	async open(chip, $why) {
		const { line, supply } = chip.dataset;
		chip.setAttribute("aria-expanded", "true");
		$why.attr({ hidden: null, role: "status" }).html(`<p class="text-muted">${__("Loading")}…</p>`);
		const answer = await wholesale_b2b.ask("explain_peg", {
			item_code: this.board.state.item.item_code,
			line,
			supply: this.board.state.supplies[supply].id,
		});
		if (chip.getAttribute("aria-expanded") !== "true") return;
		$why.html(answer ? this.words(answer, line, supply) : __("These units have been moved or delivered meanwhile."));
		this.board.lines.redraw();
	}

	words(answer, line, supply) {
		const { cell } = wholesale_b2b;
		const movable = this.board.state.may_move && answer.qty > answer.frozen;
		const lists = answer.pick_lists.map((name) => cell.link("Pick List", name)).join(", ");
		return `<p>${cell.text(answer.summary)}</p>
			<ul>${answer.reasons.map((reason) => `<li>${cell.text(reason)}</li>`).join("")}</ul>
			${lists ? `<p>${__("Pick List")}: ${lists}</p>` : ""}
			${movable ? `<button class="btn btn-default btn-xs b2b-move" data-line="${frappe.utils.escape_html(line)}" data-supply="${supply}">${__("Move Units…")}</button>` : ""}`;
	}
};
