"""The yearly question whether an organisation's entry still holds."""
