"""Clashes: what else is on the days of a meeting that somebody plans."""
