"""The values that the import's rules take and give. All frozen; quantities and prices are `Decimal`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

# What a column of a file can be mapped to: field of `RawLine` -> label shown on the form.
TARGETS: dict[str, str] = {
	"order_no": "Order Number",
	"item": "Item Code",
	"qty": "Quantity",
	"rate": "Unit Price",
	"customer": "Customer Account",
	"customer_name": "Customer Name",
	"order_date": "Order Date",
	"delivery_date": "Delivery Date",
	"description": "Description",
	"po_no": "Customer's Purchase Order",
	"country": "Country",
}
REQUIRED_TARGETS = ("order_no", "item", "qty", "rate")


class Reason(str, Enum):
	"""Why a row waits in the exceptions. The value is what the exception document stores."""

	NO_ORDER_NO = "No Order Number"
	CREDIT_NOTE = "Credit Note"
	NO_ITEM = "No Item Code"
	ITEM_UNKNOWN = "Item Unknown"
	ITEM_AMBIGUOUS = "Item Ambiguous"
	ITEM_NOT_SOLD = "Item Not Sold"
	NOT_GOODS = "Not Goods"
	REPEATED_ITEM = "Repeated Item"
	NO_ACCOUNT = "No Account"
	ACCOUNT_UNKNOWN = "Account Unknown"
	ACCOUNT_AMBIGUOUS = "Account Ambiguous"
	ACCOUNT_DISABLED = "Account Disabled"
	ACCOUNT_DIFFERS = "Account Differs"
	QTY_NOT_READ = "Quantity Not Read"
	QTY_BELOW_ONE = "Quantity Below One"
	QTY_NOT_WHOLE = "Quantity Not Whole"
	QTY_TOO_FINE = "Quantity Too Fine"
	NO_PRICE = "No Price"
	PRICE_NOT_READ = "Price Not Read"
	PRICE_NEGATIVE = "Price Negative"
	PRICE_TOO_FINE = "Price Too Fine"
	DATE_NOT_READ = "Date Not Read"
	DELIVERY_TOO_EARLY = "Delivery Too Early"
	# Set by the service, not by these rules: ERPNext's own validation said no.
	NOT_CREATED = "Not Created"
	ORDER_REFUSED = "Order Refused"


class Verdict(str, Enum):
	"""What is to become of an order of the file."""

	NEW = "New"
	PARTLY = "New with Exceptions"
	EXCEPTIONS = "Exceptions Only"
	KNOWN = "Already Imported"
	CHANGED = "Already Imported, Changed Since"


@dataclass(frozen=True)
class Table:
	"""A file as texts: `header` names the columns, `rows` are (row number in the file, cells)."""

	header: tuple[str, ...]
	rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class RawLine:
	"""One line of the file under our names, still as text. `row` counts from 1, the header included."""

	row: int
	order_no: str = ""
	item: str = ""
	qty: str = ""
	rate: str = ""
	customer: str = ""
	customer_name: str = ""
	order_date: str = ""
	delivery_date: str = ""
	description: str = ""
	po_no: str = ""
	country: str = ""


@dataclass(frozen=True)
class Policy:
	"""What this import allows and how it reads its file.

	codes: `code_key` of a code that is not goods -> the service item's name; empty = a service item named
		by the code itself; None = isolate the row
	rate_places, qty_places: decimal places that the order can hold exactly
	"""

	today: date
	codes: Mapping[str, str | None] = field(default_factory=dict)
	credit_note_prefix: str = ""
	retail_customer: str = ""
	create_items: bool = False
	create_customers: bool = False
	new_items_whole: bool = True
	date_format: str = "YYYY-MM-DD"
	decimal_comma: bool = False
	order_date_from_file: bool = True
	delivery_days: int = 0
	rate_places: int = 2
	qty_places: int = 3
	repeated_items: bool = True


@dataclass(frozen=True)
class ItemFacts:
	"""An item as far as the import cares.

	uom: its stock UOM; whole: that UOM takes whole numbers only
	not_sold: empty, or why it cannot be ordered
	"""

	name: str
	uom: str = ""
	whole: bool = False
	not_sold: str = ""
	end_of_life: date | None = None


@dataclass(frozen=True)
class CustomerFacts:
	name: str
	group: str = ""
	disabled: bool = False


@dataclass(frozen=True)
class KnownOrder:
	"""An order that an earlier import, or an earlier run of this one, has dealt with."""

	ledger: str
	sales_order: str = ""
	digest: str = ""
	order_import: str = ""


@dataclass(frozen=True)
class Masters:
	"""Look-ups for all codes of a file at once; every key is a `code_key`.

	items: by item code
	barcodes: (item, UOM or '') by barcode; several answers are possible
	part_numbers: items by ("Customer", name, code) or ("Customer Group", name, code); several are possible
	customers: by account number; customer_names: by the customer's name
	known: by `ledger_key`
	"""

	items: dict[str, ItemFacts] = field(default_factory=dict)
	barcodes: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
	part_numbers: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
	customers: dict[str, CustomerFacts] = field(default_factory=dict)
	customer_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
	known: dict[str, KnownOrder] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
	"""A reason with the words to fill into its message."""

	reason: Reason
	words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
	"""A row that can be ordered.

	uom: of the quantity and the rate; empty: the stock UOM of an item that does not exist yet
	creates: '' or 'item' or 'service', when `item` does not exist yet
	"""

	raw: RawLine
	item: str
	qty: Decimal
	rate: Decimal
	delivery_date: date
	uom: str = ""
	creates: str = ""

	@property
	def amount(self) -> Decimal:
		return self.qty * self.rate


@dataclass(frozen=True)
class Rejected:
	"""A row that waits for a person, with everything that is wrong with it."""

	raw: RawLine
	problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Order:
	"""One order of the file, judged. `lines` and `rejected` share out its rows; both empty when it is known."""

	order_no: str
	verdict: Verdict
	row_count: int
	digest: str
	customer: str = ""
	creates_customer: bool = False
	customer_name: str = ""
	country: str = ""
	po_no: str = ""
	order_date: date | None = None
	lines: tuple[Line, ...] = ()
	rejected: tuple[Rejected, ...] = ()
	known: KnownOrder | None = None

	@property
	def amount(self) -> Decimal:
		return sum((line.amount for line in self.lines), Decimal(0))
