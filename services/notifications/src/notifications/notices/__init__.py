"""Notices: what somebody has to be told, and whether that is done."""
