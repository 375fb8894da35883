"""Action items: what somebody has to do after a meeting, until it is done."""
