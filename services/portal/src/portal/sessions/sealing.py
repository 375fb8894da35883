"""What only a cookie's holder can open: the database keeps a hash of the secret, and texts sealed with it."""

import hashlib
from typing import TypeVar

from joserfc import jwe
from joserfc.jwk import OctKey
from pydantic import BaseModel

T = TypeVar("T", bound=BaseModel)
_ALGORITHMS = ["dir", "A256GCM"]


def hash_of(purpose: str, secret: str) -> bytes:
    """Plain SHA-256: the secrets are random and long. `purpose` keeps hashes of the same secret apart."""
    return hashlib.sha256(f"{purpose} {secret}".encode()).digest()


def seal(secret: str, content: BaseModel) -> str:
    """An encrypted token (RFC 7516) that `unseal` opens with the same secret."""
    header = {"alg": "dir", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, content.model_dump_json().encode(), _key(secret), algorithms=_ALGORITHMS)


def unseal(secret: str, sealed: str, kind: type[T]) -> T:
    """The content of a text that was sealed with this secret. Raises `JoseError` for any other."""
    plain = jwe.decrypt_compact(sealed, _key(secret), algorithms=_ALGORITHMS).plaintext
    return kind.model_validate_json(plain or b"")


def _key(secret: str) -> OctKey:
    return OctKey.import_key(hash_of("tokens", secret))
