"""Reading a request for a token: JSON as everywhere here, or a form as OAuth 2 clients send it."""

import base64
import binascii
import json
from typing import Any
from urllib.parse import unquote_plus

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from shared.web.problems import InvalidInput

from registry.api_clients.model import ClientRefused
from registry.logins.schemas import (
    ClientCredentials,
    IdTokenExchange,
    LoginCodeExchange,
    RefreshExchange,
    TokenRequest,
)

_REQUEST: TypeAdapter[TokenRequest] = TypeAdapter(TokenRequest)
_KINDS = (LoginCodeExchange, RefreshExchange, ClientCredentials, IdTokenExchange)
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_SCHEMA = {"schema": {"oneOf": [model.model_json_schema() for model in _KINDS]}}
# For the API's document: FastAPI cannot say by itself that a body may come in two forms.
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {_JSON: _SCHEMA, _FORM: _SCHEMA}}}


async def read_token_request(request: Request) -> TokenRequest:
    """What is asked for. Raises `InvalidInput` and `ClientRefused`."""
    fields = await _read_fields(request)
    if isinstance(fields, dict) and (client := _basic_client(request)) is not None:
        if "client_secret" in fields:
            raise _invalid("two_ways", ("client_secret",), fields)
        fields |= client
    try:
        return _REQUEST.validate_python(fields)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        unknown = any(part["type"] == "union_tag_invalid" for part in errors)
        located = [{**part, "loc": ("body", *part["loc"])} for part in errors]
        raise InvalidInput(located, {"error": "unsupported_grant_type" if unknown else "invalid_request"}) from error


async def _read_fields(request: Request) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        form = await request.form()
        twice = next((name for name in form if len(form.getlist(name)) > 1), None)
        if twice is not None:  # RFC 6749, section 3.2
            raise _invalid("repeated", (twice,), None)
        return dict(form)
    body = await request.body()
    if kind != _JSON:
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _invalid("json_invalid", (), None) from error


def _basic_client(request: Request) -> dict[str, str] | None:
    """The client by HTTP Basic; both parts are form-encoded (RFC 6749, section 2.3.1)."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise ClientRefused from error
    if not colon:
        raise ClientRefused
    return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}


def _invalid(code: str, where: tuple[str, ...], given: Any) -> InvalidInput:
    return InvalidInput([{"type": code, "loc": ("body", *where), "input": given}], {"error": "invalid_request"})
