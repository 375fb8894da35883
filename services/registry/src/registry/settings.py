"""Settings of the service `registry`."""

import json
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey
from pydantic import Field, SecretStr, field_validator
from shared.erasure.receipts import PrivateReceiptKey, PublicReceiptKeys
from shared.erasure.settings import ReceiptSettings
from shared.settings import MissingSetting

from registry.signing_keys import read_keys


class RegistrySettings(ReceiptSettings):
    """What the processes of `registry` need."""

    database_url: str = Field(validation_alias="DORFNETZ_REGISTRY_DATABASE_URL")
    receipt_key: PrivateReceiptKey = Field(default=None, validation_alias="DORFNETZ_REGISTRY_RECEIPT_KEY")
    owner_database_url: str | None = Field(default=None, validation_alias="DORFNETZ_REGISTRY_OWNER_DATABASE_URL")
    # A private key as JWK, or a key set: its first key signs, all are published. Only the HTTP process needs it.
    signing_key: SecretStr | None = Field(default=None, validation_alias="DORFNETZ_REGISTRY_SIGNING_KEY")

    # The provider that staff log in with (OpenID Connect), and our id there; its ID tokens are exchanged for ours.
    oidc_issuer: str = ""
    oidc_client_id: str = ""

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
            read_keys(value.get_secret_value())
        return value

    def public_receipt_keys(self) -> str:
        """The JWK set that receipts of erasures are verified with. Raises `MissingSetting`."""
        if self.receipt_keys is None:
            raise MissingSetting("DORFNETZ_RECEIPT_KEYS is missing; `… shared.erasure.make_keys public` makes them")
        return self.receipt_keys

    def signing_keys(self) -> list[OKPKey]:
        """The keys, the signing one first. Raises `MissingSetting` when none is configured."""
        if self.signing_key is None:
            raise MissingSetting(
                "DORFNETZ_REGISTRY_SIGNING_KEY is missing; `python -m registry create-signing-key` makes one"
            )
        return read_keys(self.signing_key.get_secret_value())
