"""Fulfilment Policies at work."""

from .deciding import decisions, policy_of

__all__ = ["decisions", "policy_of"]
