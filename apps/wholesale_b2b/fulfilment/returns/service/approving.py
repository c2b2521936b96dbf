"""Who may take back what a Return Policy does not."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form, now_datetime

from wholesale_b2b.fulfilment.returns import rules, store
from wholesale_b2b.fulfilment.returns.service import judging

DOCTYPES = ("Delivery Note", "Sales Invoice", "POS Invoice")


def approve(doctype: str, name: str, reason: str) -> dict:
	"""Approve a draft return that is outside its policy, as it stands: what, how much and in which condition.

	Asked again for the same goods it changes nothing. A return that grows afterwards, or gets worse, needs it anew.

	Returns {status, approved_by, approved_at, reason}. Raises frappe.PermissionError for those who may not read it or lack
	the policy's role (Wholesale Managers and System Managers always may), frappe.ValidationError for a return that is no
	draft, is within its policy, or without a reason.
	"""
	if doctype not in DOCTYPES:
		frappe.throw(
			_("Delivery Notes, Sales Invoices and POS Invoices are returns; {0} is none.").format(_(doctype))
		)
	doc = frappe.get_doc(doctype, name, for_update=True)
	doc.check_permission("read")
	verdict = judging.judge(doc) if judging.concerns(doc) else None
	if not verdict or not verdict.found:
		frappe.throw(
			_("{0} is within its Return Policy, or under none: there is nothing to approve.").format(
				get_link_to_form(doctype, name)
			)
		)
	role = store.fee_account(verdict.policy.name).approver_role
	if not {role, "Wholesale Manager", "System Manager"} & set(frappe.get_roles()):
		frappe.throw(
			_("Returns outside Return Policy {0} are approved by a {1}.").format(
				frappe.bold(verdict.policy.name), frappe.bold(_(role))
			),
			frappe.PermissionError,
		)
	if doc.docstatus != 0:
		frappe.throw(
			_("{0} is submitted or cancelled already; only a draft is approved.").format(
				get_link_to_form(doctype, name)
			)
		)
	if not rules.covers(doc.b2b_return_approved_for or "", verdict.found, verdict.rows):
		if not (reason or "").strip():
			frappe.throw(_("Say why it is taken back all the same."))
		_write(doc, verdict, reason.strip())
	return {
		"status": doc.b2b_return_status,
		"approved_by": doc.b2b_return_approved_by,
		"approved_at": doc.b2b_return_approved_at,
		"reason": doc.b2b_return_approval_reason,
	}


def _write(doc: Document, verdict: judging.Verdict, reason: str) -> None:
	doc.db_set(
		{
			"b2b_return_approved_by": frappe.session.user,
			"b2b_return_approved_at": now_datetime(),
			"b2b_return_approval_reason": reason,
			"b2b_return_approved_for": rules.scope(verdict.found, verdict.rows),
			"b2b_return_status": judging.APPROVED,
			"b2b_return_breaches": "\n".join(judging.sentences(verdict)),
		},
		notify=True,
	)
	doc.add_comment(
		"Info",
		_("approved this return. {0} Reason: {1}").format(
			" ".join(judging.sentences(verdict)), frappe.utils.escape_html(reason)
		),
	)
