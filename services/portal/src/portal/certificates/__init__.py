"""Certificates of conduct that were inspected."""
