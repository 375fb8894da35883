"""Requests for help: somebody is asked, learns the answer, or is thanked."""
