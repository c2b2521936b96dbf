// The lines from each supply to the order lines that have units of it; on a phone there is no room for them.

wholesale_b2b.allocation_board.Lines = class {
	constructor(board) {
		this.board = board;
		this.redraw = () => {
			if (!this.waiting) this.waiting = requestAnimationFrame(() => this.draw());
		};
		window.addEventListener("resize", this.redraw);
		window.addEventListener("scroll", this.redraw, { passive: true });
		board.$body.on("mouseenter focusin", ".b2b-chip.peg, .b2b-supply-card", (e) => this.point_out(e.currentTarget));
		board.$body.on("mouseleave focusout", ".b2b-chip.peg, .b2b-supply-card", () => this.point_out(null));
	}

	draw() {
		this.waiting = null;
		const svg = this.board.$body.find("svg.b2b-board-lines")[0];
		if (!svg || !svg.getClientRects().length) return;
		const box = svg.getBoundingClientRect();
		const supply_column = this.board.$body.find(".b2b-board-supply")[0];
		$(supply_column).off("scroll.b2b").on("scroll.b2b", this.redraw);
		const column = supply_column.getBoundingClientRect();
		const paths = [];
		this.board.$body.find(".b2b-chip.peg").each((_n, chip) => {
			const card = this.board.$body.find(`.b2b-supply-card[data-supply="${chip.dataset.supply}"]`)[0];
			const line = chip.closest(".b2b-demand-card").getBoundingClientRect();
			if (!card || line.bottom < 0 || line.top > window.innerHeight) return;
			const from = card.getBoundingClientRect();
			// a card that is scrolled out of its column: from the column's edge
			const y1 = Math.min(Math.max(from.top + from.height / 2, column.top), column.bottom) - box.top;
			const y2 = line.top + line.height / 2 - box.top;
			const half = box.width / 2;
			const peg = this.board.peg(chip.dataset.line, chip.dataset.supply);
			const width = 1.5 + Math.min(Math.log10(1 + flt(peg && peg.qty)), 4) * 1.2;
			paths.push(
				`<path d="M0,${y1.toFixed(1)} C${half},${y1.toFixed(1)} ${half},${y2.toFixed(1)} ${box.width},${y2.toFixed(1)}"
					stroke-width="${width.toFixed(1)}" data-colour="${chip.dataset.colour}" data-supply="${chip.dataset.supply}"
					data-line="${frappe.utils.escape_html(chip.dataset.line)}"></path>`
			);
		});
		svg.innerHTML = paths.join("");
	}

	// What belongs to a supply or a peg stands out, the rest steps back.
	point_out(element) {
		const $paths = this.board.$body.find("svg.b2b-board-lines path").removeClass("on off");
		if (!element) return;
		const { supply, line } = element.dataset;
		$paths.each((_n, path) => {
			const is_its = path.dataset.supply === supply && (!line || path.dataset.line === line);
			path.classList.add(is_its ? "on" : "off");
		});
	}
};
