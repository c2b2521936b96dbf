"""Dispatch Invoices: queued at dispatch, made by a worker."""

from wholesale_b2b.credit.invoicing.service.making import work
from wholesale_b2b.credit.invoicing.service.queue import (
	invoice_cancelled,
	invoice_submitted,
	note_cancelled,
	note_submitted,
	queue_missed,
	retry,
)

__all__ = [
	"invoice_cancelled",
	"invoice_submitted",
	"note_cancelled",
	"note_submitted",
	"queue_missed",
	"retry",
	"work",
]
