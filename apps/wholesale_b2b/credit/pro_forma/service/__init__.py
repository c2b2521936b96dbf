"""Pro formas at work: the gate before picking, the papers, the advances, the mail."""

from .advances import take_advances
from .gate import gates, room

__all__ = ["gates", "room", "take_advances"]
