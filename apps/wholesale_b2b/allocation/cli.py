"""`bench --site SITE wholesale-export-plan`: the site's demand and supply as files for a plan without a site."""

from pathlib import Path

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("wholesale-export-plan")
@click.option("--company", help="Default: the companies that are switched on, else all")
@click.option(
	"--out",
	"folder",
	type=click.Path(file_okay=False, path_type=Path),
	default="plan-export",
	show_default=True,
	help="Folder of the files, made if missing; relative to the bench's sites folder",
)
@pass_context
def export_plan(context, company: str | None, folder: Path) -> None:
	"""Write demand.csv, supply.csv, kept.csv and protections.csv of a site, to plan and compare strategies without it.

	Only reads; shows how to plan the files by the site's own rules.
	"""
	from wholesale_b2b.allocation.service import export

	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		if "wholesale_b2b" not in frappe.get_installed_apps():
			raise click.ClickException(f"Wholesale B2B is not installed on site {frappe.local.site}.")
		found = export.write(folder, company)
	except frappe.DoesNotExistError as error:
		raise click.ClickException(frappe.utils.strip_html(str(error))) from error
	except OSError as error:
		raise click.ClickException(f"{error.filename or folder}: {error.strerror}") from error
	finally:
		frappe.destroy()
	click.echo(
		f"{folder.resolve()}: {len(found.lines)} lines in demand.csv, {len(found.supplies)} supplies in supply.csv, "
		f"{len(found.kept)} promises in kept.csv, {len(found.protections)} in protections.csv.\n"
		"By the site's own rules, in that folder:\n"
		f"  {' '.join(_plan_words(found))}"
	)


def _plan_words(found) -> list[str]:
	"""The command that plans the files as the site would."""
	words = [
		"python -m wholesale_b2b.allocation plan --demand demand.csv --supply supply.csv --kept kept.csv"
	]
	if found.protections:
		words.append("--protections protections.csv")
	words.append(f'--date-rule "{found.date_rule}"')
	if found.horizon_days is not None:
		words.append(f"--horizon {found.horizon_days}")
	return words


commands = [export_plan]
