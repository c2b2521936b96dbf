"""Reads and writes of Fulfilment Policies: what orders are decided on, what is cancelled, what is asked of purchasing."""
