"""What a stock unit costs the company."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from wholesale_b2b.setwise import as_list, listed, read_rows

LAST_PURCHASE = "Last Purchase Rate"


def costs(codes: Iterable[str], company: str, basis: str = "") -> dict[str, Decimal]:
	"""Item → cost of a stock unit in the company's currency; items that nothing is known of are left out. Three queries.

	The valuation of what is on hand in the company's warehouses, weighted by quantity (else that of its empty Bins); the
	last purchase rate; the item's own valuation rate: whichever of the first two `basis` names comes first. A bundle costs
	what its components do.
	"""
	codes = set(codes)
	bundles = _bundles(codes)
	parts = {part for rows in bundles.values() for part, _qty in rows}
	plain = _plain(codes - set(bundles) | parts, company, basis)
	found = {code: cost for code, cost in plain.items() if code in codes}
	for bundle, rows in bundles.items():
		if all(part in plain for part, _qty in rows):
			found[bundle] = sum((plain[part] * qty for part, qty in rows), Decimal(0))
	return found


def _bundles(codes: Iterable[str]) -> dict[str, list[tuple[str, Decimal]]]:
	found: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
	for bundle, part, qty in read_rows(
		"b.new_item_code, i.item_code, i.qty",
		f"""from `tabProduct Bundle` b join `tabProduct Bundle Item` i on i.parent = b.name
		where b.disabled = 0 and b.new_item_code in {listed("items")}""",
		{"items": as_list(sorted(codes))},
	):
		found[bundle].append((part, Decimal(qty)))
	return found


def _plain(codes: Iterable[str], company: str, basis: str) -> dict[str, Decimal]:
	wanted = {"items": as_list(sorted(codes)), "company": company}
	masters = read_rows(
		"name, last_purchase_rate, valuation_rate", f"from `tabItem` where name in {listed('items')}", wanted
	)
	bins = read_rows(
		"""bin.item_code, sum(if(bin.actual_qty > 0, bin.actual_qty * bin.valuation_rate, 0)),
			sum(if(bin.actual_qty > 0 and bin.valuation_rate > 0, bin.actual_qty, 0)), max(bin.valuation_rate)""",
		f"""from `tabBin` bin join `tabWarehouse` place on place.name = bin.warehouse and place.company = %(company)s
		where bin.item_code in {listed("items")} group by bin.item_code""",
		wanted,
	)
	valued = {
		code: Decimal(value) / Decimal(qty) if qty else Decimal(most or 0) for code, value, qty, most in bins
	}
	found = {}
	for code, last, own in masters:
		both = [valued.get(code, Decimal(0)), Decimal(last or 0)]
		if basis == LAST_PURCHASE:
			both.reverse()
		cost = next((one for one in (*both, Decimal(own or 0)) if one > 0), None)
		if cost is not None:
			found[code] = round(cost, 6)
	return found
