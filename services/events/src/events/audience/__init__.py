"""Who there is to invite: what this service knows of the registry, ids only."""
