"""Subscribing to meetings in a calendar program."""
