"""What a person decides against the policy: ship now, cancel, bring back."""

from collections.abc import Sequence
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, get_link_to_form

from wholesale_b2b.allocation.service import locking
from wholesale_b2b.credit.service import steps
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.policies.service import cancelling, deciding
from wholesale_b2b.fulfilment.policies.service.cancelling import Cut
from wholesale_b2b.fulfilment.policies.service.waiting import ROLE
from wholesale_b2b.fulfilment.policies.store import cancelling as store
from wholesale_b2b.setup.switch import check_enabled

ROLES = (ROLE, "Wholesale Manager", "System Manager")


def may_decide() -> bool:
	"""Whether this user may decide against a policy."""
	return bool(set(ROLES) & set(frappe.get_roles()))


def ship_now(order: str, reason: str) -> None:
	"""Let the next shipment of a submitted order go without keeping its policy; its timeline keeps why.

	Raises frappe.PermissionError for whoever has none of `ROLES` or may not read the order, frappe.ValidationError without a
	reason, or for an order that is not open.
	"""
	doc = _checked(order, reason)
	store.set_ship_now([order], reason.strip())
	_say(doc, _("Ship Now: the next shipment need not keep the Fulfilment Policy. {0}"), reason)
	holds.refresh([order], _("Ship Now"))


def keep_policy(order: str, reason: str) -> None:
	"""Take `ship_now` back, as long as nothing has shipped for it. Raises as `ship_now`."""
	doc = _checked(order, reason)
	if not store.overridden([order]):
		frappe.throw(_("{0} keeps its Fulfilment Policy already.").format(_link(order)))
	store.set_ship_now([order], "")
	_say(doc, _("The Fulfilment Policy is kept again. {0}"), reason)
	holds.refresh([order], _("The policy is kept again"))


def cancel(order: str, reason: str, lines: Sequence[str] = ()) -> Decimal:
	"""Cancel what is left of these lines (Sales Order Items) of a submitted order, of all lines without any; how many stock
	units that were. What is on open pick lists is left to them. Raises as `ship_now`, and for nothing to cancel."""
	_checked(order, reason)
	locking.lock_order("Sales Order", order)
	case = deciding.cases([order])[order]
	chosen = _chosen(order, lines, {line.name for line in case.order.lines})
	picking = {name: peg.picking for name, peg in case.pegs.items()}
	cuts = [
		Cut(line.name, qty, reason.strip())
		for line in case.order.lines
		if line.name in chosen and (qty := line.open - picking.get(line.name, Decimal(0))) > 0
	]
	if not cuts:
		frappe.throw(
			_("Nothing of {0} is left to cancel, or it is on an open pick list.").format(_link(order)),
			title=_("Nothing to cancel"),
		)
	cancelling.write_by_hand(order, cuts, _("by {0}").format(frappe.session.user))
	return sum((one.qty for one in cuts), Decimal(0))


def restore(order: str, reason: str, lines: Sequence[str] = ()) -> Decimal:
	"""Bring back what was cancelled of these lines, of all lines without any; how many stock units that are. An order that is
	closed is opened again. Raises as `ship_now`, for nothing to bring back, and as a step that raises exposure does."""
	doc = _checked(order, reason, closed_too=True)
	locking.lock_order("Sales Order", order)
	doc.reload()
	known = store.lines_of([order])
	chosen = _chosen(order, lines, known)
	back = {name: row for name, row in known.items() if name in chosen and row.cancelled > 0}
	if not back:
		frappe.throw(
			_("Nothing of {0} was cancelled.").format(_link(order)), title=_("Nothing to bring back")
		)
	steps.units_restored(doc, _worth(doc, known, back))
	if doc.status == "Closed":
		doc.update_status("Draft")
	cuts = [Cut(name, -row.cancelled, reason.strip()) for name, row in back.items()]
	cancelling.write_by_hand(order, cuts, _("by {0}").format(frappe.session.user))
	return sum((row.cancelled for row in back.values()), Decimal(0))


def _worth(doc: Document, known: dict, back: dict) -> Decimal:
	"""What of an order's total is brought back, in the company's currency."""
	whole = sum((row.value for row in known.values()), Decimal(0))
	part = sum((row.value * row.cancelled / row.ordered for row in back.values() if row.ordered), Decimal(0))
	total = Decimal(str(flt(doc.base_rounded_total) or flt(doc.base_grand_total)))
	return total * part / whole if whole else Decimal(0)


def _checked(order: str, reason: str, closed_too: bool = False) -> Document:
	doc = frappe.get_doc("Sales Order", order, for_update=True)
	doc.check_permission("read")
	if not may_decide():
		frappe.throw(
			_("Only {0} can decide against the Fulfilment Policy of an order.").format(
				" / ".join(_(role) for role in ROLES[:2])
			),
			frappe.PermissionError,
		)
	check_enabled(doc.company)
	ended = ("Completed",) if closed_too else ("Closed", "Completed")
	if doc.docstatus != 1 or doc.status in ended:
		frappe.throw(_("{0} is {1}: nothing of it ships any more.").format(_link(order), _(doc.status)))
	if not (reason or "").strip():
		frappe.throw(_("Say why, in words that the customer could read."))
	return doc


def _chosen(order: str, lines: Sequence[str], known) -> set[str]:
	if unknown := set(lines) - set(known):
		frappe.throw(_("{0} has no such line: {1}").format(_link(order), ", ".join(sorted(unknown))))
	return set(lines) or set(known)


def _say(doc: Document, words: str, reason: str) -> None:
	doc.add_comment("Info", escape_html(words.format(reason.strip())))


def _link(order: str) -> str:
	return get_link_to_form("Sales Order", order)
