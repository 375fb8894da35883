"""Signing access tokens with the first of the configured keys, and publishing all of them."""

from fastapi import Request
from joserfc.jwk import OKPKey
from shared.access.grants import Principal
from shared.access.tokens import LIFETIME, sign_token

from registry.logins.schemas import KeySetAnswer, TokenAnswer


def answer_with_tokens(request: Request, principal: Principal, refresh_token: str | None) -> TokenAnswer:
    """An access token of ten minutes with the grants of this moment inside."""
    settings = request.app.state.settings
    token = sign_token(
        _keys(request)[0], principal, issuer=settings.token_issuer, audience=settings.token_audience, lifetime=LIFETIME
    )
    return TokenAnswer(access_token=token, expires_in=LIFETIME, refresh_token=refresh_token)


def published_keys(request: Request) -> KeySetAnswer:
    """The public halves of all configured keys."""
    return KeySetAnswer(keys=[key.as_dict(private=False) for key in _keys(request)])


def _keys(request: Request) -> list[OKPKey]:
    keys: list[OKPKey] = request.app.state.signing_keys
    return keys
