"""`bench --site … wholesale-…` commands."""

import sys

import click
import frappe
from frappe.commands import get_site, pass_context

from wholesale_b2b.allocation import cli as allocation
from wholesale_b2b.ordering.order_import import cli as order_import


@click.command("wholesale-audit")
@pass_context
def wholesale_audit(context) -> None:
	"""Check every promise against stock, supply and demand; exit 1 with a list if one does not hold."""
	from wholesale_b2b.allocation.service import audit

	with frappe.init_site(get_site(context)):
		frappe.connect()
		failures = audit.run()
	for failure in failures:
		click.echo(failure)
	click.secho(
		f"{len(failures)} failed" if failures else "All promises hold.", fg="red" if failures else "green"
	)
	if failures:
		sys.exit(1)


commands = [wholesale_audit, *allocation.commands, *order_import.commands]
