"""Requests for help: somebody is asked, learns the answer or that it is taken back, or is thanked."""
