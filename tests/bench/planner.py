"""The planner alone, in a process of its own: `python -m tests.bench.planner LINES SUPPLIES` prints seconds and memory."""

import json
import random
import resource
import sys
import time
from datetime import date, datetime, timedelta
from decimal import Decimal

from wholesale_b2b.allocation.rules import INBOUND, ON_HAND, Demand, Policy, Supply, plan, rank

TODAY = date(2026, 11, 21)


def world(lines: int, supplies: int) -> tuple[list[Demand], list[Supply]]:
	"""Half the supplies on hand, half inbound; one line in twenty asks for one of five items in demand."""
	dice = random.Random(7)
	items = [f"ITEM-{n:06}" for n in range(supplies // 2)]
	quantities = [Decimal(qty) for qty in range(1, 25)]
	demands = [
		Demand(
			line=f"{n:010}",
			item=items[n % 5] if n % 20 == 0 else dice.choice(items),
			warehouses=("Stores",),
			qty=quantities[n % 24],
			priority=50 + n % 3,
			needed_by=TODAY + timedelta(days=n % 120),
			placed_at=datetime(2026, 1, 1) + timedelta(seconds=dice.randrange(20_000_000)),
		)
		for n in range(lines)
	]
	stock = [
		supply
		for n, item in enumerate(items)
		for supply in (
			Supply(f"{item}\nStores", ON_HAND, item, "Stores", Decimal(80)),
			Supply(f"Purchase Order\n{n}", INBOUND, item, "Stores", Decimal(160), TODAY + timedelta(n % 60)),
		)
	]
	dice.shuffle(demands)
	return demands, stock


def timed(work) -> tuple[float, object]:
	begun = time.perf_counter()
	result = work()
	return time.perf_counter() - begun, result


def main(lines: int, supplies: int) -> None:
	demands, stock = world(lines, supplies)
	policy = Policy()
	sort, _ordered = timed(lambda: len(sorted(demands, key=lambda demand: rank(demand, policy))))
	seconds, made = timed(lambda: plan(demands, stock, (), policy))
	again, kept = timed(lambda: plan(demands, stock, made.pegs, policy))
	assert kept.pegs == made.pegs
	memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
	print(json.dumps({"sort": sort, "plan": seconds, "again": again, "pegs": len(made.pegs), "MiB": memory}))


if __name__ == "__main__":
	main(int(sys.argv[1]), int(sys.argv[2]))
