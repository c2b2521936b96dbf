"""From the picked list to the Delivery Note, its papers, and the answer to what became of an order."""
