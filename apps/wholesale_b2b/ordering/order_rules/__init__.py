"""Order Rules: how an order is treated, by the first rule that it matches."""
