"""`python -m wholesale_b2b.allocation plan …`: the planner on files, without a site and without Frappe."""

import sys

from wholesale_b2b.allocation.offline.cli import main

if __name__ == "__main__":
	sys.exit(main())
