"""The planner: which units are promised to which demand line.

Pure: standard library only, no clock, no database. The same demands, supplies and kept pegs give the same plan
whatever order they are handed in, and planning what was planned changes nothing.

A *demand* is an open order line, a *supply* is stock on hand or on its way, a *peg* is so many units of one supply
promised to one demand. All quantities are `Decimal` in the item's stock UOM.
"""

from wholesale_b2b.allocation.rules.model import (
	EARLIEST,
	FAIR_SHARE,
	INBOUND,
	JUST_IN_TIME,
	ON_HAND,
	ZERO,
	Arrival,
	Demand,
	Peg,
	Plan,
	Policy,
	Protection,
	Supply,
	rank,
	ranks,
)
from wholesale_b2b.allocation.rules.moves import Loss, arrive, lose, release
from wholesale_b2b.allocation.rules.planner import plan

__all__ = [
	"EARLIEST",
	"FAIR_SHARE",
	"INBOUND",
	"JUST_IN_TIME",
	"ON_HAND",
	"ZERO",
	"Arrival",
	"Demand",
	"Loss",
	"Peg",
	"Plan",
	"Policy",
	"Protection",
	"Supply",
	"arrive",
	"lose",
	"plan",
	"rank",
	"ranks",
	"release",
]
