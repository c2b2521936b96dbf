"""Mail to the customer: once per event, as the account prefers, and never in the way of the document."""

import frappe
import pytest
from builders import add_stock, make_customer, make_sales_order, make_user
from dispatching import make_account, pick

from wholesale_b2b.api.v1 import dispatch
from wholesale_b2b.fulfilment.mail import service, store
from wholesale_b2b.wholesale_b2b.doctype.customer_mail.customer_mail import retry

pytestmark = pytest.mark.usefixtures("promises_hold")
ALL = dict.fromkeys(("mail_order", "mail_dispatch", "mail_invoice", "mail_hold"), 1)


@pytest.fixture
def mail_server():
	"""The site has an outgoing mail account; nothing is sent from a test, mail stays in the Email Queue."""
	yield from _mail_server()


def _mail_server():
	account = frappe.get_doc(
		{
			"doctype": "Email Account",
			"name": "Northgate Test Mail",
			"email_account_name": "Northgate Test Mail",
			"email_id": "sales@northgate.example",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "mail.northgate.example",
			"no_smtp_authentication": 1,
		}
	)
	# saving it the usual way calls the mail server
	account.db_insert()
	frappe.db.commit()
	try:
		yield account
	finally:
		frappe.db.rollback()
		frappe.db.delete("Email Account", {"name": account.name})
		frappe.db.commit()


def mails(name):
	return frappe.get_all(
		"Customer Mail", {"reference_name": name}, ["name", "event", "status", "reason", "recipient"]
	)


def sent(name):
	"""Send what waits for a document, here; the Email Queue's rows: (recipients, message)."""
	for mail in mails(name):
		service.send(mail.name)
	return [
		([row.recipient for row in queue.recipients], queue.message, queue.attachments)
		for queue in (
			frappe.get_doc("Email Queue", found)
			for found in frappe.get_all(
				"Email Queue", {"reference_name": name}, pluck="name", order_by="creation"
			)
		)
	]


def plain(message):
	import email
	from email import policy

	parsed = email.message_from_string(message, policy=policy.default)
	body = parsed.get_body(preferencelist=("html",)).get_content()
	return f"{parsed['subject']}\n{body}"


def test_order_shipment_and_invoice_are_told_once(item, mail_server):
	account = make_account(mail_to="buyer@shop.example", **ALL)
	add_stock(item.name, 4)
	order = make_sales_order(
		item.name, 10, customer=account.customer, b2b_trade_account=account.name, po_no="PO-9"
	)
	((to, message, papers),) = sent(order.name)
	assert to == ["buyer@shop.example"]
	assert "Your order PO-9" in plain(message) and item.name in plain(message)
	assert '"Sales Order"' in papers
	(note,) = dispatch(pick(order).name, tracking_number="JD-9", submit=True)["made"]
	frappe.db.commit()
	((to, message, papers),) = sent(note)
	text = plain(message)
	assert "JD-9" in text and "Still to follow" in text and "date not known yet" in text
	assert "Wholesale Packing Slip" in papers
	from wholesale_b2b.credit.invoicing import service as invoicing

	(invoice,) = invoicing.work([note])
	((to, message, _papers),) = sent(invoice)
	assert "Please pay £ 40.00" in plain(message)
	# again: nothing more
	service.tell("Order", order)
	service.send_due()
	frappe.db.commit()
	assert [len(mails(name)) for name in (order.name, note, invoice)] == [1, 1, 1]
	assert len(sent(note)) == 1
	# it stands in the timeline of the document
	assert frappe.db.count("Communication", {"reference_name": note, "communication_medium": "Email"}) == 1


def test_nothing_is_sent_that_nobody_asked_for(item):
	quiet = make_account(mail_to="buyer@shop.example", **dict.fromkeys(ALL, 0))
	order = make_sales_order(item.name, 1, customer=quiet.customer, b2b_trade_account=quiet.name)
	assert mails(order.name) == []
	nobody = make_customer().name
	assert mails(make_sales_order(item.name, 1, customer=nobody).name) == []


def test_without_an_address_or_a_mail_server_the_document_stands(item, worker):
	account = make_account(**ALL)
	order = make_sales_order(item.name, 1, customer=account.customer, b2b_trade_account=account.name)
	worker()
	assert order.docstatus == 1
	(mail,) = mails(order.name)
	assert mail.status == "Not Sent" and account.name in mail.reason
	account.reload()
	account.mail_to = "late@shop.example"
	account.save()
	frappe.db.commit()
	assert retry([mail.name]) == 1
	# the site has no outgoing mail account
	worker()
	(mail,) = mails(order.name)
	assert mail.status == "Failed" and mail.reason
	assert retry([mail.name]) == 1
	frappe.db.commit()
	for _account in _mail_server():
		assert len(sent(order.name)) == 1
	(mail,) = mails(order.name)
	assert (mail.status, mail.recipient) == ("Sent", "late@shop.example")


def test_a_broken_template_stops_no_order_and_is_kept(item, mail_server):
	account = make_account(mail_to="buyer@shop.example", **ALL)
	template = frappe.get_doc("Email Template", "Wholesale Order Confirmation")
	before = template.response_html
	frappe.db.set_value("Email Template", template.name, "response_html", "{{ 1 / 0 }}")
	frappe.db.commit()
	try:
		order = make_sales_order(item.name, 1, customer=account.customer, b2b_trade_account=account.name)
		assert sent(order.name) == []
		assert mails(order.name)[0].status == "Failed"
	finally:
		frappe.db.set_value("Email Template", template.name, "response_html", before)
		frappe.db.commit()


def test_held_and_released(item, mail_server):
	account = make_account(mail_to="buyer@shop.example", **ALL)
	order = make_sales_order(item.name, 1, customer=account.customer, b2b_trade_account=account.name)

	account.update({"status": "On Hold", "status_reason": "An invoice is overdue.", "licence_required": 1})
	account.save()
	account.update({"status": "Active", "licence_required": 0})
	account.save()
	frappe.db.commit()
	assert sorted(mail.event for mail in mails(order.name)) == ["Held", "Held", "Order", "Released"]
	texts = " ".join(plain(message) for _to, message, _papers in sent(order.name))
	assert "An invoice is overdue" in texts and "no licence on file" in texts and "goes on" in texts


def test_only_who_may_write_the_document_sends_again(item, worker):
	account = make_account(**ALL)
	order = make_sales_order(item.name, 1, customer=account.customer, b2b_trade_account=account.name)
	worker()
	(mail,) = mails(order.name)
	reader = make_user("Accounts User").name
	frappe.db.commit()
	frappe.set_user(reader)
	with pytest.raises(frappe.PermissionError):
		retry([mail.name])


def test_templates_that_nobody_changed_go_with_the_app_and_come_back():
	name = "Wholesale Invoice"
	frappe.db.set_value("Email Template", name, "subject", "Rechnung {{ name }}")
	store.remove_templates()
	assert store.templates().keys() == {name}
	store.make_templates()
	assert store.templates().keys() == store.TEMPLATES.keys()
	assert frappe.db.get_value("Email Template", name, "subject") == "Rechnung {{ name }}"
	frappe.db.rollback()
