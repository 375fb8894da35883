"""Registrations: who signed up for a meeting, and how many come."""
