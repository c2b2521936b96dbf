"""One folder for each accounting package: `client` (transport), `mapping` (both ways), `connector` (what it can do).

Nothing here knows Frappe: a connector is handed what it needs (`base.Access`) and answers in the words of `rules.papers`.
"""
