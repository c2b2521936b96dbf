"""The hold rules that look at the account itself, at its licence, and at what people have decided."""

from collections.abc import Sequence

from frappe import _
from frappe.utils import format_date, getdate

from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule
from wholesale_b2b.fulfilment.holds.service import facts


class AccountStatus(HoldRule):
	"""An account that is on hold or closed."""

	kind = "Account Status"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return facts.by_account(names, lambda accounts: self.accounts(accounts, lock))

	def accounts(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		found = {}
		for name, known in facts.terms(names, lock).items():
			if known.status in ("On Hold", "Closed"):
				reason = _("the account {0} is {1}: {2}").format(
					name, _(known.status).lower(), known.status_reason
				)
				release = _("The status of the Trade Account is set back to Active.")
				found[name] = Hold(self.kind, reason, release, "Wholesale Manager")
		return found


class Licence(HoldRule):
	"""An account that needs a licence and has none that is valid today."""

	kind = "Licence"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return facts.by_account(names, lambda accounts: self.accounts(accounts, lock))

	def accounts(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		found = {}
		for name, (gap, expiry) in facts.licence_gaps(names, getdate(), lock).items():
			if gap == "expired":
				reason = _("the licence of {0} has expired on {1}").format(name, format_date(expiry))
			else:
				reason = _("{0} has no licence on file").format(name)
			release = _("A valid licence is entered on the Trade Account.")
			found[name] = Hold(self.kind, reason, release, "Sales Manager")
		return found


class HeldInERPNext(HoldRule):
	"""An order that was put on hold by ERPNext's own *Hold*."""

	kind = "On Hold"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		hold = Hold(
			self.kind, _("the order was put on hold"), _("Resume the order (Status > Resume)."), "Sales User"
		)
		return dict.fromkeys(facts.on_hold(names), hold)


class ByHand(HoldRule):
	"""What a person holds, an order or all of an account, until a person releases it."""

	kind = "Set by Hand"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return {name: self._hold(row) for name, row in facts.by_hand(names, lock).items()}

	def accounts(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return {name: self._hold(row) for name, row in facts.accounts_by_hand(names, lock).items()}

	def _hold(self, row) -> Hold:
		return Hold(
			self.kind, row.reason, _("It is released by hand."), row.release_role or "Wholesale Manager"
		)
