"""What a decision says of each line of an order: what ships now, what waits for what, what is cancelled."""

from decimal import Decimal

from frappe.utils import getdate

from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.policies.service import deciding
from wholesale_b2b.fulfilment.policies.service.deciding import KINDS, Case
from wholesale_b2b.fulfilment.policies.service.words import why
from wholesale_b2b.fulfilment.policies.store import cancelling as store
from wholesale_b2b.fulfilment.rules.decide import Decision

SHIPS = "ships"
PICKING = "picking"
WAITS = "waits"
CANCELS = "cancels"
CANCELLED = "cancelled"


def plan_of(order: str) -> list[dict]:
	"""What becomes of each line of an order, in the order of its lines; nothing for an order that cannot be decided about,
	but for what was cancelled.

	Keys: kind (ships, picking, waits, cancels: once the order ships; cancelled), line, idx, item_code, item_name, stock_uom,
	qty (stock units), why (half a sentence in plain text, or empty), until (a date or None).
	"""
	lines = store.lines_of([order])
	case = deciding.cases([order]).get(order)
	says = []
	if case:
		held = [hold.reason for hold in holds.judge([order], without=KINDS).get(order, ())]
		says = _says(case, case.decide(getdate(), held))
	says += [(CANCELLED, name, row.cancelled, "", None) for name, row in lines.items() if row.cancelled > 0]
	places = {kind: at for at, kind in enumerate((SHIPS, PICKING, WAITS, CANCELS, CANCELLED))}
	return [
		{
			"kind": kind,
			"line": line,
			**{key: lines[line][key] for key in ("idx", "item_code", "item_name", "stock_uom")},
			"qty": float(qty),
			"why": why,
			"until": until,
		}
		for kind, line, qty, why, until in sorted(says, key=lambda one: (lines[one[1]].idx, places[one[0]]))
	]


def _says(case: Case, decision: Decision) -> list[tuple]:
	return [
		*((SHIPS, line, qty, "", None) for line, qty in decision.ship.items()),
		*(
			(PICKING, line, peg.picking, "", None)
			for line, peg in case.pegs.items()
			if peg.picking > Decimal(0)
		),
		*((WAITS, part.line, part.qty, why(part, case.company), part.until) for part in decision.wait),
		*((CANCELS, part.line, part.qty, why(part, case.company), None) for part in decision.cancel),
	]


def why_nothing_goes(order: str) -> str:
	"""Why nothing that is reserved for an order may be picked now, in words; empty where that is not its policy's doing."""
	return next((row["why"] for row in plan_of(order) if row["kind"] == WAITS), "")
