"""Entries that are likely there twice: the list for staff."""
