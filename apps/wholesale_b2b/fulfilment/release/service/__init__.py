"""Lists made by themselves, what is picked short, and lists that follow their orders."""
