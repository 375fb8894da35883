"""The keys that access tokens are signed with: the first one signs, all of them are published.

They rotate in three steps, so that no service meets a token of a key that it cannot find, also where several processes
of the registry are restarted one after another: a new key is announced, then used, then the old one is retired.
"""

import json
from collections.abc import Callable, Sequence
from enum import StrEnum

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from shared.access.tokens import create_signing_key


class Step(StrEnum):
    """What to do next with the keys."""

    ANNOUNCE = "announce"  # publish a new key; the old one still signs
    USE = "use"  # sign with the newest; tokens of the old one hold
    RETIRE = "retire"  # the newest alone; after the lifetime of a token


def read_keys(text: str) -> list[OKPKey]:
    """One private key as JWK, or a set of them. Raises `ValueError`, which shows nothing of the text."""
    try:
        document = json.loads(text)
        keys = [OKPKey.import_key(entry) for entry in document.get("keys", [document])]
        if not keys or not all(key.is_private and key.curve_name == "Ed25519" and key.kid for key in keys):
            raise ValueError
    except (ValueError, TypeError, AttributeError, KeyError, JoseError):
        raise ValueError("not a private Ed25519 key in JWK form with a kid") from None
    return keys


def write_keys(keys: Sequence[OKPKey]) -> str:
    """As `read_keys` reads them."""
    documents = [key.as_dict(private=True) for key in keys]
    return json.dumps(documents[0] if len(documents) == 1 else {"keys": documents})


def rotate(keys: Sequence[OKPKey], step: Step) -> list[OKPKey]:
    """The keys after a step. A step that was done already changes nothing but `ANNOUNCE`, which adds another key."""
    steps: dict[Step, Callable[[], list[OKPKey]]] = {
        Step.ANNOUNCE: lambda: [*keys, create_signing_key()],
        Step.USE: lambda: [keys[-1], *keys[:-1]],
        Step.RETIRE: lambda: [keys[0]],
    }
    return steps[step]()
