"""A numbered request for payment before goods are picked; not a ledger entry.

It says what its order costs and what has been paid; whatever is entered is filled in anew from those. Nothing reads it to
decide whether an order may be picked.
"""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.credit.pro_forma.service import mailing, paperwork


class TradeProForma(Document):
	def validate(self) -> None:
		if self.is_new() and (other := paperwork.papers_of([self.sales_order]).get(self.sales_order)):
			frappe.throw(
				_("{0} has pro forma {1} already.").format(
					self.sales_order, frappe.utils.get_link_to_form("Trade Pro Forma", other)
				)
			)
		if not self.flags.b2b_filled:
			paperwork.fill(self)


@frappe.whitelist(methods=["POST"])
def raise_for_order(sales_order: str, kind: str, deposit_percent: float = 0) -> str:
	"""Ask for payment on a submitted order by hand; the pro forma's name. Needs write on the order and create here.

	kind: Whole Order, Deposit or Per Shipment. Only who may loosen terms may ask for less than the order asks now.
	"""
	frappe.has_permission("Trade Pro Forma", "create", throw=True)
	order = frappe.get_doc("Sales Order", sales_order, for_update=True)
	order.check_permission("write")
	return paperwork.raise_for(order, kind, deposit_percent).name


@frappe.whitelist(methods=["POST"])
def extend(name: str, until: str) -> str:
	"""Wait for the payment until this day; the new status. An expired one asks for its stock again. Needs write."""
	_checked(name, "write")
	return paperwork.extend(name, frappe.utils.getdate(until)).status


@frappe.whitelist(methods=["POST"])
def send(name: str, recipient: str | None = None) -> str:
	"""Mail it, to the account's address unless another is given; the Customer Mail that is queued. Needs email."""
	return mailing.send(_checked(name, "email"), recipient)


@frappe.whitelist()
def of_order(sales_order: str) -> dict:
	"""How the payment of an order stands: needed (kind, empty for nothing), pro_forma, status, due, paid, outstanding,
	currency, valid_until, may_be_picked. Needs read on the order."""
	frappe.get_doc("Sales Order", sales_order).check_permission("read")
	return paperwork.answer(sales_order)


def _checked(name: str, permission: str) -> Document:
	paper = frappe.get_doc("Trade Pro Forma", name)
	paper.check_permission(permission)
	return paper
