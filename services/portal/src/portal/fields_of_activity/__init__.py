"""Einsatzfelder: the district's own list."""
