// Only what is sent into transit is still to come.
wholesale_b2b.show_who_waits("Stock Entry", (doc) => Boolean(doc.add_to_transit));
