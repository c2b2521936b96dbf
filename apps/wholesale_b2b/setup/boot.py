"""What the desk is told when it opens."""

from wholesale_b2b.setup.switch import enabled_companies


def extend(bootinfo) -> None:
	"""`frappe.boot.wholesale_b2b.companies`: forms show our panels for these only."""
	bootinfo.wholesale_b2b = {"companies": sorted(enabled_companies())}
