"""The HTTP applications of all services, built as their processes build them."""

import json
from importlib import import_module
from typing import Any

from fastapi import FastAPI

from testkit.tokens import Issuer

SERVICES = ("registry", "events", "notifications", "portal")
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"  # for what needs no database


def create_service(name: str, issuer: Issuer, *, database_url: str = NOWHERE, **settings: Any) -> FastAPI:
    """The application of a service that accepts the tokens of `issuer`."""
    module = import_module(f"{name}.settings")
    settings_class = getattr(module, f"{name.capitalize()}Settings")
    if name == "registry":  # it signs tokens itself, so it gets the key
        settings["signing_key"] = json.dumps(issuer.key.as_dict(private=True))
    values = settings_class(database_url=database_url, jwks_url=issuer.jwks_url, **settings)
    app: FastAPI = import_module(f"{name}.app").create_app(values)
    return app
