"""Who speaks for a network: persons of the registry with a function, from a day to a day."""
