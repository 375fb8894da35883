"""New email addresses that their owners have to confirm."""
