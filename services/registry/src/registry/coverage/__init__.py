"""Which network covers which village, from when to when."""
