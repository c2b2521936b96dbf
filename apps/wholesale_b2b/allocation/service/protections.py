"""Stock Protections: what may not stand, and what a change asks of the engine."""

from collections.abc import Iterable

from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.store import protections as store
from wholesale_b2b.setup.switch import is_enabled


def overlapping(doc: Document) -> str | None:
	"""Another enabled Stock Protection for the same stock and segment with overlapping dates."""
	return store.overlapping(doc)


def remark(doc: Document) -> str:
	"""Why an enabled Stock Protection has nothing to protect as things are, or nothing to say."""
	if not doc.enabled:
		return ""
	if doc.valid_upto and getdate(doc.valid_upto) < getdate():
		return _("It ended on {0}.").format(formatdate(doc.valid_upto))
	if not is_enabled(doc.company):
		return _("Wholesale B2B is not switched on for {0}.").format(doc.company)
	if not store.covers_anything(doc):
		target = doc.get(store.TARGETS[doc.apply_on])
		return _("There is no stock item that is not disabled in {0} {1}.").format(_(doc.apply_on), target)
	return ""


def changed(versions: Iterable[Document], name: str) -> None:
	"""Mark what a protection covers: as it was before a change, and as it is now; versions that are off mark nothing."""
	keys = {key for doc in versions if doc and doc.enabled for key in store.keys_of(doc)}
	marking.mark(keys, _("Stock Protection {0}").format(name))
