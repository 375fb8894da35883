"""Entries that are there twice: finding them, remembering which are not, and making one of two."""
