"""Re-sequencing: dealing stock out again on purpose, simulated first, applied and undone as one run."""

from wholesale_b2b.allocation.service.resequencing.actions import is_dead, start, work
from wholesale_b2b.allocation.service.resequencing.scope import check
from wholesale_b2b.allocation.service.resequencing.simulate import known, result

__all__ = ["check", "is_dead", "known", "result", "start", "work"]
