"""Meetings: planning, publication, calendar."""
