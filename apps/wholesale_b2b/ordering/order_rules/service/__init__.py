"""Order Rules at work: an order follows the first rule that it matches; a changed rule is put to all open orders."""

from .conditions import check_condition
from .evaluation import evaluate, sourcing, test
from .explain import explain

__all__ = ["check_condition", "evaluate", "explain", "sourcing", "test"]
