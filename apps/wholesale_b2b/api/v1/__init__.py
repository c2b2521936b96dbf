"""The REST door, version 1: `/api/method/wholesale_b2b.api.v1.<name>`."""

from wholesale_b2b.api.v1.accounts import account_overview
from wholesale_b2b.api.v1.credit import credit
from wholesale_b2b.api.v1.picking import make_pick_lists
from wholesale_b2b.api.v1.prices import explain_prices, price, price_document, price_list
from wholesale_b2b.api.v1.queue import allocation_progress
from wholesale_b2b.api.v1.reallocation import board, explain_peg, preview_reallocation, reallocate
from wholesale_b2b.api.v1.returns import approve_return
from wholesale_b2b.api.v1.shipments import dispatch, order_status
from wholesale_b2b.api.v1.stock import (
	availability,
	order_allocation,
	promise,
	purchase_order_allocation,
	supply_allocation,
)

__all__ = [
	"account_overview",
	"allocation_progress",
	"approve_return",
	"availability",
	"board",
	"credit",
	"dispatch",
	"explain_peg",
	"explain_prices",
	"make_pick_lists",
	"order_allocation",
	"order_status",
	"preview_reallocation",
	"price",
	"price_document",
	"price_list",
	"promise",
	"purchase_order_allocation",
	"reallocate",
	"supply_allocation",
]
