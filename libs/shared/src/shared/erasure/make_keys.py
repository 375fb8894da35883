"""Make the keys of the receipts: `python -m shared.erasure.make_keys FOLDER`.

Writes `<service>_receipt_key.json` for each service and `receipt_keys.json`, the public half of all of them. What is
there already stays; the public set is written anew, so that a service that comes later gets its key by a second run.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from shared.erasure import SERVICES
from shared.erasure.receipts import create_receipt_key

PUBLIC = "receipt_keys.json"


def private_file(service: str) -> str:
    """The name of the file that a service's private key is in."""
    return f"{service}_receipt_key.json"


def public_set(keys: Sequence[OKPKey]) -> dict[str, Any]:
    """The JWK set that the registry verifies with."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def make_keys(folder: Path, services: Sequence[str] = SERVICES) -> Mapping[str, OKPKey]:
    """The private keys in `folder`, readable by their owner alone; made where they are missing."""
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


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make_keys(Path(sys.argv[1]))
