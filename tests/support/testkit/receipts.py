"""The keys that services sign receipts of erasures with, made anew for each run."""

import json
from typing import Any

from shared.erasure import SERVICES
from shared.erasure.make_keys import public_set
from shared.erasure.receipts import create_receipt_key

KEYS = {service: create_receipt_key(service) for service in SERVICES}
PUBLIC = json.dumps(public_set(list(KEYS.values())))


def private_key(service: str) -> str:
    """The private key of a service as JWK."""
    return json.dumps(KEYS[service].as_dict(private=True))


def receipt_settings(service: str) -> dict[str, Any]:
    """What the settings of a service's worker need; the registry also knows the public keys of all."""
    public = {"receipt_keys": PUBLIC} if service == "registry" else {}
    return {"receipt_key": private_key(service), **public}


def receipt_variables() -> dict[str, str]:
    """The same as variables of the environment, for processes."""
    private = {f"DORFNETZ_{service.upper()}_RECEIPT_KEY": private_key(service) for service in SERVICES}
    return {**private, "DORFNETZ_RECEIPT_KEYS": PUBLIC}
