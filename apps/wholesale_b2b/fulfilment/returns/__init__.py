"""What customers may send back, for how long, in which condition, where it goes, and what is kept of its price."""
