"""Published profiles: names that stand on public pages because their owners agreed to it."""
