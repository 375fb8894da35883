"""Pages on which planners choose whom a meeting addresses, invite them, and keep the network's mailing lists."""
