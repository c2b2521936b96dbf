"""Mail to the customer: once per event, as the account prefers, and never in the way of the document."""

import re

import frappe
import pytest
from builders import add_stock, make_bundle, make_customer, make_delivery_note, make_sales_order, make_user
from dispatching import make_account, make_address, pick
from policies import make_policy

from wholesale_b2b.api.v1 import dispatch
from wholesale_b2b.fulfilment.mail import service, store, templates
from wholesale_b2b.fulfilment.policies import jobs as policies
from wholesale_b2b.patches import dispatch_mails_say_what_the_slip_says as patch
from wholesale_b2b.wholesale_b2b.doctype.customer_mail.customer_mail import retry
from wholesale_b2b.wholesale_b2b.doctype.fulfilment_policy.fulfilment_policy import (
	cancel_rest,
	restore_cancelled,
)

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
	fields = ["name", "event", "status", "reason", "recipient"]
	return frappe.get_all("Customer Mail", {"reference_name": name}, fields, order_by="creation")


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


def test_the_mail_calls_an_order_complete_only_where_nothing_is_owed_and_nothing_cancelled(item, mail_server):
	account = make_account(mail_to="buyer@shop.example", mail_dispatch=1)
	stores = [make_address(account.customer).name for _ in range(2)]
	frappe.db.commit()
	of_account = {"customer": account.customer, "b2b_trade_account": account.name}
	lines = [{"item_code": item.name, "qty": 2, "b2b_delivery_address": store} for store in stores]
	add_stock(item.name, 2)
	order = make_sales_order(lines, **of_account)
	(first,) = dispatch(pick(order).name, submit=True)["made"]
	told = plain(sent(first)[0][1])
	assert "Nothing more to this address" in told and "complete" not in told and "Still to follow" not in told
	add_stock(item.name, 2)
	(second,) = dispatch(pick(order).name, submit=True)["made"]
	assert "with this shipment your order is complete" in plain(sent(second)[0][1])
	add_stock(item.name, 4)
	policy = make_policy("Ship and Cancel the Rest").name
	order = make_sales_order(item.name, 10, b2b_fulfilment_policy=policy, **of_account)
	(note,) = dispatch(pick(order).name, submit=True)["made"]
	told = plain(sent(note)[0][1])
	assert "Cancelled:" in told and "what was not shipped is cancelled" in told and "complete" not in told
	kit = make_bundle({item.name: 3})
	add_stock(item.name, 3)
	note = make_delivery_note(kit.name, 1, do_not_save=True)
	note.update({"customer": account.customer, "b2b_trade_account": account.name})
	note.insert().submit()
	frappe.db.commit()
	told = plain(sent(note.name)[0][1])
	assert item.name in told and "complete" not in told and "Still to follow" not in told


def test_a_template_that_always_said_complete_is_put_right():
	before = templates.TEMPLATES["Wholesale Dispatch"][1]
	old = before.replace("{% endif %}" + templates.ENDING, patch.ALWAYS_COMPLETE).replace(
		templates.BOXED, templates.LINES
	)
	assert old != before
	frappe.db.set_value("Email Template", patch.TEMPLATE, "response_html", old + "<p>Ours</p>")
	for _again in range(2):
		patch.execute()
		assert (
			frappe.db.get_value("Email Template", patch.TEMPLATE, "response_html") == before + "<p>Ours</p>"
		)


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


# ---- cancelled units -------------------------------------------------------------------------------------------------


def shipped_and_cancelled(item, **preferences):
	"""Ten ordered by the policy *Ship and Cancel the Rest*, four shipped."""
	account = make_account(mail_to="buyer@shop.example", **{**dict.fromkeys(ALL, 0), **preferences})
	add_stock(item.name, 4)
	order = make_sales_order(
		item.name,
		10,
		customer=account.customer,
		b2b_trade_account=account.name,
		po_no="PO-7",
		b2b_fulfilment_policy=make_policy("Ship and Cancel the Rest").name,
	)
	dispatch(pick(order).name, submit=True)
	frappe.db.commit()
	assert frappe.db.get_value("Sales Order Item", order.items[0].name, "b2b_cancelled_qty") == 6
	return order


def test_cancelled_units_are_told_and_so_are_those_that_come_back(item, mail_server):
	order = shipped_and_cancelled(item, mail_cancelled=1)
	((to, message, _papers),) = sent(order.name)
	assert to == ["buyer@shop.example"]
	text = plain(message)
	assert "Cancelled on your order PO-7" in text
	assert re.search(rf"6(\.0+)? Nos</td>\s*<td[^>]*>{item.item_name} \({item.name}\)", text)
	assert "what is not in stock when the order ships is cancelled" in text
	# what a policy has cancelled is not cancelled, nor told, again
	policies.daily()
	assert [mail.event for mail in mails(order.name)] == ["Units Cancelled"]
	restore_cancelled(order.name, "They want <b>four</b> of it.")
	cancel_rest(order.name, "Not after all.")
	frappe.db.commit()
	texts = [plain(message) for _to, message, _papers in sent(order.name)]
	assert len(texts) == 3
	assert "is on it again" in texts[1] and "They want &lt;b&gt;four" in texts[1]
	assert "Cancelled on your order" in texts[2] and "Not after all." in texts[2]


def test_cancelled_units_are_not_told_to_whom_it_is_not_wanted(item):
	order = shipped_and_cancelled(item, mail_cancelled=0)
	restore_cancelled(order.name, "They want it.")
	frappe.db.commit()
	assert mails(order.name) == []


def test_an_account_hears_of_cancelled_units_unless_it_says_otherwise():
	assert frappe.new_doc("Trade Account").mail_cancelled == 1


def test_an_admin_words_the_mail_about_cancelled_units(item, mail_server):
	template = frappe.get_doc("Email Template", "Wholesale Units Cancelled")
	before = (template.subject, template.response_html)
	template.update(
		{
			"subject": "Storniert: {{ po_no }}",
			"response_html": "<p>Es fehlen {% for row in lines %}{{ row.qty | int }} x {{ row.item_code }}{% endfor %}.</p>",
		}
	)
	template.save()
	frappe.db.commit()
	try:
		((_to, message, _papers),) = sent(shipped_and_cancelled(item, mail_cancelled=1).name)
		text = plain(message)
		assert "Storniert: PO-7" in text and f"Es fehlen 6 x {item.name}." in text
		assert "we do not deliver" not in text
	finally:
		template.reload()
		template.subject, template.response_html = before
		template.save()
		frappe.db.commit()
