"""Stock Protections: what may not stand, and what a change asks of the engine."""

from collections.abc import Iterable

from frappe import _
from frappe.model.document import Document

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.store import protections as store


def overlapping(doc: Document) -> str | None:
	"""Another enabled Stock Protection for the same stock and segment with overlapping dates."""
	return store.overlapping(doc)


def changed(versions: Iterable[Document], name: str) -> None:
	"""Mark what a protection covers: as it was before a change, and as it is now; versions that are off mark nothing."""
	keys = {key for doc in versions if doc and doc.enabled for key in store.keys_of(doc)}
	marking.mark(keys, _("Stock Protection {0}").format(name))
