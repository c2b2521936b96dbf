"""What several packages say in the same way, and how it is read."""

import base64
import hashlib
import hmac
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from wholesale_b2b.accounting.rules.papers import REMOVED, ZERO, Money, TheirBill

# Their clocks count seconds: what changed in the last one is asked for again, and known by its version.
OVERLAP = timedelta(seconds=1)
# Of what has no date any more.
NO_DAY = date(1900, 1, 1)


def moment(text: str) -> datetime:
	"""ISO, with or without an offset; without one it is UTC."""
	found = datetime.fromisoformat(text.replace("Z", "+00:00"))
	return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def amount(value: object) -> Decimal | None:
	return None if value in (None, "") else Decimal(str(value))


def exchange_rate_of(whole: Decimal, own: Decimal | None, told: Decimal | None = None) -> Decimal:
	"""The company's currency in one of a payment's: from the two amounts, which say it whichever way round a rate is quoted.

	whole, own: the amount in the payment's currency, and in the company's. told: the rate as they tell it, for those that show
	no second amount. 0 where nothing is said.
	"""
	return abs(own / whole) if whole and own else told or ZERO


def day_of(text: str | None) -> date | None:
	"""The day of an ISO date or moment."""
	return date.fromisoformat(text[:10]) if text else None


def removed_money(ident: str, told: str = "") -> Money:
	"""A payment that is not there any more. told: what the package says of that, as its version."""
	return Money(ident, "", NO_DAY, "", ZERO, "", their_id=ident, version=told, state=REMOVED)


def removed_bill(kind: str, ident: str, told: str = "") -> TheirBill:
	"""An invoice, credit note or quote that is not there any more. told: as with `removed_money`."""
	return TheirBill(kind, ident, "", "", "", ZERO, ZERO, ZERO, ZERO, REMOVED, told)


def part_of(key: str, part: str) -> str:
	"""An idempotency key for a part of what a message asks for."""
	return hashlib.sha256(f"{key} {part}".encode()).hexdigest()[:32]


def is_signed(signature: str, body: bytes, secret: str) -> bool:
	"""Whether a body has this signature: Base64 of HMAC-SHA256 with our secret; compared in constant time."""
	if not (secret and signature):
		return False
	made = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
	return hmac.compare_digest(made, signature.encode())
