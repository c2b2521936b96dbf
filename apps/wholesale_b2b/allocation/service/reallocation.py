"""Moving units by hand: take them from one order line, or from what nobody has, and give them to another."""

from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cint, flt

from wholesale_b2b import busy
from wholesale_b2b.allocation.rules import handover
from wholesale_b2b.allocation.rules.handover import Move, Refused
from wholesale_b2b.allocation.service import board as boards
from wholesale_b2b.allocation.service import planning, preview
from wholesale_b2b.allocation.service.marking import ATTEMPTS, allocated, wake_worker
from wholesale_b2b.allocation.service.run import run
from wholesale_b2b.allocation.store import answers, keyring, locks, reads, sources
from wholesale_b2b.allocation.store import board as store
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.figures import plain

# What of a change names an order.
WHOSE = ("sales_order", "beneficiary")


@dataclass(frozen=True)
class Wish:
	"""What a person asks for. supply: as the board names it. qty: in the stock UOM. from_line: None for free units."""

	item_code: str
	supply: str
	to_line: str
	qty: float
	from_line: str | None = None


def reallocate(wish: Wish, reason: str, idempotency_key: str) -> dict:
	"""Move the units, in a transaction of this request, and answer with what that changed.

	Returns run (the Allocation Run) and `changes`: a dict per order line with the keys of `store.board.CHANGE`; what would
	name an order that the user may not see is None. The same idempotency key again answers the same and changes nothing,
	as long as Allocation Runs are kept. Raises frappe.ValidationError for a move that cannot be made, with what could be;
	and for a key that was used for another.
	"""
	reason, key = (reason or "").strip(), (idempotency_key or "").strip()
	if not reason:
		frappe.throw(_("Say why the units are moved; the order that loses them is told."))
	if not 0 < len(key) <= 140:
		frappe.throw(_("idempotency_key is missing or longer than 140 characters."))
	for attempt in range(ATTEMPTS):
		try:
			locks.ask_for_fresh_reads()
			return _reallocate(wish, reason, key)
		except busy.BUSY:
			frappe.db.rollback()
			if attempt + 1 == ATTEMPTS:
				raise
			busy.pause(attempt)
		except Exception as error:
			# The same key came twice at the same moment, for different units.
			if not frappe.db.is_unique_key_violation(error) or attempt + 1 == ATTEMPTS:
				raise
			frappe.db.rollback()


def _reallocate(wish: Wish, reason: str, key: str) -> dict:
	if done := store.run_of(key):
		return _answer(_same(done, wish, reason))
	move, keys = _move(wish), _keys(wish)
	locks.lock_bins(keys)
	# Whoever sent the same request held these Bins until now.
	if done := store.run_of(key):
		return _answer(_same(done, wish, reason))
	cause = _("Manual move by {0}").format(frappe.utils.get_fullname())
	steer = planning.Steer(
		moves=(move,), run_type="Manual Move", reason=reason, idempotency_key=key, why=_why(wish, reason)
	)
	try:
		outcome = run(keys, cause, steer=steer)
	except Refused as refused:
		_refuse(refused, wish)
	if outcome.postponed:
		frappe.db.after_commit.add(wake_worker)
	return _answer(outcome.name)


def foresee(wish: Wish) -> dict:
	"""What such a move would change; nothing is written. most: units that could be moved at all.

	Returns most, refused (why it cannot be made, None if it can) and `changes` as `reallocate` answers, each with the
	customer's name.
	"""
	move, keys = _move(wish), _keys(wish)
	world = preview.look(keys)
	lines, supplies = planning.demands(world), planning.supplies(world)
	fitted = planning.decide(world)[0].pegs
	answer = {"most": float(handover.most(move, lines, supplies, fitted)), "refused": None, "changes": []}
	try:
		changes = preview.foresee(world, planning.Steer(moves=(move,))).changes
	except Refused as refused:
		return {**answer, "refused": _sentence(refused, wish)}
	details = store.lines(change["sales_order_item"] for change in changes)
	for change in changes:
		row = {name: _plain(change[name]) for name in store.CHANGE}
		row["customer_name"] = details[change["sales_order_item"]]["customer_name"]
		answer["changes"].append(row)
	_hide(answer["changes"])
	return answer


def orders_of(wish: Wish) -> set[str]:
	"""The Sales Orders that a move concerns. Raises ValidationError for a line that is none of this item's."""
	details = store.lines(filter(None, (wish.from_line, wish.to_line)))
	for line in filter(None, (wish.from_line, wish.to_line)):
		if line not in details:
			frappe.throw(_("There is no order line {0}. Load the board again.").format(line))
	return {row["sales_order"] for row in details.values()}


def _plain(value: object) -> object:
	return float(value) if isinstance(value, Decimal) else value


def _move(wish: Wish) -> Move:
	uom = answers.item_uoms([wish.item_code]).get(wish.item_code)
	if not uom:
		frappe.throw(_("There is no Item {0}.").format(wish.item_code), frappe.DoesNotExistError)
	if not 0 < flt(wish.qty) < 1e12:
		frappe.throw(_("{0} is not a quantity; give a number above zero.").format(wish.qty))
	qty = reads.units(flt(wish.qty))
	if qty % 1 and cint(frappe.get_cached_value("UOM", uom, "must_be_whole_number")):
		frappe.throw(_("{0} is not a whole number of {1}.").format(plain(wish.qty), uom))
	return Move(wish.supply, wish.to_line, qty, wish.from_line or None)


def _keys(wish: Wish) -> set[Key]:
	"""All keys that the move may concern: of the supply, and wherever the two lines are or have pegs."""
	own = {supply_key(wish.item_code, wish.supply)}
	details = store.lines(filter(None, (wish.from_line, wish.to_line)))
	pegged = keyring.line_keys({*details, *(row["row"] for row in details.values())})
	keys = allocated(own | {key for key in pegged if key[0] == wish.item_code})
	if not own & keys:
		frappe.throw(
			_("{0} is not allocated there: it is no stock item, or the company is not switched on.").format(
				wish.item_code
			)
		)
	return keys


def supply_key(item: str, supply: str) -> Key:
	"""The key of a supply as the board names it. Raises ValidationError for one that is not there."""
	head, _line, tail = supply.partition("\n")
	if head == item and frappe.db.exists("Warehouse", tail):
		return item, tail
	row = next((row for row in sources.inbound((), (), {head: [tail]}) if row.id == supply), None)
	if not row or row.key[0] != item:
		frappe.throw(_("This supply is not there any more. Load the board again."))
	return row.key


def _why(wish: Wish, reason: str) -> dict[str, str]:
	"""What the Allocation Changes of the two lines name as the rule."""
	rule = _("Moved by hand: {0}").format(reason)
	return dict.fromkeys(filter(None, (wish.from_line, wish.to_line)), rule)


def _same(done: str, wish: Wish, reason: str) -> str:
	"""The run of an earlier request, if it asked for just this."""
	asked = (wish.from_line or None, wish.to_line, reads.units(flt(wish.qty)), wish.supply, reason)
	for row in store.moves(done):
		supply = "\n".join(
			(row.supply_type, row.supply_row) if row.supply_type else (row.item_code, row.warehouse)
		)
		if (row.from_line or None, row.to_line, reads.units(row.qty), supply, row.reason) == asked:
			return done
	frappe.throw(_("This idempotency key was used for another move. Send a new key with a new move."))


def _answer(run_name: str) -> dict:
	changes = store.changes(run_name)
	_hide(changes)
	return {"run": run_name, "changes": changes}


def _hide(changes: list[dict]) -> None:
	"""Blank whose the lines are of orders that the user may not see."""
	known = boards.visible(row[field] for row in changes for field in WHOSE if row[field])
	for row in changes:
		if row["sales_order"] not in known:
			row.update(dict.fromkeys(("sales_order", "sales_order_item", "packed_item")))
			if "customer_name" in row:
				row["customer_name"] = boards.unseen()
		if row["beneficiary"] not in known:
			row["beneficiary"] = None


# ---- what to say ------------------------------------------------------------------------------------------------


def _refuse(refused: Refused, wish: Wish) -> None:
	frappe.throw(_sentence(refused, wish), title=_("Units Not Moved"))


def _sentence(refused: Refused, wish: Wish) -> str:
	details = store.lines(filter(None, (wish.from_line, wish.to_line)))
	taker = details.get(wish.to_line, {}).get("sales_order", wish.to_line)
	giver = details.get(wish.from_line, {}).get("sales_order", wish.from_line)
	qty, left = f"{refused.move.qty.normalize():f}", f"{refused.left.normalize():f}"
	return {
		handover.NO_QUANTITY: _("Fill in how many units are to be moved: a number above zero."),
		handover.UNKNOWN_SUPPLY: _("This supply is not there any more. Load the board again."),
		handover.UNKNOWN_TAKER: _("{0} asks for nothing of this item any more. Load the board again."),
		handover.UNKNOWN_GIVER: _("{1} has nothing of this supply any more. Load the board again."),
		handover.SAME_LINE: _("The units are that line's already. Choose another order to give them to."),
		handover.WRONG_PLACE: _(
			"{0} is not delivered from that warehouse. Move the goods, or change the order's row."
		),
		handover.FROZEN: _(
			"{3} of these units of {1} can be moved; the others are on an open pick list, bound to serial or batch"
			" numbers, or in somebody's hands. Cancel the pick list first."
		),
		handover.TOO_MANY: _("{1} has only {3} units there to give, {2} were to be moved."),
		handover.NOT_FREE: _("Only {3} units are free there, {2} were to be moved."),
		handover.NEEDS_LESS: _("{0} can use {3} more units from there, {2} were to be moved."),
	}[refused.reason].format(taker, giver, qty, left)
