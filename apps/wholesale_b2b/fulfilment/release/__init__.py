"""Released work becomes Pick Lists by itself; what is picked short goes back; lists follow their orders."""
