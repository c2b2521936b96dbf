"""The Email Templates that come with the app: made on install where they are not there, an admin's from then on."""

HELLO = "<p>Hello {{ customer_name }},</p>"
BYE = "<p>Kind regards,<br>{{ company }}</p>"
LINES = """<table border="0" cellpadding="4" cellspacing="0">
{% for row in items %}<tr><td align="right">{{ frappe.format(row.qty, {"fieldtype": "Float"}) }} {{ _(row.uom) }}</td><td>{{ row.item_name }} ({{ row.item_code }})</td></tr>
{% endfor %}</table>"""
# What is in the box, and what of its orders is not to come: as the packing slip has it.
BOXED = """<table border="0" cellpadding="4" cellspacing="0">
{% for row in boxed %}<tr><td align="right">{{ frappe.format(row.qty, {"fieldtype": "Float"}) }} {{ _(row.uom) }}</td><td>{% if row.is_part %}&nbsp;&nbsp;– {% endif %}{{ row.item_name }} ({{ row.item_code }})</td></tr>
{% endfor %}</table>"""
ENDING = """
{% if cancelled %}<p>Cancelled:</p>
<table border="0" cellpadding="4" cellspacing="0">
{% for row in cancelled %}<tr><td align="right">{{ frappe.format(row.qty, {"fieldtype": "Float"}) }} {{ _(row.stock_uom) }}</td><td>{{ row.item_name }}</td></tr>
{% endfor %}</table>{% endif %}
{% if ending %}<p>{{ ending }}</p>{% endif %}"""
# Of the lines that an event is about.
TOLD = """<table border="0" cellpadding="4" cellspacing="0">
{% for row in lines %}<tr><td align="right">{{ frappe.format(row.qty, {"fieldtype": "Float"}) }} {{ _(row.stock_uom) }}</td><td>{{ row.item_name | e }} ({{ row.item_code | e }})</td><td>{{ row.why | e }}</td></tr>
{% endfor %}</table>"""

# name → (subject, body). What they may use: the fields of the document, and what `mail.service.context` adds.
TEMPLATES: dict[str, tuple[str, str]] = {
	"Wholesale Order Confirmation": (
		"Your order {{ po_no or name }}",
		f"""{HELLO}
<p>thank you for your order{{% if po_no %}} {{{{ po_no }}}}{{% endif %}}, which has our number {{{{ name }}}}:</p>
{LINES}
<p>Total: {{{{ grand_total }}}}. {{% if promise_date %}}All of it can ship by {{{{ promise_date }}}}.{{% endif %}}</p>
{BYE}
""",
	),
	"Wholesale Dispatch": (
		"{{ po_no or name }} is on its way",
		f"""{HELLO}
<p>this has left our warehouse today{{% if carrier %}} with {{{{ carrier }}}}{{% endif %}}{{% if b2b_tracking_number %}}, tracking number <b>{{{{ b2b_tracking_number }}}}</b>{{% endif %}}:</p>
{BOXED}
{{% if following %}}<p>Still to follow:</p>
<table border="0" cellpadding="4" cellspacing="0">
{{% for row in following %}}{{% for part in row.parts %}}<tr><td align="right">{{{{ frappe.format(part.qty, {{"fieldtype": "Float"}}) }}}} {{{{ _(row.stock_uom) }}}}</td><td>{{{{ row.item_name }}}}</td><td>{{% if part.ready %}}ready, ships next{{% elif part.when %}}{{{{ frappe.utils.formatdate(part.when) }}}}{{% else %}}date not known yet{{% endif %}}</td></tr>
{{% endfor %}}{{% endfor %}}</table>{{% endif %}}{ENDING}
<p>The packing slip is attached.</p>
{BYE}
""",
	),
	"Wholesale Invoice": (
		"Invoice {{ name }}",
		f"""{HELLO}
<p>our invoice {{{{ name }}}}{{% if po_no %}} for your order {{{{ po_no }}}}{{% endif %}} over {{{{ grand_total }}}} is attached.
{{% if outstanding %}}Please pay {{{{ outstanding }}}} by {{{{ due }}}}.{{% else %}}It is paid already, thank you.{{% endif %}}</p>
{BYE}
""",
	),
	"Wholesale Pro Forma": (
		"Pro forma {{ name }} for your order {{ po_no or sales_order }}",
		f"""{HELLO}
<p>thank you for your order{{% if po_no %}} {{{{ po_no }}}}{{% endif %}}, which has our number {{{{ sales_order }}}}.
{{% if kind == "Deposit" %}}We pack it once the deposit has arrived.{{% elif kind == "Per Shipment" %}}We ship as much of it as has been paid.{{% else %}}We pack it once it has been paid.{{% endif %}}</p>
<p>Please pay <b>{{{{ outstanding }}}}</b>{{% if valid_until %}} by {{{{ valid_until }}}}{{% endif %}} and give the reference <b>{{{{ payment_reference }}}}</b>.
Our bank details are on the pro forma, which is attached.</p>
{BYE}
""",
	),
	"Wholesale Pro Forma Expired": (
		"Pro forma {{ name }} has expired",
		f"""{HELLO}
<p>we have not received {{{{ outstanding }}}} for your order {{{{ po_no or sales_order }}}} by {{{{ valid_until }}}}, and no longer keep its goods.
Your order stands: as soon as the payment arrives it is in line again for what is there. Please tell us if you need more time.</p>
{BYE}
""",
	),
	"Wholesale Order Held": (
		"Your order {{ po_no or name }} is waiting",
		f"""{HELLO}
<p>your order {{{{ po_no or name }}}} cannot ship yet: {{{{ reason }}}}</p>
{{% if release %}}<p>{{{{ release }}}}</p>{{% endif %}}
{BYE}
""",
	),
	"Wholesale Order Released": (
		"Your order {{ po_no or name }} goes on",
		f"""{HELLO}
<p>nothing stands in the way of your order {{{{ po_no or name }}}} any more. It ships as soon as its goods are there.</p>
{BYE}
""",
	),
	"Wholesale Units Cancelled": (
		"Cancelled on your order {{ po_no or name }}",
		f"""{HELLO}
<p>we do not deliver this of your order {{{{ po_no or name }}}}:</p>
{TOLD}
<p>If you still need it, please order it again or tell us.</p>
{BYE}
""",
	),
	"Wholesale Units Restored": (
		"Back on your order {{ po_no or name }}",
		f"""{HELLO}
<p>this was cancelled on your order {{{{ po_no or name }}}}, and is on it again:</p>
{TOLD}
<p>It ships as soon as it is there.</p>
{BYE}
""",
	),
}
