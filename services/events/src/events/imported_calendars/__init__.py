"""Dates of somebody else's calendar, such as a municipality's, as meetings of a network."""
