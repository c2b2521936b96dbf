"""Scheduled and queued work of Fulfilment Policies."""

from wholesale_b2b.fulfilment.policies.service import cancelling, giving_up, nightly


def daily() -> None:
	"""Dates are reached: what is too late is cancelled, what nothing covers is asked of purchasing."""
	nightly.run()


def close_done(orders: list[str]) -> None:
	"""Worker: close those of these orders of which cancellations have left nothing."""
	cancelling.close_done(orders)


def look_at_stock() -> None:
	"""Worker: have held orders keep or give up their stock as changed policies say."""
	giving_up.look_at_all()
