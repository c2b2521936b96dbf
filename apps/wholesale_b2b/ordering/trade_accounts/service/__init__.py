"""Trade Accounts at work: which account a document is on, and what the account's terms are."""

from .choosing import account_of, choice_for, settle
from .filling import fill_terms
from .reading import accounts_of_orders, judged_accounts, open_orders_of, remembered, terms

__all__ = [
	"account_of",
	"accounts_of_orders",
	"choice_for",
	"fill_terms",
	"judged_accounts",
	"open_orders_of",
	"remembered",
	"settle",
	"terms",
]
