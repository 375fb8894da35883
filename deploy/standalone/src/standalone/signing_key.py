"""The key that signs access tokens, made at the first start."""

import json
import os
from pathlib import Path

from shared.access.tokens import create_signing_key


def signing_key(path: Path) -> str:
    """The private key kept at `path` as JWK, readable by its owner alone; made if it is missing."""
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(create_signing_key().as_dict(private=True), file)
        unfinished.replace(path)
    return path.read_text()
