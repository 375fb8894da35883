"""Municipal mergers: a new municipality takes over the villages of old ones, on a day."""
