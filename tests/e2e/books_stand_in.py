"""A stand-in for an accounting package, for browser tests: a process of the bench's Python, told what happens by lines of JSON.

`python -m tests.e2e.books_stand_in SITE PROVIDER` says where it is and how it is let in, then answers each line
{"do": method of the world, "with": arguments} with what came of it.
"""

import json
import os
import sys

from tools import paths

sys.path.insert(0, str(paths.ROOT / "tests" / "site"))


def main(site: str, provider: str) -> None:
	import frappe

	os.chdir(paths.SITES)
	frappe.init(site=site, sites_path=str(paths.SITES))
	frappe.connect()
	from books import SERVERS

	world = SERVERS[provider]()
	world.start()
	try:
		said(world.access())
		frappe.db.commit()
		for line in sys.stdin:
			wanted = json.loads(line)
			said(getattr(world, wanted["do"])(*wanted["with"]))
	finally:
		world.stop()


def said(value: object) -> None:
	print(json.dumps(value, default=vars_of), flush=True)


def vars_of(value: object) -> object:
	return vars(value) if hasattr(value, "__dict__") else str(value)


if __name__ == "__main__":
	main(*sys.argv[1:])
