"""Settings of a process: variables DORFNETZ_X, or DORFNETZ_X_FILE naming a file that holds the value."""

import os
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class MissingSetting(ValueError):
    """A process was asked for something that its settings do not allow. The message names the variable."""


class _SecretFiles(PydanticBaseSettingsSource):
    """`DORFNETZ_X_FILE=/run/secrets/x` gives `DORFNETZ_X`, the convention of container images."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        variable = str(field.validation_alias or f"DORFNETZ_{field_name}").upper()
        path = os.environ.get(f"{variable}_FILE")
        return (Path(path).read_text().strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    """What every service needs. A service adds its own; both addresses of its database get the service's variables."""

    model_config = SettingsConfigDict(env_prefix="DORFNETZ_", populate_by_name=True, extra="ignore")

    database_url: str  # postgresql+asyncpg://…, of one service, as the role that its processes use
    owner_database_url: str | None = None  # the same database as the role that owns the tables; only `migrate` needs it
    amqp_url: str | None = None  # None only where an in-process transport is given (standalone)
    amqp_prefix: str = "dorfnetz"  # names of exchanges and queues start with it
    public_url: str = "http://localhost:8080"  # the front door, as people and calendars see it
    token_issuer: str = "dorfnetz-registry"  # noqa: S105 - a name, not a secret
    token_audience: str = "dorfnetz"  # noqa: S105 - a name, not a secret
    trusted_proxies: str = "127.0.0.1,::1"  # addresses and networks whose X-Forwarded-For holds: front door and portal
    jwks_url: str = "http://registry:8000/.well-known/jwks.json"
    operator_name: str = ""  # who answers for the pages (§ 5 DDG) and for the processing (Art. 30 GDPR)
    operator_address: str = ""  # lines separated by a line break
    operator_email: str = ""
    operator_phone: str = ""
    privacy_officer: str = ""  # how to reach the data protection officer (Art. 13 GDPR)
    log_format: str = Field(default="json", pattern="^(json|console)$")
    log_level: str = "INFO"
    database_pool_size: int = Field(default=10, ge=1)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no .env files
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - _SecretFiles instead
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _SecretFiles(settings_cls)
