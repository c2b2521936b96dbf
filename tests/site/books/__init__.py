"""Accounting packages to test against: each a world of its own that the sync talks to as it would to the real one."""

from books.accountsiq import AccountsIQWorld
from books.files import FileWorld
from books.iplicit import IplicitWorld
from books.quickbooks import QuickBooksWorld
from books.sage import SageWorld
from books.xero import XeroWorld
from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.service import registry

WORLDS = {
	world.provider: world
	for world in (FileWorld, XeroWorld, QuickBooksWorld, SageWorld, IplicitWorld, AccountsIQWorld)
}
# Those that are called over the network.
SERVERS = {provider: world for provider, world in WORLDS.items() if hasattr(world, "fail")}
# Those that take no refunds from outside: a person is told to enter them there.
NO_REFUNDS = ("AccountsIQ",)


def opened(world, **fields):
	"""A world with a connection to it, for a fixture. The pace of calls is left out, so that nobody waits."""
	kind = registry.kind_of(world.provider)
	limit, kind.limit = kind.limit, Limit(0)
	world.start()
	try:
		world.connected(**fields)
		yield world
		world.off()
	finally:
		kind.limit = limit
		world.stop()
