"""Codes on certificates: easy to read aloud and to type, impossible to guess; and names that only a code unlocks."""

import hashlib
import hmac
import re
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 and O, 1, I and L, which look alike on paper."""

LENGTH = 28
"""Letters: 138 random bits."""


def new_code() -> str:
    """28 letters of `ALPHABET`, in capitals and without gaps."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """A code as it is compared: small letters, blanks and hyphens do not matter."""
    return re.sub(r"[\s\-–]", "", typed).upper()


def code_hash(code: str) -> bytes:
    """What is stored of a code. It has enough random bits that a plain hash cannot be searched."""
    return hashlib.sha256(code.encode()).digest()


def name_hash(code: str, name: str) -> bytes:
    """What is stored of a name: whoever does not hold the code cannot even try names (HMAC, RFC 2104)."""
    return hmac.digest(code.encode(), plain_name(name).encode(), "sha256")


def plain_name(name: str) -> str:
    """A name as it is compared: `ERNA  Müller-Voß` and `Erna Müller-Voss` are one."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", folded).split())
