"""Holds at work: what holds an order or an account, the documents that say so, and the veto."""

from .byhand import hold_account, hold_order, outlast, release, release_roles
from .judging import judge, judge_accounts
from .keeping import later, refresh, refresh_account
from .listing import kinds, list_held
from .showing import held_orders_of, of_account, of_document, of_order
from .veto import refuse, refuse_document, refuse_more, refuse_posting

__all__ = [
	"held_orders_of",
	"hold_account",
	"hold_order",
	"judge",
	"judge_accounts",
	"kinds",
	"later",
	"list_held",
	"of_account",
	"of_document",
	"of_order",
	"outlast",
	"refresh",
	"refresh_account",
	"refuse",
	"refuse_document",
	"refuse_more",
	"refuse_posting",
	"release",
	"release_roles",
]
