"""What a price source of another app is (hook `b2b_price_sources`).

A source answers for a whole batch of lines with a constant number of queries. What it offers competes with what the
customer's tier has, or, where it says `net`, comes before it as a net price does. docs/pricing.md has an example.
"""

from collections.abc import Mapping, Sequence

from wholesale_b2b.pricing.rules import Offer, Request

__all__ = ["Offer", "PriceSource", "Request"]


class PriceSource:
	"""Base of all price sources. label: what documents and explanations call it."""

	label: str = ""

	def offers(self, company: str, requests: Sequence[Request]) -> Mapping[str, Sequence[Offer]]:
		"""Request key → what this source offers for it; requests that it has nothing for are left out.

		The rate of an offer is for one unit of the request's UOM.
		"""
		return {}
