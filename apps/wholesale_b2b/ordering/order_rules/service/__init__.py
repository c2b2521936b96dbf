"""Order Rules at work: an order follows the first rule that it matches; a changed rule is put to all open orders."""

from .conditions import check_condition
from .evaluation import evaluate, naming_a_tier, sourcing, test
from .explain import explain
from .remarks import remark

__all__ = ["check_condition", "evaluate", "explain", "naming_a_tier", "remark", "sourcing", "test"]
