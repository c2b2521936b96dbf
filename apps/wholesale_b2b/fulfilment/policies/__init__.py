"""Fulfilment Policies at work: what of an order goes now, what waits for what, what is cancelled."""
