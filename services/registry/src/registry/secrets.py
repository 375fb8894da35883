"""Secrets that the registry gives out: long and random, and stored as hashes alone."""

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits, as text for addresses and forms."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """Plain SHA-256: what is random and long cannot be guessed from it, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
