"""When lists are made, what goes on which, in which units, and what a short pick gives back: plain decisions."""
