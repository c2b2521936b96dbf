"""What has changed, and whose policy is to be looked at for it."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b import busy
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.holds.service import keeping
from wholesale_b2b.fulfilment.holds.service.changes import look_at_all
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.fulfilment.policies.service import deciding
from wholesale_b2b.fulfilment.policies.store import facts
from wholesale_b2b.setup.switch import is_enabled

SAVEPOINT = "b2b_policies"
STOCK = "wholesale_b2b.fulfilment.policies.jobs.look_at_stock"


def replanned(orders: Iterable[str]) -> None:
	"""A run of the allocation has changed what these orders have; it hands them over by the hook `b2b_orders_replanned`."""
	note(orders, _("Stock was allocated"))


def note(orders: Iterable[str], cause: str) -> None:
	"""Have the holds of these orders made right before this transaction commits, those that follow a policy that asks for
	anything or are held by one."""
	pending = _pending()
	if not pending:
		frappe.db.after_rollback.add(_forget)
		frappe.db.before_commit.add(_settle)
	pending.update(dict.fromkeys((name for name in orders if name), cause))


def _settle() -> None:
	pending = dict(_pending())
	_forget()
	frappe.db.savepoint(SAVEPOINT)
	try:
		_refresh(pending)
	except busy.BUSY:
		raise
	except Exception:
		# What holds is judged on live facts whatever is written down, so the document stands; the night looks again.
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.log_error(title="Holds of Fulfilment Policies failed", message=frappe.get_traceback())


def _refresh(pending: dict[str, str]) -> None:
	chosen = sorted({*deciding.asking_orders(pending), *facts.held(pending, deciding.KINDS)})
	if len(chosen) > keeping.AT_ONCE:
		holds.later(chosen, pending[chosen[0]])
		return
	for cause in sorted({pending[name] for name in chosen}):
		mine = [name for name in chosen if pending[name] == cause]
		holds.refresh(mine, cause, only=deciding.KINDS)


def _pending() -> dict[str, str]:
	if not hasattr(frappe.local, "b2b_policies_pending"):
		frappe.local.b2b_policies_pending = {}
	return frappe.local.b2b_policies_pending


def _forget() -> None:
	frappe.local.b2b_policies_pending = {}


def document_changed(doc: Document) -> None:
	"""A Pick List, Delivery Note or Sales Invoice of orders was made, submitted, cancelled or deleted."""
	if is_enabled(doc.get("company")):
		note(leaving.orders(doc), f"{doc.doctype} {doc.name}")


def policy_changed(policy: Document) -> None:
	"""A Fulfilment Policy was saved or is being deleted: open orders may be held or released by it."""
	before = policy.get_doc_before_save()
	if before and facts.as_policy(before) == facts.as_policy(policy) and before.enabled == policy.enabled:
		return
	if not facts.is_followed(policy.name):
		return
	if not before or before.keep_pegs_on_hold != policy.keep_pegs_on_hold or before.enabled != policy.enabled:
		frappe.enqueue(STOCK, queue="long", enqueue_after_commit=True)
	look_at_all(_("Fulfilment Policy {0} was changed").format(policy.name))


def default_changed() -> None:
	"""The policy of Wholesale Settings is another."""
	look_at_all(_("The Fulfilment Policy of Wholesale Settings was changed"))
