"""Order Import at work: preview, start, run, stop, resume, replay.

Each order is a transaction of its own: its Imported Order (the claim on its number), the Sales Order, and the
exceptions of its bad rows are committed together or not at all. So a killed worker leaves whole orders only, a
resumed run passes over what is claimed, and two imports of one file share its orders out between them.
"""

from .preview import preview
from .replay import dismiss, replay, replay_all, start_replay
from .runs import enqueue_next, is_dead, require_ready, run, start, start_here, stop
from .settings import apply_template, fill_columns, save_template

__all__ = [
	"apply_template",
	"dismiss",
	"enqueue_next",
	"fill_columns",
	"is_dead",
	"preview",
	"replay",
	"replay_all",
	"require_ready",
	"run",
	"save_template",
	"start",
	"start_here",
	"start_replay",
	"stop",
]
