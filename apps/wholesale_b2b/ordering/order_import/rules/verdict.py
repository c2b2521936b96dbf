"""The verdict on each order and each row."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from .codes import code_key, content_digest
from .model import (
	CustomerFacts,
	ItemFacts,
	KnownOrder,
	Line,
	Masters,
	Order,
	Policy,
	Problem,
	RawLine,
	Reason,
	Rejected,
	Verdict,
)

DATE_PATTERNS = {
	"YYYY-MM-DD": ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"),
	"DD/MM/YYYY": ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y"),
	"DD.MM.YYYY": ("%d.%m.%Y", "%d.%m.%y"),
	"MM/DD/YYYY": ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"),
}
# The numbers that DECIMAL(21,9) columns hold with room to multiply.
LARGEST = Decimal(10) ** 9


def group_by_order(lines: Iterable[RawLine]) -> dict[str, tuple[RawLine, ...]]:
	"""Rows by order number (`code_key`), in order of first appearance; rows without a number share key ''."""
	groups: defaultdict[str, list[RawLine]] = defaultdict(list)
	for line in lines:
		groups[code_key(line.order_no)].append(line)
	return {key: tuple(rows) for key, rows in groups.items()}


def wanted_codes(lines: Iterable[RawLine]) -> tuple[set[str], set[str]]:
	"""The item codes and the customer codes that the file mentions, as written, without the empty ones."""
	items, customers = set(), set()
	for line in lines:
		items.add(line.item.strip())
		customers.add(line.customer.strip())
	return items - {""}, customers - {""}


def judge_order(
	rows: tuple[RawLine, ...],
	policy: Policy,
	masters: Masters,
	known: KnownOrder | None = None,
) -> Order:
	"""Decide what becomes of one order: its good rows, its bad rows with every reason, or nothing as it is known.

	rows: all rows of one order number (`group_by_order`), in file order
	known: the order's earlier import, if any: then nothing is to be done, whatever the rows say
	"""
	order_no = rows[0].order_no.strip()
	# Without the row number: the same order further down in a longer file is the same order.
	digest = content_digest(astuple(row)[1:] for row in rows)
	if known:
		changed = known.digest and known.digest != digest
		verdict = Verdict.CHANGED if changed else Verdict.KNOWN
		return Order(order_no, verdict, len(rows), digest, known=known)

	customer, creates_customer, account, header_problems = _judge_account(rows, policy, masters)
	if not order_no:
		header_problems = [Problem(Reason.NO_ORDER_NO), *header_problems]
	elif _is_credit_note(order_no, policy):
		header_problems = [Problem(Reason.CREDIT_NOTE, (order_no,)), *header_problems]
	order_date = _order_date(rows, policy)

	lines: list[Line] = []
	rejected: list[Rejected] = []
	seen: set[str] = set()
	for raw in rows:
		judged = _judge_row(raw, account, customer, header_problems, order_date, policy, masters)
		if isinstance(judged, Line) and not policy.repeated_items and judged.item in seen:
			judged = Rejected(raw, (Problem(Reason.REPEATED_ITEM, (judged.item,)),))
		if isinstance(judged, Line):
			seen.add(judged.item)
			lines.append(judged)
		else:
			rejected.append(judged)

	verdict = Verdict.EXCEPTIONS if not lines else Verdict.PARTLY if rejected else Verdict.NEW
	return Order(
		order_no,
		verdict,
		len(rows),
		digest,
		customer=customer.name if customer else "",
		creates_customer=creates_customer and bool(lines),
		customer_name=next((row.customer_name.strip() for row in rows if row.customer_name.strip()), ""),
		country=next((row.country.strip() for row in rows if row.country.strip()), ""),
		po_no=next((row.po_no.strip() for row in rows if row.po_no.strip()), ""),
		order_date=order_date,
		lines=tuple(lines),
		rejected=tuple(rejected),
	)


def _judge_account(
	rows: tuple[RawLine, ...], policy: Policy, masters: Masters
) -> tuple[CustomerFacts | None, bool, str, list[Problem]]:
	"""The order's customer: (facts, to be created?, account as `code_key`, problems of all rows)."""
	written = next((row.customer.strip() for row in rows if row.customer.strip()), "")
	account = code_key(written)
	if not account:
		if not policy.retail_customer:
			return None, False, account, [Problem(Reason.NO_ACCOUNT)]
		written, account = policy.retail_customer, ""
	facts = masters.customers.get(code_key(written))
	if not facts:
		names = masters.customer_names.get(code_key(written), ())
		if len(names) > 1:
			return None, False, account, [Problem(Reason.ACCOUNT_AMBIGUOUS, (written, ", ".join(names)))]
		if names:
			facts = masters.customers.get(code_key(names[0]))
	if not facts:
		if not policy.create_customers or not account:
			return None, False, account, [Problem(Reason.ACCOUNT_UNKNOWN, (written,))]
		return CustomerFacts(written), True, account, []
	if facts.disabled:
		return facts, False, account, [Problem(Reason.ACCOUNT_DISABLED, (facts.name,))]
	return facts, False, account, []


def _is_credit_note(order_no: str, policy: Policy) -> bool:
	"""The prefix must stand before a digit, so that prefix `C` leaves `CARD-12` alone."""
	prefix = policy.credit_note_prefix.strip()
	return bool(prefix and re.match(re.escape(prefix) + r"[\s-]*\d", order_no, re.IGNORECASE))


def _order_date(rows: tuple[RawLine, ...], policy: Policy) -> date | None:
	"""The earliest date on the order's rows; None when it is to come from the file and cannot be read."""
	if not policy.order_date_from_file:
		return policy.today
	dates = [read_date(row.order_date, policy.date_format) for row in rows]
	return min((day for day in dates if day), default=None)


def _judge_row(
	raw: RawLine,
	account: str,
	customer: CustomerFacts | None,
	header_problems: list[Problem],
	order_date: date | None,
	policy: Policy,
	masters: Masters,
) -> Line | Rejected:
	problems = list(header_problems)
	if raw.customer.strip() and code_key(raw.customer) != account:
		problems.append(Problem(Reason.ACCOUNT_DIFFERS, (raw.customer.strip(),)))
	if policy.order_date_from_file and (
		not order_date or (raw.order_date.strip() and not read_date(raw.order_date, policy.date_format))
	):
		problems.append(Problem(Reason.DATE_NOT_READ, (raw.order_date.strip(), policy.date_format)))

	item, uom, creates, item_problem = _judge_item(raw, customer, policy, masters)
	if item_problem:
		problems.append(item_problem)
	qty = _judge_qty(raw.qty, item if item and uom == item.uom else None, policy, problems)
	rate = _judge_rate(raw.rate, policy, problems)
	delivery = _judge_delivery(raw.delivery_date, order_date, policy, problems)
	if problems or not item or qty is None or rate is None or delivery is None:
		return Rejected(raw, tuple(problems))
	return Line(raw, item.name, qty, rate, delivery, uom, creates)


def _judge_item(
	raw: RawLine, customer: CustomerFacts | None, policy: Policy, masters: Masters
) -> tuple[ItemFacts | None, str, str, Problem | None]:
	"""The row's item: (facts, UOM of the row, what to create, problem).

	Tried in this order: codes that are not goods, the customer's own part number, our code, a barcode, a new item.
	"""
	code = " ".join(raw.item.split())
	key = code_key(code)
	if not key:
		return None, "", "", Problem(Reason.NO_ITEM)
	if key in policy.codes:
		service = policy.codes[key]
		if service is None:
			return None, "", "", Problem(Reason.NOT_GOODS, (code,))
		code, creates = service or code, "service"
		key = code_key(code)
		found = _by_code(key, masters)
	else:
		creates = "item"
		found = (
			[(name, "") for name in _part_numbers(key, customer, masters)]
			or _by_code(key, masters)
			or list(masters.barcodes.get(key, ()))
		)
	if len(found) > 1:
		names = ", ".join(name for name, _uom in found)
		return None, "", "", Problem(Reason.ITEM_AMBIGUOUS, (code, names))
	if not found:
		if not policy.create_items:
			return None, "", "", Problem(Reason.ITEM_UNKNOWN, (code,))
		whole = policy.new_items_whole and creates == "item"
		return ItemFacts(code, whole=whole), "", creates, None
	name, uom = found[0]
	facts = masters.items.get(code_key(name)) or ItemFacts(name)
	problem = None
	if facts.not_sold:
		problem = Problem(Reason.ITEM_NOT_SOLD, (facts.name, facts.not_sold))
	elif facts.end_of_life and facts.end_of_life <= policy.today:
		problem = Problem(Reason.ITEM_NOT_SOLD, (facts.name, facts.end_of_life.isoformat()))
	return facts, uom or facts.uom, "", problem


def _by_code(key: str, masters: Masters) -> list[tuple[str, str]]:
	return [(masters.items[key].name, "")] if key in masters.items else []


def _part_numbers(key: str, customer: CustomerFacts | None, masters: Masters) -> tuple[str, ...]:
	if not customer:
		return ()
	return masters.part_numbers.get(("Customer", customer.name, key)) or masters.part_numbers.get(
		("Customer Group", customer.group, key), ()
	)


def _judge_qty(text: str, item: ItemFacts | None, policy: Policy, problems: list[Problem]) -> Decimal | None:
	qty = read_number(text, policy.decimal_comma)
	if qty is None or abs(qty) >= LARGEST:
		problems.append(Problem(Reason.QTY_NOT_READ, (text.strip(),)))
	elif qty < 1:
		problems.append(Problem(Reason.QTY_BELOW_ONE, (text.strip(),)))
	elif item and item.whole and qty != qty.to_integral_value():
		problems.append(Problem(Reason.QTY_NOT_WHOLE, (text.strip(), item.name)))
	elif _places(qty) > policy.qty_places:
		problems.append(Problem(Reason.QTY_TOO_FINE, (text.strip(), str(policy.qty_places))))
	return qty


def _judge_rate(text: str, policy: Policy, problems: list[Problem]) -> Decimal | None:
	rate = read_number(text, policy.decimal_comma)
	if not text.strip() or rate == 0:
		problems.append(Problem(Reason.NO_PRICE))
	elif rate is None or abs(rate) >= LARGEST:
		problems.append(Problem(Reason.PRICE_NOT_READ, (text.strip(),)))
	elif rate < 0:
		problems.append(Problem(Reason.PRICE_NEGATIVE, (text.strip(),)))
	elif _places(rate) > policy.rate_places:
		problems.append(Problem(Reason.PRICE_TOO_FINE, (text.strip(), str(policy.rate_places))))
	return rate


def _judge_delivery(
	text: str, order_date: date | None, policy: Policy, problems: list[Problem]
) -> date | None:
	if not text.strip():
		return order_date + timedelta(days=policy.delivery_days) if order_date else None
	delivery = read_date(text, policy.date_format)
	if not delivery:
		problems.append(Problem(Reason.DATE_NOT_READ, (text.strip(), policy.date_format)))
	elif order_date and delivery < order_date:
		problems.append(Problem(Reason.DELIVERY_TOO_EARLY, (delivery.isoformat(), order_date.isoformat())))
	return delivery


def read_number(text: str, decimal_comma: bool = False) -> Decimal | None:
	"""A number as people write it: `1,234.50`, `£2.55`, `-3`, `(3)`, `3-`; None if it is none.

	decimal_comma: `1.234,50` instead
	"""
	plain = re.sub(r"[\s'\u00a0\u202f£$€]", "", text)
	negative = False
	if plain.startswith("(") and plain.endswith(")"):
		plain, negative = plain[1:-1], True
	elif plain.endswith("-"):
		plain, negative = plain[:-1], True
	if decimal_comma:
		plain = plain.translate(str.maketrans(",.", ".,"))
	if not re.fullmatch(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?\.?", plain, re.ASCII) or not re.search(
		r"\d", plain
	):
		return None
	try:
		number = Decimal(plain.replace(",", ""))
	except InvalidOperation:
		return None
	return -number if negative else number


def read_date(text: str, date_format: str = "YYYY-MM-DD") -> date | None:
	"""The day of a text in the given order of day, month and year; ISO is always understood; a time is ignored."""
	plain = text.strip()
	if not plain:
		return None
	day = re.split(r"[T\s]", plain, maxsplit=1)[0]
	for pattern in (*DATE_PATTERNS.get(date_format, ()), "%Y-%m-%d"):
		try:
			return datetime.strptime(day, pattern).date()
		except ValueError:
			continue
	return None


def _places(number: Decimal) -> int:
	"""Decimal places that matter: 2.50 has one."""
	if not number:
		return 0
	exponent = number.normalize().as_tuple().exponent
	return max(0, -exponent) if isinstance(exponent, int) else 0
