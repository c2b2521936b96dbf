"""What may ship, when, and why not: plain decisions, each with its reasons."""

from wholesale_b2b.fulfilment.rules.picking import spread, whole_bundles

__all__ = ["spread", "whole_bundles"]
