// The grid as HTML. Every cell to edit is an input with a label of its own.

wholesale_b2b.price_grid.view = (() => {
	const { cell } = wholesale_b2b;
	const LEAST_BREAKS = 2;

	// `8`, `8.50`, `1,250` or `5 %` → what a unit costs then; undefined where nobody can say, and for what saving refuses
	function price_of(line, figure) {
		const text = cstr(figure).replace(/[\s'£$€]/g, "");
		const plain = text.replace(/%$/, "");
		if (!/^\+?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?$/.test(plain) || !/\d/.test(plain)) return undefined;
		const number = parseFloat(plain.replace(/,/g, ""));
		if (plain === text) return number;
		return line.list_rate === null || line.list_rate === undefined ? undefined : line.list_rate * (1 - number / 100);
	}

	// Per line what follows from the price in its first cell: {difference, margin}, in percent.
	function figures(line, edits) {
		const edited = edits.is_edited(line, 0);
		const now = line.rate;
		const then = edited ? price_of(line, edits.cell(line, 0).figure) : now;
		const known = then !== undefined && then !== null;
		return {
			difference: edited && known && now ? flt(((then - now) * 100) / now, 2) : null,
			margin: known && then && line.cost !== null && line.cost !== undefined ? flt(((then - line.cost) * 100) / then, 1) : null,
		};
	}

	// The quantity break that a line without breaks of its own inherits at a place, if any.
	const inherited = (line, place) => (place && !line.breaks.length ? line.steps[place - 1] : null);

	// all that any line has, and a place for one more
	const deepest = (lines) => Math.max(LEAST_BREAKS, ...lines.map((line) => (line.breaks.length ? line.breaks.length + 1 : line.steps.length)));

	function input(value, { name, label, place, edited, disabled, hint }) {
		const escape = frappe.utils.escape_html;
		return `<input type="text" inputmode="decimal" autocomplete="off" class="form-control input-xs ${edited ? "b2b-edited" : ""}"
			data-name="${name}" data-place="${place}" value="${escape(cstr(value))}" aria-label="${escape(label)}"
			placeholder="${escape(hint || "")}" ${disabled ? "disabled" : ""}>`;
	}

	function about(line) {
		const name = line.item_name && line.item_name !== line.target ? cell.text(line.item_name) : "";
		const what = line.target ? (line.apply_on === "Item Code" ? cell.link("Item", line.target) : cell.text(line.target)) : __("All Items");
		const kind = line.apply_on === "Item Code" || !line.target ? "" : cell.muted(__(line.apply_on));
		const later = line.later ? `<div class="small text-muted">${__("changes on {0}", [frappe.datetime.str_to_user(line.later)])}</div>` : "";
		return `${what}<div class="small text-muted">${name || kind}</div>${later}`;
	}

	function row(line, index, { edits, currency, places, may_write, costs, breaks }) {
		const money = (amount) => (amount === null || amount === undefined ? cell.muted("–") : format_currency(amount, currency, places));
		const label = line.target || __("All Items");
		const { difference, margin } = figures(line, edits);
		const is_item = line.apply_on === "Item Code";
		const td = (name, html, css = "b2b-number") => `<td class="${css}" data-label="${frappe.utils.escape_html(name)}"><div>${html}</div></td>`;
		const common = (place) => ({ place, edited: edits.is_edited(line, place), disabled: !may_write });
		const own = edits.cell(line, 0);
		const break_cells = Array.from({ length: breaks }, (_unused, offset) => {
			const place = offset + 1;
			const held = edits.cell(line, place);
			const mix = (line.breaks[offset] || {}).mix;
			const step = inherited(line, place);
			return (
				td(
					__("From {0}", [place]),
					input(held.min_qty, { ...common(place), name: "min_qty", label: __("{0}: quantity of break {1}", [label, place]), hint: step ? cell.qty(step.qty) : "" }) +
						(mix ? `<div class="small text-muted">${__("mix {0}", [cell.text(mix)])}</div>` : "")
				) +
				td(
					__("Price {0}", [place]),
					input(held.figure, { ...common(place), name: "figure", label: __("{0}: price of break {1}", [label, place]), hint: step ? format_number(step.rate, null, places) : "" })
				)
			);
		});
		return `<tr data-line="${index}">
			${td(__("For"), about(line), "b2b-about")}
			${td(__("UOM"), cell.text(line.uom ? __(line.uom) : ""), "")}
			${td(__("List"), money(line.list_rate))}
			${td(__("Now"), money(line.rate))}
			${td(__("New"), input(own.figure, { ...common(0), name: "figure", label: __("{0}: new price", [label]) }))}
			${td("%", is_item ? input(difference === null ? "" : difference, { ...common(0), edited: false, disabled: !may_write || !line.rate, name: "percent", label: __("{0}: change in percent", [label]) }) : "")}
			${costs ? td(__("Margin"), is_item ? `<span data-margin>${wholesale_b2b.tier_changes.margin(margin)}</span>` : "") : ""}
			${break_cells.join("")}
		</tr>`;
	}

	function table(state, edits) {
		const breaks = deepest(state.lines);
		const costs = state.lines.some((line) => "cost" in line);
		const options = { ...state, edits, costs, breaks };
		const th = (label, css = "b2b-number") => `<th scope="col" class="${css}">${label}</th>`;
		const heads = [th(__("For"), ""), th(__("UOM"), ""), th(__("List")), th(__("Now")), th(__("New")), th("%"), ...(costs ? [th(__("Margin"))] : [])];
		for (let place = 1; place <= breaks; place++) heads.push(th(__("From {0}", [place])), th(__("Price {0}", [place])));
		return `<div class="b2b-panel"><table class="b2b-table b2b-price-grid" aria-label="${__("Prices of {0}", [frappe.utils.escape_html(state.tier)])}">
			<thead><tr>${heads.join("")}</tr></thead>
			<tbody>${state.lines.map((line, index) => row(line, index, options)).join("")}</tbody>
		</table></div>`;
	}

	function pager({ total, start, size, lines }) {
		if (total <= size) return `<p class="small text-muted">${__("{0} in all", [total])}</p>`;
		const button = (to, words, off) => `<button type="button" class="btn btn-default btn-sm" data-to="${to}" ${off ? "disabled" : ""}>${words}</button>`;
		const end = Math.min(start + size, total);
		return `<div class="b2b-tier-pager">${button(Math.max(start - size, 0), __("Before"), !start || !lines)}
			<span class="text-muted small">${__("{0} to {1} of {2}", [start + 1, end, total])}</span>
			${button(end, __("Next"), end >= total)}</div>`;
	}

	return { table, pager, figures, inherited };
})();
