"""Once a year each organisation says whether its entry still holds; who is silent stands on a list."""
