"""The provider of the login tests: strict where a real one is, and wrong only when a test asks for it."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from testkit.oidc import Fault, OpenIdProvider, challenge_of

BACK = "https://dorfnetz.example/anmelden/rueckkehr"
VERIFIER = "v" * 43


def authorized(provider: OpenIdProvider, **changes: str) -> dict[str, str]:
    """What the browser brings back from the provider."""
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": BACK,
        "scope": "openid email",
        "state": "s1",
        "nonce": "n1",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **changes,
    }
    answer = httpx2.get(f"{provider.issuer}/authorize", params=asked, trust_env=False)
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchanged(provider: OpenIdProvider, code: str, **changes: str) -> httpx2.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
        **changes,
    }
    return httpx2.post(f"{provider.issuer}/token", data=form, trust_env=False)


def claims_of(provider: OpenIdProvider, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(httpx2.get(f"{provider.issuer}/jwks", trust_env=False).json())
    return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


def test_a_login_from_beginning_to_end(openid_provider: OpenIdProvider) -> None:
    back = authorized(openid_provider)
    assert back["state"] == "s1"
    answer = exchanged(openid_provider, back["code"])
    claims = claims_of(openid_provider, answer.json()["id_token"])
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (openid_provider.issuer, "dorfnetz", "n1")
    assert claims["email_verified"] is True
    assert exchanged(openid_provider, back["code"]).status_code == 400, "a code works once"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"code_verifier": "w" * 43}, 400), ({"client_secret": "x"}, 401), ({"redirect_uri": "x"}, 400)],
)
def test_the_token_endpoint_is_strict(openid_provider: OpenIdProvider, wrong: dict[str, str], status: int) -> None:
    assert exchanged(openid_provider, authorized(openid_provider)["code"], **wrong).status_code == status


def test_without_pkce_nobody_gets_in(openid_provider: OpenIdProvider) -> None:
    assert authorized(openid_provider, code_challenge_method="plain")["error"] == "invalid_request"


@pytest.mark.parametrize("fault", [Fault.ALG_NONE, Fault.ALG_SWAPPED, Fault.UNKNOWN_KEY])
def test_a_token_that_nobody_may_accept(openid_provider: OpenIdProvider, fault: Fault) -> None:
    openid_provider.fault = fault
    with pytest.raises((JoseError, ValueError)):
        claims_of(openid_provider, openid_provider.id_token())


@pytest.mark.parametrize(
    ("fault", "claim"),
    [
        (Fault.WRONG_AUDIENCE, "aud"),
        (Fault.WRONG_ISSUER, "iss"),
        (Fault.WRONG_NONCE, "nonce"),
        (Fault.NO_NONCE, "nonce"),
        (Fault.EXPIRED, "exp"),
        (Fault.UNVERIFIED_EMAIL, "email_verified"),
    ],
)
def test_a_fault_changes_its_claim_alone(openid_provider: OpenIdProvider, fault: Fault, claim: str) -> None:
    right = _claims(exchanged(openid_provider, authorized(openid_provider)["code"]))
    openid_provider.fault = fault
    wrong = _claims(exchanged(openid_provider, authorized(openid_provider)["code"]))
    unstable = {"iat", "exp", "auth_time", "jti"} - {claim}
    assert {name for name in right if right[name] != wrong.get(name)} - unstable == {claim}


def _claims(answer: httpx2.Response) -> dict[str, Any]:
    part = answer.json()["id_token"].split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
