"""Making one of two entries: the pages of staff."""
