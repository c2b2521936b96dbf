// What was typed and is not saved yet. It outlives paging and filters: lines are known by what they are about.

wholesale_b2b.price_grid.Edits = class {
	constructor() {
		this.known = new Map();
		// of what they are: {tier, day, seen}, set with the first
		this.about = null;
	}

	get count() {
		return this.known.size;
	}

	clear() {
		this.known.clear();
		this.about = null;
	}

	drop(line, place) {
		this.known.delete(this.constructor.key(line, place));
		if (!this.count) this.about = null;
	}

	static key(line, place) {
		return [line.apply_on, line.target, line.own_uom, place].join("\n");
	}

	// place: 0 for the price itself, then the breaks. Answers {min_qty, figure} as they stand in the cells.
	cell(line, place) {
		const edit = this.known.get(this.constructor.key(line, place));
		return edit || this.constructor.saved(line, place);
	}

	static saved(line, place) {
		if (!place) return { min_qty: "", figure: line.figure };
		const held = line.breaks[place - 1];
		return held ? { min_qty: String(held.qty), figure: held.figure } : { min_qty: "", figure: "" };
	}

	set(line, place, change) {
		const { key, saved } = this.constructor;
		const before = saved(line, place);
		const held = place ? line.breaks[place - 1] : null;
		const now = this.cell(line, place);
		const next = { min_qty: now.min_qty, figure: now.figure, mix: held ? held.mix : now.mix || "", ...change };
		// a quantity that was filled in for a price goes with it
		const emptied = place && !held && "figure" in change && !change.figure;
		if (emptied || (next.min_qty === before.min_qty && next.figure === before.figure)) return this.drop(line, place);
		this.known.set(key(line, place), {
			apply_on: line.apply_on,
			target: line.target,
			own_uom: line.own_uom,
			is_break: place ? 1 : 0,
			was: place ? (held ? held.qty : null) : line.figure ? 0 : null,
			...next,
		});
	}

	is_edited(line, place) {
		return this.known.has(this.constructor.key(line, place));
	}

	list() {
		return [...this.known.values()];
	}
};
