"""The uploaded file as a table of texts."""

import hashlib
from io import BytesIO
from zipfile import BadZipFile

import frappe
from frappe import _

from ..rules import Table, read_csv, table_from_cells, unpack
from ..rules.table import Unreadable

WORKBOOK_MAGIC = b"PK\x03\x04"


def read_table(file_url: str, title: str | None = None) -> tuple[Table, str]:
	"""The table in an uploaded CSV, CSV.GZ or XLSX file, and a fingerprint of the file's bytes.

	Errors: `frappe.PermissionError` when the user may not read the file (a file's address is no pass to it);
	`frappe.ValidationError` with what to do when it is missing or cannot be read.
	"""
	content = _content(file_url, title or _("Order Import"))
	digest = hashlib.sha256(content).hexdigest()
	try:
		plain = unpack(content)
		table = _read_workbook(plain) if plain.startswith(WORKBOOK_MAGIC) else read_csv(plain)
	except Unreadable as error:
		frappe.throw(
			_("File {0} cannot be read: {1}").format(file_url, _(str(error))),
			title=title or _("Order Import"),
		)
	return table, digest


def attach(name: str, file_name: str, content: bytes) -> str:
	"""Attach a private file to the Order Import `name`; its address."""
	file = frappe.new_doc("File")
	file.update(
		{
			"file_name": file_name,
			"attached_to_doctype": "Order Import",
			"attached_to_name": name,
			"attached_to_field": "import_file",
			"is_private": 1,
			"content": content,
		}
	)
	return file.insert(ignore_permissions=True).file_url


def _content(file_url: str, title: str) -> bytes:
	names = frappe.get_all("File", filters={"file_url": file_url}, pluck="name")
	if not names:
		frappe.throw(
			_("File {0} is not on this site any more. Upload it again.").format(file_url),
			title=title,
		)
	# One file on disk can have several File documents; one that this user may read is enough.
	files = [frappe.get_doc("File", name) for name in names]
	file = next((file for file in files if file.has_permission("read")), None)
	if not file:
		frappe.throw(
			_("You may not read file {0}. Upload it yourself.").format(file_url), frappe.PermissionError
		)
	content = file.get_content()
	return content.encode() if isinstance(content, str) else content


def _read_workbook(content: bytes) -> Table:
	from openpyxl import load_workbook

	try:
		book = load_workbook(BytesIO(content), read_only=True, data_only=True)
	except (BadZipFile, KeyError, ValueError, OSError) as error:
		raise Unreadable("The workbook is damaged. Save it again as XLSX or CSV.") from error
	try:
		sheet = book.active
		if sheet is None:
			raise Unreadable("The workbook has no sheet.")
		return table_from_cells(enumerate(sheet.iter_rows(values_only=True), start=1))
	finally:
		book.close()
