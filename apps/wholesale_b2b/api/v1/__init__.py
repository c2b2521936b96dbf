"""The REST door, version 1: `/api/method/wholesale_b2b.api.v1.<name>`."""

from wholesale_b2b.api.v1.stock import availability, order_allocation, promise, purchase_order_allocation

__all__ = ["availability", "order_allocation", "promise", "purchase_order_allocation"]
