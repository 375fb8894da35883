"""Names on public pages, of people who agreed to it."""
