"""What a file of order lines means, and what is to become of each order and row. Standard library only."""

from .codes import code_key, content_digest, ledger_key
from .model import (
	TARGETS,
	CustomerFacts,
	ItemFacts,
	KnownOrder,
	Line,
	Masters,
	Order,
	Policy,
	Problem,
	RawLine,
	Reason,
	Rejected,
	Table,
	Verdict,
)
from .table import guess_targets, map_rows, missing_targets, read_csv, table_from_cells, unpack
from .verdict import group_by_order, judge_order, wanted_codes

__all__ = [
	"TARGETS",
	"CustomerFacts",
	"ItemFacts",
	"KnownOrder",
	"Line",
	"Masters",
	"Order",
	"Policy",
	"Problem",
	"RawLine",
	"Reason",
	"Rejected",
	"Table",
	"Verdict",
	"code_key",
	"content_digest",
	"group_by_order",
	"guess_targets",
	"judge_order",
	"ledger_key",
	"map_rows",
	"missing_targets",
	"read_csv",
	"table_from_cells",
	"unpack",
	"wanted_codes",
]
