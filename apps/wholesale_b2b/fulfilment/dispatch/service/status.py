"""What became of an order: what shipped in which parcel, what is to come and when, what is held, what is owed."""

from dataclasses import asdict
from datetime import date

import frappe
from frappe import _
from frappe.utils import flt, getdate

from wholesale_b2b.allocation.service import answers, portal
from wholesale_b2b.fulfilment.dispatch.store import orders as store
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.policies.service.saying import plan_of
from wholesale_b2b.fulfilment.rules.following import Bill, Part, follow, next_of, owed_on

HEAD = (
	"customer",
	"customer_name",
	"status",
	"po_no",
	"transaction_date",
	"delivery_date",
	"currency",
	"grand_total",
)
STAFF_ONLY = ("waiting_invoices",)


def order_status(order: str) -> dict:
	"""The status of a submitted Sales Order. Quantities in the stock UOM, money in the order's currency, dates as dates.

	Keys: sales_order, those of `HEAD`, per_delivered, promise_date, and
	- shipments: as `store.shipments`, each with its invoices (names);
	- lines: name, idx, item_code, item_name, stock_uom, ordered_qty, shipped_qty (net of returns that are not replaced),
	  cancelled_qty, outstanding_qty, address, delivery_date, promise_date, state (`answers.order_cover`), parts (qty, when,
	  ready): when the outstanding units come;
	- next: {qty, when, ready} or None;
	- invoices: as `store.invoices`; waiting_invoices: what has shipped and is not invoiced, and why;
	- money: invoiced, owed, overdue, advance (paid and in no invoice yet), to_invoice;
	- holds: kind, reason, release, role;
	- plan: `policies.service.saying.plan_of`: what of each line ships now, waits, is cancelled, and why.
	"""
	head = store.heads([order])[order]
	today = getdate()
	shipments, invoices = store.shipments([order], drafts=True), store.invoices([order])
	lines = _lines(order, head)
	return {
		"sales_order": order,
		**{key: head[key] for key in HEAD},
		"per_delivered": head.per_delivered,
		"promise_date": head.b2b_promise_date,
		"shipments": _with_invoices(shipments.get(order, []), invoices.get(order, [])),
		"lines": lines,
		"next": _as_dict(next_of([part for line in lines for part in line.pop("follow")], today)),
		"invoices": invoices.get(order, []),
		"waiting_invoices": store.waiting_invoices([order]).get(order, []),
		"money": _money(head, invoices.get(order, []), today),
		"holds": _holds(order),
		"plan": plan_of(order),
	}


def order_status_of_own(order: str, user: str) -> dict:
	"""The same for a portal user of the order's customer: submitted shipments, no names of roles, nothing of our own doing.

	Raises frappe.PermissionError for an order that is somebody else's, is not submitted or does not exist, alike.
	"""
	portal.check_own_order(order, user)
	status = order_status(order)
	status["shipments"] = [note for note in status["shipments"] if note["docstatus"] == 1]
	status["holds"] = [{"reason": hold["reason"], "release": hold["release"]} for hold in status["holds"]]
	return {key: value for key, value in status.items() if key not in STAFF_ONLY}


def _lines(order: str, head: dict) -> list[dict]:
	facts = store.lines([order])
	ended = head.status in ("Closed", "Completed")
	found = []
	for line in answers.order_cover(order):
		fact = facts[line["name"]]
		parts = still_to_follow(line)
		cancelled = flt(fact.cancelled_qty)
		if ended and not cancelled:
			cancelled = max(flt(line["stock_qty"]) - flt(line["delivered_qty"]), 0)
		found.append(
			{
				**{key: line[key] for key in ("name", "idx", "item_code", "item_name", "stock_uom", "state")},
				"ordered_qty": line["stock_qty"],
				"shipped_qty": line["delivered_qty"],
				"cancelled_qty": cancelled,
				"outstanding_qty": line["owed_qty"],
				"address": fact.address,
				"delivery_date": line["delivery_date"],
				"promise_date": line["promise_date"],
				"parts": [_as_dict(part) for part in parts],
				"follow": parts,
			}
		)
	return found


def still_to_follow(line: dict, leaving: float = 0) -> list[Part]:
	"""When the outstanding units of a line of `answers.order_cover` come. leaving: of them, what a draft note carries.

	A bundle follows as a whole, with the last of its components.
	"""
	owed = flt(line["owed_qty"])
	if line["state"] in ("not_goods", "drop_ship"):
		return follow(owed, 0, [(owed, line["delivery_date"])], leaving)
	if line["is_bundle"]:
		ready = owed if line["state"] == "ready" else 0
		return follow(owed, ready, [(owed, line["promise_date"])], leaving)
	ready = sum(flt(peg["qty"]) for peg in line["cover"] if peg["kind"] == "on_hand")
	coming = [(flt(peg["qty"]), peg["expected_date"]) for peg in line["cover"] if peg["kind"] != "on_hand"]
	return follow(owed, ready, coming, leaving)


def _as_dict(part: Part | None) -> dict | None:
	return {"qty": part.qty, "when": part.when, "ready": part.ready} if part else None


def _with_invoices(shipments: list[dict], invoices: list[dict]) -> list[dict]:
	on = {note: [i.name for i in invoices if note in i.notes] for i in invoices for note in i.notes}
	return [{**note, "invoices": on.get(note["name"], [])} for note in shipments]


def _money(head: dict, invoices: list[dict], today: date) -> dict:
	bills = [Bill(flt(i.total), flt(i.outstanding), flt(i.share), i.due_date) for i in invoices]
	invoiced, owed, overdue = owed_on(bills, today)
	return {
		"currency": head.currency,
		"invoiced": invoiced,
		"owed": owed,
		"overdue": overdue,
		"advance": flt(store.advances([head.name]).get(head.name), 2),
		"to_invoice": 0.0
		if head.status in ("Closed", "Completed")
		else max(
			flt(head.grand_total * (1 - store.cancelled_shares([head.name]).get(head.name, 0)) - invoiced, 2),
			0.0,
		),
	}


def _holds(order: str) -> list[dict]:
	return [asdict(hold) for hold in holds.judge([order]).get(order, [])]


def for_staff(order: str) -> dict:
	"""`order_status` for whoever may read the order; money and invoices for those who may read Sales Invoices or write it."""
	check_may_read(order)
	answer = order_status(order)
	if not (
		frappe.has_permission("Sales Invoice", "read")
		or frappe.has_permission("Sales Order", "write", doc=order)
	):
		answer.update({"money": None, "invoices": [], "waiting_invoices": []})
		answer["shipments"] = [{**note, "invoices": []} for note in answer["shipments"]]
	return answer


def check_may_read(order: str) -> None:
	"""Raise frappe.PermissionError for staff who may not read the order, frappe.ValidationError for one that is not submitted."""
	doc = frappe.get_doc("Sales Order", order)
	doc.check_permission("read")
	if doc.docstatus != 1:
		frappe.throw(
			_("{0} is not a submitted order: it has no status to tell yet. Submit it first.").format(order)
		)
