"""Mutual help: what organisations need and offer, who could help, and who was asked."""
