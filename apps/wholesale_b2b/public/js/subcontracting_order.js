wholesale_b2b.show_who_waits("Subcontracting Order");
