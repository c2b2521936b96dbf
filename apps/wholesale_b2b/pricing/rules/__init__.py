"""What things cost: `resolve(requests, book)` and the values it works on."""

from .checking import Fault, faults, remarks
from .decision import Decision, Reason
from .model import Agreed, Asked, Book, Item, Offer, Price, PriceList, Promotion, Request, Row, Sale, Tier
from .resolver import resolve
from .tiers import Cycle, flatten, line

__all__ = [
	"Agreed",
	"Asked",
	"Book",
	"Cycle",
	"Decision",
	"Fault",
	"Item",
	"Offer",
	"Price",
	"PriceList",
	"Promotion",
	"Reason",
	"Request",
	"Row",
	"Sale",
	"Tier",
	"faults",
	"flatten",
	"line",
	"remarks",
	"resolve",
]
