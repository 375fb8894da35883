"""Confirming entries once a year: by a mailed link without logging in, and the list of those who are silent."""
