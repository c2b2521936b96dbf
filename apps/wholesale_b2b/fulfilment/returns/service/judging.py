"""A return and its policy: which one, where the goods go, and whether it is outside."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from wholesale_b2b.fulfilment.returns import rules, store
from wholesale_b2b.setup.switch import is_enabled

ZERO = Decimal(0)
WITHIN, NEEDED, APPROVED = "Within Policy", "Needs Approval", "Approved"
OWN = ("b2b_return_policy", "b2b_return_status", "b2b_carriage_paid_by", "b2b_return_breaches")


@dataclass(slots=True)
class Verdict:
	"""policy: the one that counts. rows: the goods that are judged here. found: what is outside of it; unstated: rows
	without a condition."""

	policy: rules.Policy
	rows: list[rules.Back] = field(default_factory=list)
	found: list[rules.Breach] = field(default_factory=list)
	unstated: list[int] = field(default_factory=list)


def concerns(doc: Document) -> bool:
	"""Whether Return Policies have a say: a return to a company that is switched on, that is not the
	consolidation of a till's, which were judged one by one."""
	return bool(
		cint(doc.get("is_return"))
		and not doc.get("is_consolidated")
		and doc.get("is_opening") != "Yes"
		and is_enabled(doc.company)
	)


def follow(doc: Document) -> None:
	"""Find the policy of a return that is being saved and follow it: conditions, warehouses, and what is outside of it.

	Who has approved what is told by the database alone, whatever the document says.
	"""
	if not concerns(doc):
		return
	verdict = judge(doc)
	known = _approval(doc)
	doc.update(dict.fromkeys(field for field in OWN if doc.meta.has_field(field)))
	doc.update(known)
	if not verdict:
		return
	policy = verdict.policy
	approved = rules.covers(known["b2b_return_approved_for"] or "", verdict.found, verdict.rows)
	if not approved:
		doc.update(dict.fromkeys(store.APPROVAL))
		if verdict.found and known["b2b_return_approved_by"]:
			frappe.msgprint(
				_(
					"More comes back than {0} has approved, or in another condition: it needs approval anew."
				).format(known["b2b_return_approved_by"]),
				title=_("Needs Approval"),
				indicator="orange",
			)
	if doc.meta.has_field("b2b_carriage_paid_by"):
		doc.b2b_carriage_paid_by = policy.carriage
	doc.update(
		{
			"b2b_return_policy": policy.name,
			"b2b_return_status": (APPROVED if approved else NEEDED) if verdict.found else WITHIN,
			"b2b_return_breaches": "\n".join(sentences(verdict)),
		}
	)
	if doc.doctype != "Sales Invoice" or cint(doc.update_stock):
		_send_where_it_belongs(doc, policy)


def refuse_unapproved(doc: Document) -> None:
	"""Refuse to submit a return outside its policy until it is approved; raises frappe.ValidationError with what to do."""
	if not concerns(doc) or not (verdict := judge(doc)):
		return
	if verdict.unstated:
		frappe.throw(
			_(
				"Return Policy {0} asks in which condition goods come back. Fill in Condition in row {1}, then submit."
			).format(frappe.bold(verdict.policy.name), ", ".join(str(idx) for idx in verdict.unstated)),
			title=_("In which condition?"),
		)
	if verdict.found and doc.b2b_return_status != APPROVED:
		role = store.fee_account(verdict.policy.name).approver_role
		frappe.throw(
			_("This return is outside Return Policy {0}: {1} A {2} can approve it (Approve Return).").format(
				frappe.bold(verdict.policy.name),
				" ".join(sentences(verdict)),
				frappe.bold(_(role)),
			),
			title=_("Needs Approval"),
		)


def judge(doc: Document) -> Verdict | None:
	"""What the policy says to a return; None where no policy counts. Fills in conditions that go without saying."""
	if cint(doc.get("b2b_no_goods")) and not cint(doc.get("update_stock")):
		return None
	policy = rules.choose(store.policies(doc.company), store.channel_of(doc))
	if not policy:
		return None
	goods = store.goods(row.item_code for row in doc.items)
	known = _judged_before(doc)
	rows = []
	for row in doc.items:
		if row.item_code not in goods or not flt(row.qty):
			continue
		if not row.b2b_condition:
			row.b2b_condition = known.get(row.idx, (False, ""))[1] or policy.default_condition or None
		back = rules.Back(row.idx, row.item_code, units(row.qty), row.b2b_condition or "")
		if not known.get(row.idx, (False, ""))[0]:
			rows.append(back)
	verdict = Verdict(policy, rows, unstated=rules.unstated(policy, rows))
	if rows:
		verdict.found = rules.breaches(policy, _days(doc), rows)
	return verdict


def units(qty: float) -> Decimal:
	"""Units of a return's row, positive."""
	return abs(Decimal(str(round(flt(qty), 6))))


def _days(doc: Document) -> int | None:
	sold = store.sold_on(doc.doctype, doc.return_against)
	return (getdate(doc.posting_date) - sold).days if sold else None


def _judged_before(doc: Document) -> dict[int, tuple[bool, str]]:
	"""Place of a row of a credit note without stock → (whether its goods came back by a Delivery Note, which was judged then; in which
	condition, empty where there are several)."""
	if doc.doctype != "Sales Invoice" or cint(doc.update_stock):
		return {}
	delivered = {row.dn_detail for row in doc.items if row.dn_detail}
	ordered = {row.so_detail for row in doc.items if row.so_detail}
	came = store.came_back(delivered, ordered)
	if not came:
		return {}
	sale = {back.name: back.so_detail or back.dn_detail for back in came}

	def line(row: frappe._dict | Document) -> str:
		return row.so_detail or sale.get(row.dn_detail) or row.dn_detail

	left: dict[str, Decimal] = defaultdict(lambda: ZERO)
	conditions: dict[str, set[str]] = defaultdict(set)
	for back in came:
		left[sale[back.name]] += units(back.qty)
		conditions[sale[back.name]].add(back.b2b_condition or "")
	for row in store.credit_rows(delivered | set(sale), ordered, doc.name):
		left[line(row)] -= units(row.qty)
	of_row = {back.name: back.b2b_condition or "" for back in came}
	found = {}
	for row in doc.items:
		qty, place = units(row.qty), line(row)
		judged = qty <= left[place]
		left[place] -= qty if judged else ZERO
		only = next(iter(conditions[place])) if len(conditions[place]) == 1 else ""
		found[row.idx] = (judged, of_row.get(row.dn_detail, only))
	return found


def _approval(doc: Document) -> dict:
	"""The approval as the database has it; that of the return which this one amends, while it has none of its own."""
	known = store.approval(doc.doctype, None if doc.is_new() else doc.name)
	if not known["b2b_return_approved_by"] and doc.amended_from:
		known = store.approval(doc.doctype, doc.amended_from)
	return {name: known[name] for name in store.APPROVAL}


def _send_where_it_belongs(doc: Document, policy: rules.Policy) -> None:
	"""Each row to the warehouse of its condition, unless somebody chose another."""
	sold = store.sold_from(doc)
	ours = frappe.get_cached_value("Company", doc.company, "default_warehouse_for_sales_return")
	for row in doc.items:
		homes = [place for place in (ours, sold.get(row.get(store.SALE_ROW[doc.doctype]))) if place]
		place = rules.warehouse_for(
			policy, row.b2b_condition or "", row.warehouse or "", row.b2b_policy_warehouse or "", homes
		)
		if place and place != row.warehouse:
			row.warehouse = row.b2b_policy_warehouse = place
			if doc.get("set_warehouse") != place:
				doc.set_warehouse = None


def move_components(doc: Document) -> None:
	"""The components of a bundle go where the bundle goes."""
	moved = {row.name: row.warehouse for row in doc.items if row.get("b2b_policy_warehouse") == row.warehouse}
	for part in doc.get("packed_items") or ():
		if place := moved.get(part.parent_detail_docname):
			part.warehouse = place


def sentences(verdict: Verdict) -> list[str]:
	"""What is outside the policy, a sentence each."""
	return [_sentence(breach, verdict.policy) for breach in verdict.found]


def _sentence(breach: rules.Breach, policy: rules.Policy) -> str:
	if breach.kind == rules.LATE:
		return _("It comes {0} days after the sale; {1} are allowed.").format(breach.days, policy.days)
	if breach.kind == rules.UNPROVEN:
		return _("It names no sale (Return Against), so nobody knows how long ago that was.")
	return _("Row {0}: {1} is not accepted.").format(breach.row, breach.condition)
