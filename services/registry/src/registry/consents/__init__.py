"""Consents: what a person agreed to, in which words, since when, and how it was taken back."""
