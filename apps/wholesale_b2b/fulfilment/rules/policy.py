"""A Fulfilment Policy, and which one an order follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

BACKORDER = "Ship and Backorder"
WAIT = "Wait Until Complete"
CANCEL_REST = "Ship and Cancel the Rest"

BY_DATE = "Same Delivery Date"
BY_GROUP = "Same Item Group"
BY_MARK = "Marked on the Order"

# Where an order's policy was found.
ORDER = "order"
RULE = "rule"
ACCOUNT = "account"
DEFAULT = "default"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
	"""Field by field as the DocType Fulfilment Policy has them; 0 or empty: not asked for."""

	name: str = ""
	mode: str = BACKORDER
	min_fill_percent: Decimal = Decimal(0)
	min_shipment_value: Decimal = Decimal(0)
	max_shipments: int = 0
	use_ship_after: bool = False
	ship_after_days: int = 0
	cancel_after_days: int = 0
	whole_cases: bool = False
	lines_together: str = ""
	escalate_after_days: int = 0
	keep_pegs_on_hold: bool = True

	@property
	def asks_nothing(self) -> bool:
		"""Whether it lets everything go that is there, and leaves alone what is not."""
		return self == Policy(self.name, keep_pegs_on_hold=self.keep_pegs_on_hold)


# Of an order for which nothing names one.
PLAIN = Policy()


def choose(
	own: str, rule: str, account: str, default: str, known: Mapping[str, Policy]
) -> tuple[Policy, str]:
	"""Which policy an order follows, and where it was found: its own, its Order Rule's, its account's, the settings'.

	known: the enabled policies; a name that is not among them says nothing.
	"""
	for name, where in ((own, ORDER), (rule, RULE), (account, ACCOUNT), (default, DEFAULT)):
		if name in known:
			return known[name], where
	return PLAIN, NONE
