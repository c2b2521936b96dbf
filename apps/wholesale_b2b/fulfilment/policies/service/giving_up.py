"""Held orders whose policy does not let them keep their stock: others have it until they are released."""

from collections.abc import Iterable

import frappe
from frappe import _

from wholesale_b2b.allocation.service import documents
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.holds.service import keeping
from wholesale_b2b.fulfilment.policies.service import deciding
from wholesale_b2b.fulfilment.policies.service.deciding import KINDS
from wholesale_b2b.fulfilment.policies.store import facts
from wholesale_b2b.setup.switch import enabled_companies
from wholesale_b2b.setwise import chunks

BATCH = 200


def look(orders: Iterable[str]) -> list[str]:
	"""Have these orders ask for stock, or for none, as their holds and policies say now; those of which that changed.

	What only waits by its policy (to be complete, for a day) keeps its stock. Units on open pick lists stay on them.
	"""
	policies = deciding.policies_of(orders)
	heads = facts.heads(policies)
	gives = [name for name, policy in policies.items() if not policy.keep_pegs_on_hold]
	held = holds.judge(gives, without=KINDS) if gives else {}
	changed = {name: name in held for name, head in heads.items() if head.given_up != (name in held)}
	facts.set_given_up(changed)
	keeping.tell(
		[
			{
				"sales_order": name,
				"subject": f"{name}: {_words(up)}",
				"content": _words(up),
				"users": [],
			}
			for name, up in sorted(changed.items())
		]
	)
	for name in sorted(changed):
		documents.mark(frappe.get_doc("Sales Order", name))
	return sorted(changed)


def _words(up: bool) -> str:
	if up:
		return _("While it is held its stock is left to others, as its Fulfilment Policy says.")
	return _("It asks for stock again.")


def look_at_all() -> None:
	"""The same of all open orders, each set of them a transaction of its own."""
	for batch in chunks(facts.open_orders(enabled_companies()), BATCH):
		look(facts.lock_free(batch))
		frappe.db.commit()  # a batch each: no order is kept locked while the others are looked at
