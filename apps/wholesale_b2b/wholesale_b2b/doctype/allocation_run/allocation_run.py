"""What a run changed; and, made by a person, a re-sequencing: who is to gain and who is to give up."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import make_autoname

from wholesale_b2b.allocation.service import resequencing

RESEQUENCING = "Re-Sequencing"
ASKED = ("company", "item_code", "item_group", "brand", "warehouse")
OPEN = ("Draft", "Simulated")


class AllocationRun(Document):
	def autoname(self) -> None:
		self.name = make_autoname("RSQ-.YYYY.-.#####")

	def before_insert(self) -> None:
		"""Other runs are logged by the engine: what a person makes is a re-sequencing."""
		self.update({"run_type": RESEQUENCING, "status": "Draft"})
		for field in (
			"simulation",
			"memory",
			"undone",
			"undo_run",
			"simulated_at",
			"applied_at",
			"undone_at",
		):
			self.set(field, None)
		self.set("changes", [])
		self.set("moves", [])

	def validate(self) -> None:
		if self.run_type != RESEQUENCING:
			frappe.throw(
				_("{0} is the record of what the engine did: it cannot be changed.").format(self.name)
			)
		self._require_words()
		before = self.get_doc_before_save()
		if before:
			self._keep_what_the_engine_wrote(before)
			if self._asks(self) != self._asks(before):
				self._ask_anew()
		self.cause = self.reason[:140]
		resequencing.check(self)

	def on_trash(self) -> None:
		if self.run_type == RESEQUENCING and self.status not in OPEN:
			frappe.throw(
				_("{0} has changed promises and stays as the record of it.").format(self.name),
				title=_("Not Deleted"),
			)

	def onload(self) -> None:
		self.set_onload("is_dead", resequencing.is_dead(self))
		# What a form shows of them it asks for.
		for field in ("simulation", "memory", "undone"):
			self.set(field, None)

	def _require_words(self) -> None:
		for field in ("company", "reason"):
			if not self.get(field):
				frappe.throw(
					_("Fill in {0}.").format(frappe.bold(_(self.meta.get_label(field)))),
					frappe.MandatoryError,
				)

	def _keep_what_the_engine_wrote(self, before: Document) -> None:
		"""Only what is asked for comes from the form."""
		mine = {*ASKED, "reason", "segments"}
		for field in self.meta.fields:
			if field.fieldname not in mine and field.fieldtype not in frappe.model.no_value_fields:
				self.set(field.fieldname, before.get(field.fieldname))
		self.set("changes", before.changes)
		self.set("moves", before.moves)

	def _ask_anew(self) -> None:
		if self.status not in OPEN:
			frappe.throw(
				_("{0} is {1}: what it did cannot be changed any more. Make a new one.").format(
					self.name, _(self.status)
				)
			)
		self.update({"status": "Draft", "simulation": None, "simulated_at": None, "error": None})

	def _asks(self, doc: Document) -> tuple:
		fields = [field.fieldname for field in frappe.get_meta("Allocation Run Segment").fields]
		return (
			[doc.get(field) or None for field in ASKED],
			[[str(row.get(field) or "") for field in fields] for row in doc.segments],
		)


def _open(name: str, permission: str = "write") -> Document:
	doc = frappe.get_doc("Allocation Run", name)
	doc.check_permission(permission)
	return doc


@frappe.whitelist(methods=["POST"])
def simulate(name: str) -> str:
	"""Find out what a run would change, without changing it; its state. Needs write on the run."""
	return resequencing.start(_open(name).name, "simulate")


@frappe.whitelist(methods=["POST"])
def apply(name: str) -> str:
	"""Do what was simulated; its state. Needs write on the run."""
	return resequencing.start(_open(name).name, "apply")


@frappe.whitelist(methods=["POST"])
def undo(name: str) -> str:
	"""Take back what was applied; its state. Needs write on the run."""
	return resequencing.start(_open(name).name, "undo")


@frappe.whitelist()
def result(name: str) -> dict:
	"""What the simulation found; `service.resequencing.result` describes it. Needs read on the run."""
	return resequencing.result(_open(name, "read").name)
