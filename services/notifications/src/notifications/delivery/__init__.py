"""Delivery: writing the mail of a notice and handing it to the mail server."""
