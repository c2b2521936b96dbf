// How the board looks: pure functions from the API's answer to HTML that is safe to insert.

wholesale_b2b.allocation_board.view = (() => {
	const { cell } = wholesale_b2b;
	const COLOURS = ["blue", "green", "purple", "orange", "cyan", "pink", "yellow", "teal"];
	// By far the most are of the first, which is not worth a word; those of other apps are called what they are called there.
	const STRATEGIES = { earliest: "", "just in time": __("Just in Time"), "fair share": __("Fair Share") };

	const attr = (value) => frappe.utils.escape_html(cstr(value));

	const units = (state, qty) => `${cell.qty(qty)} ${cell.text(__(state.item.stock_uom))}`;

	const colour = (place) => COLOURS[place % COLOURS.length];

	// What a supply is called in a few words.
	function supply_name(supply) {
		if (supply.kind === "shelf") return __("Shelf, {0}", [supply.warehouse]);
		return supply.doctype === "Purchase Order" ? supply.name : `${__(supply.doctype)} ${supply.name}`;
	}

	function board(state) {
		return `${head(state)}
			<div class="b2b-board-columns">
				<section class="b2b-board-supply" aria-label="${attr(__("Supply"))}">
					<h2>${__("Supply")}</h2>
					${state.supplies.map((supply, place) => supply_card(state, supply, place)).join("") || none(__("Nothing on the shelf and nothing on order."))}
				</section>
				<svg class="b2b-board-lines" aria-hidden="true"></svg>
				<section class="b2b-board-demand" aria-label="${attr(__("Demand"))}">
					<h2>${__("Demand, first in line first")} ${cell.muted(state.total ? __("{0} of {1}", [state.demands.length, state.total]) : "")}</h2>
					<ol>${state.demands.map((line) => demand_card(state, line)).join("")}</ol>
					${state.demands.length ? "" : none(nobody(state))}
					${state.demands.length < state.total ? `<button class="btn btn-default btn-sm b2b-more">${__("Show more")}</button>` : ""}
				</section>
			</div>`;
	}

	const none = (words) => `<p class="b2b-empty text-muted">${words}</p>`;

	const nobody = (state) =>
		state.filtered ? __("No order line passes these filters.") : __("Nobody waits for this item: all of it is free to sell.");

	// ---- the item ----

	function head(state) {
		const sum = (rows, figure) => cell.qty(rows.reduce((total, row) => total + flt(row[figure]), 0));
		const shelves = state.supplies.filter((supply) => supply.kind === "shelf");
		const inbound = state.supplies.filter((supply) => supply.kind !== "shelf");
		const figures = (words, rows) =>
			`<span>${words.replace("{0}", `<b>${sum(rows, "qty")}</b>`).replace("{1}", `<b>${sum(rows, "free")}</b>`)}</span>`;
		const facts = [figures(__("{0} on hand, {1} of them free"), shelves), figures(__("{0} to come, {1} of them free"), inbound)];
		const { item_code, item_name } = state.item;
		return `<header class="b2b-board-head">
			<h1>${cell.link("Item", item_code)} ${cell.muted(cell.text(item_name === item_code ? "" : item_name))}</h1>
			<p>${facts.join("")} ${cell.muted(__("in {0}", [cell.text(__(state.item.stock_uom))]))}</p>
			${state.unsettled ? `<p class="b2b-board-note" role="status">${__("Something has changed: these promises are being made right. The board follows.")}</p>` : ""}
		</header>`;
	}

	// ---- supply ----

	function supply_card(state, supply, place) {
		const kept = flt(supply.held) + flt(supply.claimed);
		return `<article class="b2b-card b2b-supply-card" data-supply="${place}" data-colour="${colour(place)}">
			<h3>${supply_title(supply)}</h3>
			<p class="small text-muted">${supply_note(supply)}</p>
			${bar(supply, kept)}
			<p class="b2b-figures">
				<span><b>${cell.qty(supply.qty)}</b> ${supply.kind === "shelf" ? __("on hand") : __("to come")}</span>
				<span><b>${cell.qty(supply.promised)}</b> ${supply.kind === "shelf" ? __("reserved") : __("promised")}</span>
				${kept ? `<span title="${attr(__("Stock Holds, tills, production"))}"><b>${cell.qty(kept)}</b> ${__("held")}</span>` : ""}
			</p>
			${free_chip(state, supply, place)}
		</article>`;
	}

	function supply_title(supply) {
		if (supply.kind === "shelf") return __("Shelf, {0}", [cell.link("Warehouse", supply.warehouse)]);
		const kind = supply.doctype === "Purchase Order" ? "" : `${cell.text(__(supply.doctype))} `;
		return kind + cell.link(supply.doctype, supply.name);
	}

	function supply_note(supply) {
		if (supply.kind === "shelf") return __("now");
		return [cell.expected(supply.expected), cell.text(supply.supplier || ""), cell.text(supply.warehouse)]
			.filter(Boolean)
			.join(" · ");
	}

	// How much of a supply is promised, held and free, as one bar; the figures below say the same.
	function bar(supply, kept) {
		const all = Math.max(flt(supply.qty), flt(supply.promised) + kept + flt(supply.free)) || 1;
		const part = (kind, qty) => (qty > 0 ? `<i class="${kind}" style="width:${((100 * qty) / all).toFixed(2)}%"></i>` : "");
		return `<div class="b2b-bar" aria-hidden="true">${part("promised", flt(supply.promised))}${part("held", kept)}</div>`;
	}

	function free_chip(state, supply, place) {
		if (!flt(supply.free)) return cell.muted(__("none free"));
		const words = `<b>${cell.qty(supply.free)}</b> ${__("free")}`;
		if (!state.may_move) return `<span class="b2b-chip free">${words}</span>`;
		return `<button class="b2b-chip free" draggable="true" data-supply="${place}"
			title="${attr(__("Drag to an order, or press to give them to one"))}">${words}</button>`;
	}

	// ---- demand ----

	function demand_card(state, line) {
		const pegs = state.pegs.filter((peg) => peg.line === line.line);
		return `<li class="b2b-card b2b-demand-card" data-line="${attr(line.line)}">
			<div class="b2b-demand-head">
				<span class="b2b-place" title="${attr(__("Place in line"))}">${line.place || "–"}</span>
				<h3>${cell.link("Customer", line.customer, line.customer_name)}
					<small>${line.sales_order ? cell.link("Sales Order", line.sales_order) : ""} ${cell.muted(details(line))}</small></h3>
				<p class="b2b-owed"><b>${units(state, line.owed)}</b> ${ready(line)}</p>
			</div>
			<p class="b2b-chips">${pegs.map((peg) => chip(state, peg)).join("")}${uncovered(line)}</p>
			<div class="b2b-why" hidden></div>
		</li>`;
	}

	function details(line) {
		return [
			line.kit ? __("part of {0}", [cell.text(line.kit)]) : "",
			line.needed_by ? __("needed {0}", [cell.date(line.needed_by)]) : "",
			__("priority {0}", [line.priority]),
			STRATEGIES[line.strategy] ?? cell.text(__(frappe.utils.to_title_case(line.strategy))),
			cell.text(line.warehouse),
			line.status === "On Hold" ? cell.warning(__("on hold")) : "",
		]
			.filter(Boolean)
			.join(" · ");
	}

	function ready(line) {
		if (flt(line.uncovered)) return "";
		if (!flt(line.pre_allocated)) return cell.pill("green", __("Ready"));
		const late = line.needed_by && line.promise_date > line.needed_by;
		const words = line.promise_date ? frappe.datetime.str_to_user(line.promise_date) : __("no date");
		return cell.pill(late ? "orange" : "blue", late ? __("{0}, late", [words]) : words);
	}

	const uncovered = (line) =>
		flt(line.uncovered) ? `<span class="b2b-chip missing"><b>${cell.qty(line.uncovered)}</b> ${__("uncovered")}</span>` : "";

	function chip(state, peg) {
		const place = state.places[peg.supply];
		const supply = state.supplies[place];
		if (!supply) return "";
		const movable = state.may_move && flt(peg.qty) > flt(peg.frozen);
		const frozen = flt(peg.frozen)
			? `<span class="b2b-frozen">${frappe.utils.icon("lock", "xs")} ${peg.frozen < peg.qty ? cell.qty(peg.frozen) : ""}
				<span class="sr-only">${__("being picked")}</span></span>`
			: "";
		return `<button class="b2b-chip peg" data-supply="${place}" data-line="${attr(peg.line)}" data-colour="${colour(place)}"
			draggable="${movable}" aria-expanded="false"
			title="${attr(movable ? __("Press to see why; drag to another order to move") : __("Press to see why"))}">
			<b>${cell.qty(peg.qty)}</b> ${cell.text(supply_name(supply))} ${frozen}</button>`;
	}

	return { board, supply_name, colour, units };
})();
