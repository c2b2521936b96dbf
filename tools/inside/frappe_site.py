"""Connect to a site from a script that runs in env/, with sites/ as the working folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import frappe


@contextlib.contextmanager
def connected(site: str) -> Iterator[None]:
	"""Work as Administrator; commit at the end, roll back on an error."""
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	try:
		yield
		frappe.db.commit()
	except BaseException:
		frappe.db.rollback()
		raise
	finally:
		frappe.destroy()
