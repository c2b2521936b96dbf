// What would become of a tier, for a person to look at: by a file, a percentage, the grid.

frappe.provide("wholesale_b2b");

wholesale_b2b.tier_changes = (() => {
	const { cell } = wholesale_b2b;
	const KINDS = { new: ["green", __("New")], changed: ["blue", __("Changed")], ended: ["orange", __("Ends")], same: ["gray", __("Same")] };

	function margin(value) {
		if (value === null || value === undefined) return cell.muted("–");
		return value < 0 ? cell.warning(`${value} %`) : `${value} %`;
	}

	function summary(counts, left_out) {
		const parts = Object.entries(counts).map(([kind, count]) => `${count} ${KINDS[kind][1].toLowerCase()}`);
		if (left_out) parts.push(__("{0} left out", [left_out]));
		return parts.join(", ") || __("Nothing to change");
	}

	// rows that were to hold later and go with this change
	const planned = (row) =>
		row.planned.length ? `<div class="small">${cell.warning(__("instead of what was to hold from {0}", [row.planned.map(cell.date).join(", ")]))}</div>` : "";

	// answer: as `pricing.service.bulk.preview` describes it
	function preview(answer) {
		const money = (amount) => (amount === undefined ? cell.muted("–") : format_currency(amount, answer.currency));
		const bad = answer.bad.map((row) => `<li>${row.where ? `${row.where}: ${row.text}` : __("Line {0}: {1}", [row.line, row.text])}</li>`).join("");
		const table = wholesale_b2b.table({
			title: __("Preview"),
			rows: answer.changes,
			columns: [
				{ label: "", cell: (row) => cell.pill(...KINDS[row.kind]) },
				{ label: __("For"), cell: (row) => `${cell.text(row.target || __(row.apply_on))}<div class="small text-muted">${cell.text(row.item_name !== row.target ? row.item_name : "")}</div>` },
				{ label: __("From Quantity"), numeric: 1, cell: (row) => (row.min_qty ? `${cell.qty(row.min_qty)} ${cell.text(row.uom)}` : cell.text(row.uom)) },
				{ label: __("Old"), numeric: 1, cell: (row) => cell.text(row.old) || cell.muted("–") },
				{ label: __("New"), numeric: 1, cell: (row) => (cell.text(row.new) || cell.muted("–")) + planned(row) },
				{ label: __("Price Now"), numeric: 1, cell: (row) => money(row.old_rate) },
				{ label: __("Price Then"), numeric: 1, cell: (row) => money(row.new_rate) },
				{ label: "%", numeric: 1, cell: (row) => (row.difference === undefined ? cell.muted("–") : `${row.difference > 0 ? "+" : ""}${row.difference}`) },
				...(answer.changes.some((row) => "margin" in row) ? [{ label: __("Margin"), numeric: 1, cell: (row) => margin(row.margin) }] : []),
			],
		});
		const more = answer.more ? `<p class="text-muted">${__("… and {0} more", [answer.more])}</p>` : "";
		return `<p><b>${summary(answer.counts)}</b></p>
			${bad ? `<div class="b2b-bad-rows"><b>${__("{0} rows cannot be taken:", [answer.bad_count])}</b><ul>${bad}</ul></div>` : ""}
			${answer.changes.length ? table : wholesale_b2b.empty(__("Nothing would change."))}${more}`;
	}

	return { margin, preview, summary };
})();
