"""When somebody else was first: a deadlock, or a lock that was waited for too long. The work is rolled back and done again."""

from random import random
from time import sleep

import frappe

BUSY = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)


def pause(attempt: int) -> None:
	"""Wait before the next attempt: from 0.05 seconds after the first (attempt 0), twice as long each time, and up to as
	much again by chance, so that two who met do not meet again."""
	sleep(0.05 * 2**attempt * (1 + random()))
