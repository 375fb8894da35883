"""Invitations: who is asked to a meeting, and the answer."""
