"""Reminders of tasks that meetings gave, and of minutes that are missing."""
