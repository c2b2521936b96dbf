"""What the policies of all open orders ask for as days go by."""

import frappe
from frappe import _

from wholesale_b2b.fulfilment.policies.service import cancelling, deciding, escalating, giving_up
from wholesale_b2b.fulfilment.policies.store import facts
from wholesale_b2b.setup.switch import enabled_companies
from wholesale_b2b.setwise import chunks

BATCH = 100


def run() -> None:
	"""Cancel what is too late by now, close what cancellations have left nothing of, give up the stock of held orders where
	their policy says so, ask purchasing for what nothing covers.

	Each set of orders is a transaction of its own; orders that somebody has in hand wait for the next night.
	"""
	for batch in chunks(facts.open_orders(enabled_companies()), BATCH):
		cancel_late(batch)
		frappe.db.commit()  # a batch each: no order is kept locked while the others are looked at
	cancelling.close_all()
	giving_up.look_at_all()
	escalating.ask_purchasing()


def cancel_late(orders: list[str]) -> list[str]:
	"""Cancel what the policies of these orders cancel by today; the orders of which something was."""
	return cancelling.apply(facts.lock_free(deciding.asking_orders(orders)), _("Fulfilment Policy"))
