"""Meetings in people's calendar programs: feeds of a network, a village, a field, and everybody's own."""
