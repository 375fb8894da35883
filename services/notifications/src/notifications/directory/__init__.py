"""The contact directory: how the people are reached that this service writes to."""
