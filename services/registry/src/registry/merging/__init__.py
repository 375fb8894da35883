"""Making one of two entries."""
