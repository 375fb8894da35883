"""Sign-ups of volunteers that nobody has confirmed yet."""
