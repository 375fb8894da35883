"""Make the keys of the receipts.

    python -m shared.erasure.make_keys private SERVICE     prints a new private key as JWK
    python -m shared.erasure.make_keys public  < KEYS      prints the public set of private keys, one a line

A deployment in one process keeps them in a folder (`make_keys`).
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from joserfc.jwk import KeySet, KeySetSerialization, OKPKey
from pydantic import SecretStr

from shared.erasure import SERVICES
from shared.erasure.receipts import create_receipt_key, parse_receipt_key

PUBLIC = "receipt_keys.json"


def private_file(service: str) -> str:
    """The name of the file that a service's private key is in."""
    return f"{service}_receipt_key.json"


def public_set(keys: Sequence[OKPKey]) -> KeySetSerialization:
    """The JWK set that the registry verifies with."""
    return KeySet([*keys]).as_dict(private=False)


def make_keys(folder: Path, services: Sequence[str] = SERVICES) -> Mapping[str, OKPKey]:
    """The private keys in `folder`, readable by their owner alone; made where they are missing.

    The public set is written beside them anew, so that a service that comes later is in it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = {service: _key(folder / private_file(service), service) for service in services}
    _write(folder / PUBLIC, public_set(list(keys.values())))
    return keys


def _key(path: Path, service: str) -> OKPKey:
    if not path.exists():
        _write(path, create_receipt_key(service).as_dict(private=True))
    return OKPKey.import_key(json.loads(path.read_text()))


def _write(path: Path, document: Mapping[str, Any]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(document))
    unfinished.replace(path)


def main(arguments: Sequence[str]) -> str:
    """What a command prints. Raises `ValueError` for a line that is no private key."""
    if len(arguments) == 2 and arguments[0] == "private":
        return json.dumps(create_receipt_key(arguments[1]).as_dict(private=True))
    if arguments == ["public"]:
        keys = [parse_receipt_key(SecretStr(line)) for line in sys.stdin if line.strip()]
        return json.dumps(public_set(keys))
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
