"""Locks of the database server by name: for work that one process at a time may do, however many transactions it takes.

A lock belongs to the database connection: it outlives commits and rollbacks, and the server frees it at once when its
process is killed. Names are ours to choose; the same name on another site of the same server is another lock.
"""

from hashlib import sha256

import frappe


def claim(name: str) -> bool:
	"""Take a lock without waiting; whether it is ours now."""
	return frappe.db.sql("select get_lock(%s, 0)", [_on_server(name)])[0][0] == 1


def release(name: str) -> None:
	"""Give back a lock that is ours."""
	frappe.db.sql("select release_lock(%s)", [_on_server(name)])


def is_free(name: str) -> bool:
	"""Whether nobody has the lock."""
	return frappe.db.sql("select is_free_lock(%s)", [_on_server(name)])[0][0] == 1


def _on_server(name: str) -> str:
	# names are the server's, not the database's, and 64 characters at most
	return f"b2b {sha256(f'{frappe.conf.db_name}/{name}'.encode()).hexdigest()[:48]}"
