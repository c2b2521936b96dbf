"""Return Policies at work: found, followed and checked on returns by Delivery Note, Sales Invoice and till."""

from .approving import approve
from .judging import follow, refuse_unapproved
from .money import reckon
from .policies import check

__all__ = ["approve", "check", "follow", "reckon", "refuse_unapproved"]
