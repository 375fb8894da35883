"""Gebiet: municipalities, villages, networks and who belonged where when."""
