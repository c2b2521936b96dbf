"""Which batches and serial numbers go out: reserved by quantity, bound at picking."""
