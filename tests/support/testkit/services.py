"""The HTTP applications of all services, built as their processes build them."""

import json
from importlib import import_module
from typing import Any

from fastapi import FastAPI

from testkit.receipts import receipt_settings
from testkit.tokens import Issuer

SERVICES = ("registry", "events", "notifications", "portal")
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"  # for what needs no database


def settings_of(name: str, *, database_url: str = NOWHERE, **values: Any) -> Any:
    """The settings of a service."""
    settings_class = getattr(import_module(f"{name}.settings"), f"{name.capitalize()}Settings")
    return settings_class(database_url=database_url, **receipt_settings(name), **values)


def create_service(name: str, issuer: Issuer, *, database_url: str = NOWHERE, **values: Any) -> FastAPI:
    """The application of a service that accepts the tokens of `issuer`."""
    if name == "registry":  # it signs tokens itself, so it gets the key
        values["signing_key"] = json.dumps(issuer.key.as_dict(private=True))
    settings = settings_of(name, database_url=database_url, jwks_url=issuer.jwks_url, **values)
    app: FastAPI = import_module(f"{name}.app").create_app(settings)
    return app
