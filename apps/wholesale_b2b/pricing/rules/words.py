"""The words in which pricing speaks: they stand in DocTypes, decisions and answers alike."""

# Where a price comes from. Other apps' sources bring labels of their own.
OVERRIDE = "Override"
NET_PRICE = "Net Price"
TIER_LIST = "Tier Price List"
TIER_DISCOUNT = "Tier Discount"
TIER_PRICE = "Tier Price"
BREAK = "Quantity Break"
PROMOTION = "Promotion"
PRICE_LIST = "Price List"
NOTHING = ""
# Agreed before: kept as it is.
QUOTATION = "Quotation"
ORIGINAL = "Original Document"
BLANKET_ORDER = "Blanket Order"

# What a tier says of ERPNext's Pricing Rules.
NO_PROMOTIONS = "No Promotions"
INSTEAD = "Instead of Tier Prices"
ON_TOP = "On Top of Tier Prices"

# What a row of a tier is about.
ITEM = "Item Code"
GROUP = "Item Group"
BRAND = "Brand"
EVERYTHING = "All Items"
# The field in which a row of a tier, or a Pricing Rule, names it.
TARGETS = {ITEM: "item_code", GROUP: "item_group", BRAND: "brand"}

# How a floor is set.
BY_MARGIN = "Margin"
BY_COST = "Cost"

# What an item says of quantities that are no full cases.
ROUND_UP = "Round Up"
REFUSE = "Refuse"

# What became of something that was considered.
WON = "won"
LOST = "lost"
NOTE = "note"
