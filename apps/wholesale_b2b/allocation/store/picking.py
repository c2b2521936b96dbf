"""What is on open pick lists, as pieces of queries. `row` is the Pick List Item, `pl` its Pick List."""

OPEN = "pl.docstatus < 2 and pl.purpose = 'Delivery' and pl.status not in ('Completed', 'Cancelled')"
ROWS = f"`tabPick List Item` row join `tabPick List` pl on pl.name = row.parent and {OPEN}"

# The demand line that a row picks for: a component of a bundle, or the order's own row.
LINE = "ifnull(nullif(row.product_bundle_item, ''), row.sales_order_item)"

# Stock units of a row that are still to leave: wanted on a draft, picked and not delivered on a submitted list.
LEFT = "(if(pl.docstatus = 1, row.picked_qty, row.stock_qty) - ifnull(row.delivered_qty, 0))"
