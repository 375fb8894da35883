"""Settings of the service `registry`."""

import json
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import Field, SecretStr, field_validator
from shared.erasure.receipts import PrivateReceiptKey, PublicReceiptKeys
from shared.erasure.settings import ReceiptSettings
from shared.settings import MissingSetting


class RegistrySettings(ReceiptSettings):
    """What the processes of `registry` need."""

    database_url: str = Field(validation_alias="DORFNETZ_REGISTRY_DATABASE_URL")
    receipt_key: PrivateReceiptKey = Field(default=None, validation_alias="DORFNETZ_REGISTRY_RECEIPT_KEY")
    owner_database_url: str | None = Field(default=None, validation_alias="DORFNETZ_REGISTRY_OWNER_DATABASE_URL")
    # A private key as JWK, or a key set: its first key signs, all are published. Only the HTTP process needs it.
    signing_key: SecretStr | None = Field(default=None, validation_alias="DORFNETZ_REGISTRY_SIGNING_KEY")

    receipt_keys: PublicReceiptKeys = Field(default=None, validation_alias="DORFNETZ_RECEIPT_KEYS")
    # Where the worker keeps the ids of who was erased, outside of the database: a restored backup erases them again.
    erasure_journal: Path | None = Field(default=None, validation_alias="DORFNETZ_ERASURE_JOURNAL")

    @field_validator("signing_key", mode="before")
    @classmethod
    def _key_as_text(cls, value: Any) -> Any:
        return json.dumps(value) if isinstance(value, dict) else value

    @field_validator("signing_key")
    @classmethod
    def _key_is_usable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _parse_keys(value)
        return value

    def public_receipt_keys(self) -> str:
        """The JWK set that receipts of erasures are verified with. Raises `MissingSetting`."""
        if self.receipt_keys is None:
            raise MissingSetting("DORFNETZ_RECEIPT_KEYS is missing; `python -m shared.erasure.make_keys` makes them")
        return self.receipt_keys

    def signing_keys(self) -> list[OKPKey]:
        """The keys, the signing one first. Raises `MissingSetting` when none is configured."""
        if self.signing_key is None:
            raise MissingSetting(
                "DORFNETZ_REGISTRY_SIGNING_KEY is missing; `python -m registry create-signing-key` makes one"
            )
        return _parse_keys(self.signing_key)


def _parse_keys(value: SecretStr) -> list[OKPKey]:
    try:
        document = json.loads(value.get_secret_value())
        keys = [OKPKey.import_key(entry) for entry in document.get("keys", [document])]
        if not keys or not all(key.is_private and key.curve_name == "Ed25519" and key.kid for key in keys):
            raise ValueError
    except (ValueError, TypeError, AttributeError, KeyError, JoseError):
        # Nothing of the value may appear in the message: it is a secret.
        raise ValueError("not a private Ed25519 key in JWK form with a kid") from None
    return keys
