"""Papers kept as JSON with their link, and taken out again."""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from wholesale_b2b.accounting.rules.papers import Money, TheirBill, Use


def packed(paper: Money | TheirBill) -> str:
	return json.dumps({"type": type(paper).__name__, **asdict(paper)}, default=str, indent=1)


def unpacked(text: str | None) -> Money | TheirBill | None:
	if not text:
		return None
	found = json.loads(text)
	kind = {"Money": Money, "TheirBill": TheirBill}[found.pop("type")]
	found["day"] = date.fromisoformat(found["day"]) if found.get("day") else None
	found["uses"] = tuple(Use(**{**use, "amount": Decimal(use["amount"])}) for use in found["uses"])
	for field in ("amount", "rate", "net", "tax", "total", "outstanding"):
		if field in found:
			found[field] = Decimal(found[field])
	return kind(**found)
