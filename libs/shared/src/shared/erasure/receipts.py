"""Receipts: what a service signs when it has forgotten somebody (JWS, RFC 7515), and how the registry checks it.

Each service has a key of its own, whose id begins with the service's name: nobody signs for another. A receipt names an
erasure, ids and numbers, never a person.
"""

import json
import time
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from pydantic import AfterValidator, BaseModel, BeforeValidator, SecretStr, ValidationError

from shared.access.tokens import ALGORITHM

TYPE = "dorfnetz-erasure+jwt"


class ReceiptRefused(Exception):
    """The receipt does not prove what it says. Not a `DomainError`: it is a consumer's, for the dead letters."""


class Receipt(BaseModel):
    """What a receipt says: `iss` is the service, `sub` the erasure, `iat` seconds since 1970."""

    iss: str
    sub: UUID
    person: UUID
    iat: int
    removed: dict[str, int]


def create_receipt_key(service: str) -> OKPKey:
    """A new private key for this service's receipts."""
    kid = f"{service}.{uuid4().hex}"
    return OKPKey.generate_key("Ed25519", {"kid": kid, "alg": ALGORITHM, "use": "sig"}, auto_kid=False)


def parse_receipt_key(value: SecretStr) -> OKPKey:
    """A private key as JWK. Raises `ValueError`, without anything of the value in its message."""
    try:
        key = OKPKey.import_key(json.loads(value.get_secret_value()))
        if not (key.is_private and key.curve_name == "Ed25519" and "." in (key.kid or "")):
            raise ValueError
    except (ValueError, TypeError, AttributeError, KeyError, JoseError):
        raise ValueError("not a private Ed25519 key in JWK form with a kid like events.…") from None
    return key


def _as_text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, Mapping) else value


def _checked(value: SecretStr | None) -> SecretStr | None:
    if value is not None:
        parse_receipt_key(value)
    return value


def _checked_set(value: str | None) -> str | None:
    if value is not None:
        try:
            KeySet.import_key_set(json.loads(value))
        except (ValueError, TypeError, AttributeError, KeyError, JoseError):
            raise ValueError("not a JWK set") from None
    return value


PrivateReceiptKey = Annotated[SecretStr | None, BeforeValidator(_as_text), AfterValidator(_checked)]
"""A setting: the private key of one service."""

PublicReceiptKeys = Annotated[str | None, BeforeValidator(_as_text), AfterValidator(_checked_set)]
"""A setting of the registry: the public keys of all services, as JWK set."""


def sign_receipt(
    key: OKPKey,
    service: str,
    erasure_id: UUID,
    person_id: UUID,
    removed: Mapping[str, int],
    *,
    now: float | None = None,
) -> str:
    """A compact JWS."""
    receipt = Receipt(
        iss=service,
        sub=erasure_id,
        person=person_id,
        iat=int(now if now is not None else time.time()),
        removed=dict(removed),
    )
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": TYPE}
    return jws.serialize_compact(header, receipt.model_dump_json().encode(), key, algorithms=[ALGORITHM])


def verify_receipt(keys: KeySet, text: str, service: str, erasure_id: UUID) -> Receipt:
    """What the receipt says. Raises `ReceiptRefused` unless this service signed it, for this erasure."""
    try:
        signed = jws.deserialize_compact(text, keys, algorithms=[ALGORITHM])
        header = signed.headers()
        receipt = Receipt.model_validate_json(signed.payload or b"")
    except (JoseError, ValidationError, ValueError, TypeError, KeyError) as error:
        raise ReceiptRefused from error
    kid = str(header.get("kid", ""))
    if header.get("typ") != TYPE or not kid.startswith(f"{service}."):
        raise ReceiptRefused
    if (receipt.iss, receipt.sub) != (service, erasure_id):
        raise ReceiptRefused
    return receipt
