"""Mutual help: what is needed and offered, who could help, where nobody could."""
