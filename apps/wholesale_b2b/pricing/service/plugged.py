"""Price sources of other apps: hook `b2b_price_sources`."""

from collections.abc import Sequence

import frappe

from wholesale_b2b.pricing.base import PriceSource
from wholesale_b2b.pricing.rules import Offer, Request


def sources() -> list[PriceSource]:
	"""The sources that the installed apps name, in the order of the apps."""
	return [frappe.get_attr(path)() for path in frappe.get_hooks("b2b_price_sources")]


def offers(company: str, requests: Sequence[Request]) -> dict[str, tuple[Offer, ...]]:
	"""Request key → what other apps offer for it.

	A source that fails fails the question: a price that leaves an agreement out would be wrong, and nobody would know.
	"""
	found: dict[str, tuple[Offer, ...]] = {}
	for source in sources():
		for key, offered in source.offers(company, requests).items():
			found[key] = (*found.get(key, ()), *offered)
	return found
