// Moving through the grid by keyboard: up and down stay in their column, Enter goes down, Escape takes back what was typed.
// Tab is the browser's own. A column copied from a spreadsheet is pasted downwards, cell by cell.

wholesale_b2b.price_grid.keys = (() => {
	const STEP = { ArrowUp: -1, ArrowDown: 1, Enter: 1 };

	const column = (input) => `input[data-name="${input.dataset.name}"][data-place="${input.dataset.place}"]`;

	function go(input, step) {
		let row = input.closest("tr");
		do row = step < 0 ? row.previousElementSibling : row.nextElementSibling;
		while (row && (!row.querySelector(column(input)) || row.querySelector(column(input)).disabled));
		const next = row && row.querySelector(column(input));
		if (!next) return;
		next.focus();
		next.select();
	}

	function on_key(event, take_back) {
		const input = event.target;
		if (event.key === "Escape") {
			// Desk would leave the cell
			event.stopPropagation();
			take_back(input);
			input.select();
		} else if (event.key in STEP && !event.altKey && !event.ctrlKey && !event.metaKey) {
			event.preventDefault();
			go(input, event.key === "Enter" && event.shiftKey ? -1 : STEP[event.key]);
		}
	}

	function on_paste(event, put) {
		const text = (event.clipboardData || window.clipboardData).getData("text").replace(/\r/g, "").replace(/\n$/, "");
		if (!/[\n\t]/.test(text)) return;
		event.preventDefault();
		let row = event.target.closest("tr");
		const inputs = [...row.querySelectorAll("input")];
		// the columns to the right of the cell, by what they are: not every row has all of them
		const columns = inputs.slice(inputs.indexOf(event.target)).map(column);
		for (const line of text.split("\n")) {
			if (!row) break;
			line.split("\t").forEach((value, place) => {
				const input = columns[place] && row.querySelector(columns[place]);
				if (input && !input.disabled) put(input, value.trim());
			});
			row = row.nextElementSibling;
		}
	}

	return { on_key, on_paste };
})();
