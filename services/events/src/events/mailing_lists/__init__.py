"""Mailing lists of a network: organisations, contacts and volunteers whom its staff often invite together."""
