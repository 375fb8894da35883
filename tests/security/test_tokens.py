"""S4: bad tokens get nobody in. At every service's application, and where an ID token is exchanged for ours."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey
from registry.app import create_app
from registry.signing_keys import Step, rotate, write_keys
from shared.access.grants import Principal
from shared.access.tokens import ALGORITHM, TokenVerifier, create_signing_key, fetch_keys_from, sign_token
from shared.errors import NotLoggedIn
from testkit.clients import Clients
from testkit.http_server import HttpServer
from testkit.oidc import Fault, OpenIdProvider
from testkit.services import create_service, settings_of
from testkit.tokens import AUDIENCE, ISSUER, Issuer, district_officer

CLOSED = "/audit-entries"  # a route that every service has and that only staff may use
OFFICER = Principal(uuid4(), (district_officer(),))


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def forged(key: OKPKey, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A token that its issuer signed, with other claims."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(uuid4()),
        "iat": now,
        "exp": now + 600,
        "grants": [district_officer().model_dump(mode="json", exclude_none=True)],
    }
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    head = {"alg": ALGORITHM, "kid": key.kid, "typ": "at+jwt"} | (header or {})
    return jwt.encode({n: v for n, v in head.items() if v is not None}, claims, key, algorithms=[ALGORITHM])


def swapped(key: OKPKey, secret: bytes) -> str:
    """HS256 with something public as its secret (RFC 8725, section 2.1)."""
    head, body, _ = forged(key).split(".")
    head = encoded({"alg": "HS256", "kid": key.kid, "typ": "at+jwt"})
    mac = hmac.digest(secret, f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def bad_tokens(key: OKPKey) -> dict[str, str]:
    """Twenty-one of them."""
    head, body, signature = forged(key).split(".")
    public = key.as_dict(private=False)
    other = create_signing_key()
    rsa = RSAKey.generate_key(2048, {"kid": str(key.kid)}, auto_kid=False)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(uuid4()), "iat": int(time.time()), "exp": 4_000_000_000}
    now = int(time.time())
    return {
        "no token": "x",
        "alg none": f"{encoded({'alg': 'none', 'kid': key.kid, 'typ': 'at+jwt'})}.{body}.",
        "alg NONE, signed": f"{encoded({'alg': 'NONE', 'kid': key.kid, 'typ': 'at+jwt'})}.{body}.{signature}",
        "without signature": f"{head}.{body}.",
        "body changed": f"{head}.{encoded(claims | {'grants': []})}.{signature}",
        "HS256 with the public key": swapped(key, base64.urlsafe_b64decode(f"{public['x']}==")),
        "HS256 with the public key's text": swapped(key, json.dumps(public).encode()),
        "HS256 with the public key as PEM": swapped(key, key.as_pem(private=False)),
        "RS256 of a key of its own": jwt.encode(
            {"alg": "RS256", "kid": str(key.kid), "typ": "at+jwt"}, claims, rsa, algorithms=["RS256"]
        ),
        "HS256 of a secret of its own": jwt.encode(
            {"alg": "HS256", "kid": str(key.kid)}, claims, OctKey.generate_key(256), algorithms=["HS256"]
        ),
        "unknown key": sign_token(other, OFFICER, issuer=ISSUER, audience=AUDIENCE),
        "unknown key under the known id": sign_token(
            OKPKey.generate_key("Ed25519", {"kid": str(key.kid)}, auto_kid=False),
            OFFICER, issuer=ISSUER, audience=AUDIENCE,
        ),
        "its own key in the header": forged(other, header={"kid": str(key.kid), "jwk": other.as_dict(private=False)}),
        "no key id": forged(key, header={"kid": "../../etc/passwd"}),
        "wrong issuer": forged(key, iss="https://login.evil.example"),
        "no issuer": forged(key, iss=None),
        "wrong audience": forged(key, aud="another-platform"),
        "expired": forged(key, iat=now - 1200, exp=now - 600),
        "never expires": forged(key, exp=None),
        "not yet valid": forged(key, nbf=now + 3600),
        "of another kind": forged(key, header={"typ": "JWT"}),
    }  # fmt: skip


@pytest.mark.parametrize("service", ["registry", "events", "notifications"])
async def test_a_bad_token_gets_nobody_in(
    service: str, service_database: Callable[[str], str], issuer: Issuer, client_for: Clients, subtests: pytest.Subtests
) -> None:
    app = create_service(service, issuer, database_url=service_database(service))
    for name, token in bad_tokens(issuer.key).items():
        with subtests.test(name):
            answer = await (await client_for(app, token)).get(CLOSED)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")
    good = await client_for(app, forged(issuer.key))
    assert (await good.get(CLOSED)).status_code == 200, "the control: a good token gets in"


async def test_the_portal_believes_no_bad_token_either(issuer: Issuer, subtests: pytest.Subtests) -> None:
    """It takes cookies, never tokens; those that it is given when somebody logs in it verifies all the same."""
    verifier = create_service("portal", issuer).state.verifier
    for name, token in bad_tokens(issuer.key).items():
        with subtests.test(name), pytest.raises(NotLoggedIn):
            await verifier.verify(token)
    assert (await verifier.verify(forged(issuer.key))).roles()


async def test_without_its_checks_the_verifier_lets_them_in(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control run: what the tests above refuse is refused by these checks, and by nothing else."""
    verifier = create_service("events", issuer).state.verifier
    tokens = bad_tokens(issuer.key)
    believing = TokenVerifier(verifier._keys._fetch, issuer=ISSUER, audience=AUDIENCE)
    monkeypatch.setattr(believing._claims, "validate", lambda claims: None)
    for name in ("wrong issuer", "no issuer", "wrong audience", "expired", "never expires", "not yet valid"):
        assert (await believing.verify(tokens[name])).roles(), name


def exchanged(token: str) -> dict[str, str]:
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    }


@pytest.fixture
async def office_door(
    service_database: Callable[[str], str], issuer: Issuer, openid_provider: OpenIdProvider, client_for: Clients
) -> httpx2.AsyncClient:
    """The registry of an office with a login provider, in which the person of the provider is a district officer."""
    url, oidc = service_database("registry"), openid_provider
    app = create_service("registry", issuer, database_url=url, oidc_issuer=oidc.issuer, oidc_client_id=oidc.client_id)
    officer = await client_for(app, issuer.token_for(district_officer()))
    person = (await officer.post("/persons", json={"name": oidc.person.name, "email": oidc.person.email})).json()
    given = await officer.post("/grants", json={"person_id": person["id"], "role": "district_officer"})
    assert given.status_code == 201
    return await client_for(app)


async def test_a_bad_id_token_gets_nobody_in(
    office_door: httpx2.AsyncClient, openid_provider: OpenIdProvider, subtests: pytest.Subtests
) -> None:
    provider, now = openid_provider, int(time.time())

    def token(fault: Fault | None = None, **claims: Any) -> str:
        provider.fault = fault
        try:
            return provider.id_token(nonce=token_urlsafe(), **claims)
        finally:
            provider.fault = None

    used = token()
    assert (await office_door.post("/auth/token", data=exchanged(used))).status_code == 200, "the control"
    same_nonce = provider.id_token(nonce=jwt_claims(used)["nonce"])
    bad = {
        "alg none": token(Fault.ALG_NONE),
        "HS256 with the public key": token(Fault.ALG_SWAPPED),
        "unknown key under the known id": token(Fault.UNKNOWN_KEY),
        "wrong issuer": token(Fault.WRONG_ISSUER),
        "wrong audience": token(Fault.WRONG_AUDIENCE),
        "for several, made out to another": token(aud=[provider.client_id, "other"], azp="other"),
        "for several, made out to nobody": token(aud=[provider.client_id, "other"]),
        "expired": token(Fault.EXPIRED),
        "issued long ago": token(iat=now - 3600),
        "no time of issue": token(iat=None),
        "never expires": token(exp=None),
        "not yet valid": token(nbf=now + 3600),
        "no nonce": token(Fault.NO_NONCE),
        "in four parts": token().replace(".", "..", 1),
        "no subject": token(sub=None),
        "empty subject": token(sub=""),
        "a number as subject": token(sub=7),
        "replayed": used,
        "replayed nonce": same_nonce,
        "replayed in another spelling": f"{used}=",
    }
    for name, text in bad.items():
        with subtests.test(name):
            answer = await office_door.post("/auth/token", data=exchanged(text))
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant"), answer.text
    assert (await office_door.post("/auth/token", data=exchanged(token()))).status_code == 200


def jwt_claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


async def test_keys_rotate_without_anybody_noticing_and_a_retired_key_opens_nothing(
    service_database: Callable[[str], str], issuer: Issuer, client_for: Clients
) -> None:
    """The three steps of `python -m registry rotate-signing-key`, with another service that follows by JWKS alone."""
    keys, tokens = [create_signing_key()], []
    url = service_database("registry")
    held: dict[str, list[bool]] = {}
    published = ""

    async def fetch() -> Any:
        return await fetch_keys_from(published)()

    follower = TokenVerifier(fetch, issuer=ISSUER, audience=AUDIENCE, refetch_after=0, max_age=0)
    for step in (None, Step.ANNOUNCE, Step.USE, Step.RETIRE):
        keys = rotate(keys, step) if step else keys
        app = create_app(settings_of("registry", database_url=url, signing_key=write_keys(keys)))
        with HttpServer(app) as server:
            published = f"{server.url}/.well-known/jwks.json"
            tokens.append(sign_token(keys[0], OFFICER, issuer=ISSUER, audience=AUDIENCE))
            held[str(step)] = [await holds(follower, token) for token in tokens]
    assert held == {
        "None": [True],
        "announce": [True, True],
        "use": [True, True, True],  # the new key signs, what the old one signed still holds
        "retire": [False, False, True, True],
    }


async def holds(verifier: TokenVerifier, token: str) -> bool:
    try:
        await verifier.verify(token)
    except NotLoggedIn:
        return False
    return True
