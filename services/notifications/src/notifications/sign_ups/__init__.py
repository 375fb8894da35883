"""Sign-ups that their owners have to confirm."""
