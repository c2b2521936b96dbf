"""Orders and accounts change: what that does to their pro formas."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.credit.pro_forma import rules
from wholesale_b2b.credit.pro_forma.rules import Need
from wholesale_b2b.credit.pro_forma.service import gate, paperwork
from wholesale_b2b.credit.pro_forma.store import facts, papers
from wholesale_b2b.ordering.trade_accounts import service as trade_accounts
from wholesale_b2b.setup.switch import is_enabled

# Who may let an order go for less money than its account says, or than it said before.
MAY_LOOSEN = ("Wholesale Manager", "Accounts Manager", "System Manager")
TERMS = ("status", "pro_forma", "deposit_percent")


def check(order: Document) -> None:
	"""What an order asks for beforehand: a share that is one, and not less than before but by those who may."""
	if not is_enabled(order.company):
		return
	if not 0 <= flt(order.b2b_deposit_percent) <= 100:
		frappe.throw(_("The deposit is a share of the order: above 0 and up to 100 percent."))
	of_account = _of_account(order)
	before = order.get_doc_before_save() if order.docstatus == 1 else None
	was = _need(of_account, before) if before and before.docstatus == 1 else of_account
	if rules.loosens(was, _need(of_account, order)) and not set(MAY_LOOSEN) & set(frappe.get_roles()):
		frappe.throw(
			_("{0} pays before its goods are picked. Only a {1} may ask for less on an order.").format(
				frappe.bold(order.b2b_trade_account or order.customer),
				_("Wholesale Manager or Accounts Manager"),
			),
			title=_("Pro Forma"),
		)


def _of_account(order: Document) -> Need:
	account = trade_accounts.account_of(order)
	terms = trade_accounts.terms([account]).get(account) if account else None
	return gate.need_of(terms) if terms else Need()


def _need(of_account: Need, order: Document) -> Need:
	return rules.need(of_account, order.b2b_pro_forma or "", facts.money(order.b2b_deposit_percent))


def forget(order: Document) -> None:
	"""A new order has its stock, and nothing for an amendment, whatever was copied with it."""
	order.update({"b2b_stock_released": 0, "b2b_advances": None})


def keep_state(order: Document) -> None:
	"""Whether its stock is released is nobody's to say on the form."""
	before = order.get_doc_before_save()
	if before:
		order.b2b_stock_released = frappe.db.get_value("Sales Order", order.name, "b2b_stock_released")
		order.b2b_advances = before.b2b_advances


def take_over(order: Document) -> None:
	"""The pro forma of the order that this one amends becomes its own, number and reference as before."""
	if order.amended_from and is_enabled(order.company):
		papers.hand_on(order.amended_from, order.name)


def submitted(order: Document) -> None:
	"""An order was submitted: what it asks for is raised before its holds are looked at, which comes next."""
	if is_enabled(order.company) and _pays_beforehand(order):
		paperwork.raise_due([order.name])
	# nothing more is to be done when the same submit says that the order has changed
	order.flags.b2b_pro_forma_looked_at = True


def changed(order: Document) -> None:
	"""An order was changed, closed, re-opened or cancelled, or its advance is another."""
	if (
		order.docstatus == 0
		or not is_enabled(order.company)
		or order.flags.pop("b2b_pro_forma_looked_at", None)
	):
		return
	if order.docstatus == 2:
		for name in papers.of_orders([order.name]).values():
			paper = papers.load(name, lock=True)
			paper.flags.ignore_links = True
			paper.save(ignore_permissions=True)
		return
	if _pays_beforehand(order):
		paperwork.refresh([order.name], f"Sales Order {order.name}")


def _pays_beforehand(order: Document) -> bool:
	return bool(papers.of_orders([order.name]) or _need(_of_account(order), order).kind)


def of_shipment(doc: Document) -> None:
	"""Goods of orders have shipped or come back, or were invoiced: what is paid may not be enough for the next shipment."""
	if not is_enabled(doc.company):
		return
	named = {row.get("against_sales_order") or row.get("sales_order") for row in doc.items} - {None, ""}
	if with_paper := papers.of_orders(named):
		paperwork.refresh(with_paper, f"{doc.doctype} {doc.name}")


def account_changed(account: Document) -> None:
	"""An account pays beforehand now, or otherwise than before, or not any more: so do its open orders."""
	before = account.get_doc_before_save()
	if not before or not is_enabled(account.company):
		return
	if any((account.get(field) or "") != (before.get(field) or "") for field in TERMS):
		paperwork.refresh(trade_accounts.open_orders_of([account.name]), f"Trade Account {account.name}")
