"""`bench --site SITE wholesale-import-orders FILE`: an Order Import from the command line."""

import sys
from pathlib import Path

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("wholesale-import-orders")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--template", help="Order Import Template: column mapping and rules")
@click.option("--company", help="Company of the orders; default: the site's")
@click.option("--warehouse", help="Warehouse of the orders; default: the site's default warehouse")
@click.option("--source", help="The system that gave the order numbers")
@click.option("--retail-customer", help="Customer of rows without an account")
@click.option("--create-items", is_flag=True, help="Create missing items, in --item-group")
@click.option("--item-group", default="Products", show_default=True)
@click.option("--create-customers", is_flag=True, help="Create missing customers, in --customer-group")
@click.option("--customer-group", default="Commercial", show_default=True)
@click.option("--territory", default="Rest Of The World", show_default=True)
@click.option(
	"--service", "services", multiple=True, metavar="CODE[=ITEM]", help="A code that is not goods; repeatable"
)
@click.option("--order-date", type=click.Choice(["file", "today"]), help="Default: the template's, else file")
@click.option("--user", default="Administrator", show_default=True, help="Whose orders they are")
@click.option("--preview", "preview_only", is_flag=True, help="Say what would be done; write no order")
@click.option(
	"--resume", metavar="NAME", help="Resume a stopped or failed Order Import instead of a new FILE"
)
@pass_context
def import_orders(
	context, file: Path | None, resume: str | None, preview_only: bool, user: str, **options
) -> None:
	"""Import the order lines of a CSV, CSV.GZ or XLSX FILE as submitted Sales Orders.

	Orders that an import has dealt with are left alone, so the same FILE again adds nothing. Ctrl-C stops after the
	order at hand. Exits with 1 when rows wait in the exceptions.
	"""
	if bool(file) == bool(resume):
		raise click.UsageError("Give either a FILE or --resume NAME.")
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		frappe.set_user(user)
		name = resume or _make_import(file, options)
		sys.exit(_preview(name) if preview_only else _run(name))
	except (frappe.ValidationError, frappe.PermissionError, frappe.DoesNotExistError) as error:
		frappe.db.rollback()
		raise click.ClickException(frappe.utils.strip_html(str(error))) from error
	finally:
		frappe.destroy()


def _make_import(file: Path, options: dict) -> str:
	from .store import files

	doc = frappe.new_doc("Order Import")
	doc.company = options["company"] or frappe.defaults.get_user_default("Company")
	doc.warehouse = options["warehouse"] or frappe.db.get_single_value("Stock Settings", "default_warehouse")
	if options["template"]:
		doc.template = options["template"]
	# The template fills in the rest as the document is saved; what the command line says goes before it.
	doc.insert()
	doc.import_file = files.attach(doc.name, file.name, file.read_bytes())
	for field in ("source", "retail_customer"):
		if options[field]:
			doc.set(field, options[field])
	if options["order_date"]:
		doc.order_date = "From File" if options["order_date"] == "file" else "Today"
	if options["create_items"]:
		doc.update(
			{"create_items": 1, "item_group": options["item_group"], "stock_uom": doc.stock_uom or "Nos"}
		)
	if options["create_customers"]:
		groups = {"customer_group": options["customer_group"], "territory": options["territory"]}
		doc.update({"create_customers": 1} | groups)
	for service in options["services"]:
		code, _equals, item = service.partition("=")
		doc.append("codes", {"code": code, "treatment": "Service Item", "item": item or None})
	doc.save()
	# The command is the request: the Order Import must outlive an import that fails.
	frappe.db.commit()
	return doc.name


def _preview(name: str) -> int:
	from . import service

	found = service.preview(name)
	for order in found["orders"]:
		click.echo(f"{order['order_no']:<16} {order['verdict']:<28} {order['to_order']}/{order['rows']} rows")
		for bad in order["exceptions"]:
			click.echo(f"  row {bad['row']}: {bad['message']}".replace("\n", " "))
	click.echo(
		f"{name}: {found['order_count']} orders, {found['rows']} rows: {found['rows_to_order']} to order, "
		f"{found['rows_to_exceptions']} to the exceptions; {found['new_items']} new items, "
		f"{found['new_customers']} new customers. Nothing was ordered yet."
	)
	return 0


def _run(name: str) -> int:
	from . import service

	service.start_here(name)
	with click.progressbar(length=1, label=name, show_pos=True, item_show_func=lambda words: words) as bar:

		def tell(figures: dict) -> None:
			bar.length = max(1, figures["total_orders"])
			bar.update(
				figures["orders_done"] + figures["orders_known"] - bar.pos, f"{figures['rows_ordered']} rows"
			)

		try:
			status = service.run(name, seconds=float("inf"), tell=tell)
		except KeyboardInterrupt:
			click.echo(f"\nStopped. Go on with: bench wholesale-import-orders --resume {name}", err=True)
			return 130
	if not status:
		raise click.ClickException(f"Order Import {name} is being worked on by another process.")
	doc = frappe.get_doc("Order Import", name)
	speed = doc.rows_ordered / doc.seconds if doc.seconds else 0
	click.echo(
		f"{name}: {status}. {doc.orders_created} orders with {doc.rows_ordered} rows created, {doc.orders_known} orders "
		f"known before, {doc.exceptions_open} rows in the exceptions. {doc.seconds:.1f} s, {speed:.0f} rows/s."
	)
	return 1 if doc.exceptions_open else 0


commands = [import_orders]
