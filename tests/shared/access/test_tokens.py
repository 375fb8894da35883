"""Bad tokens are refused by every service, because all of them use this verifier (faults S4)."""

import base64
import json
import time
from datetime import date
from uuid import uuid4

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey
from shared.access.grants import Grant, Principal, Role, ScopeKind
from shared.access.tokens import ALGORITHM, LEEWAY, LIFETIME, TokenVerifier, create_signing_key, sign_token
from shared.errors import NotLoggedIn

ISSUER, AUDIENCE = "issuer", "audience"
KEY = create_signing_key()
OFFICER = Principal(uuid4(), (Grant(role=Role.DISTRICT_OFFICER, scope=ScopeKind.DISTRICT),))


def published(*keys: OKPKey) -> KeySet:
    return KeySet.import_key_set(KeySet(list(keys)).as_dict(private=False))


def verifier(*keys: OKPKey) -> TokenVerifier:
    async def fetch() -> KeySet:
        return published(*(keys or (KEY,)))

    return TokenVerifier(fetch, issuer=ISSUER, audience=AUDIENCE)


def forged(header: dict[str, object], key: object = KEY, **changes: object) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(OFFICER.id), "iat": now, "exp": now + 60, "grants": []}
    claims |= changes
    known = {name: value for name, value in claims.items() if value is not None}
    full = {"alg": ALGORITHM, "kid": KEY.kid, "typ": "at+jwt"} | header
    return jwt.encode(full, known, key, algorithms=[str(full["alg"])])  # type: ignore[arg-type]


def unsigned() -> str:
    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(OFFICER.id), "iat": now, "exp": now + 60}
    return f"{part({'alg': 'none', 'kid': KEY.kid, 'typ': 'at+jwt'})}.{part(claims)}."


async def test_a_good_token_names_the_caller_and_its_grants() -> None:
    token = sign_token(KEY, OFFICER, issuer=ISSUER, audience=AUDIENCE)
    assert await verifier().verify(token) == OFFICER


def bad_tokens() -> dict[str, str]:
    good = sign_token(KEY, OFFICER, issuer=ISSUER, audience=AUDIENCE)
    head, body, signature = good.split(".")
    hmac_key = OctKey.import_key(json.dumps(KEY.as_dict(private=False)).encode() * 2)
    return {
        "empty": "",
        "not a token": "x",
        "three empty parts": "..",
        "no signature": f"{head}.{body}.",
        "other body": f"{head}.{body[:-2]}AA.{signature}",
        "other key": sign_token(create_signing_key(), OFFICER, issuer=ISSUER, audience=AUDIENCE),
        "same key id, other key": sign_token(
            OKPKey.generate_key("Ed25519", {"kid": str(KEY.kid)}), OFFICER, issuer=ISSUER, audience=AUDIENCE
        ),
        "algorithm none": unsigned(),
        "public key as shared secret": forged({"alg": "HS256"}, hmac_key),
        "wrong issuer": sign_token(KEY, OFFICER, issuer="other", audience=AUDIENCE),
        "wrong audience": sign_token(KEY, OFFICER, issuer=ISSUER, audience="other"),
        "expired": sign_token(KEY, OFFICER, issuer=ISSUER, audience=AUDIENCE, now=time.time() - LIFETIME - LEEWAY - 1),
        "from the future": forged({}, nbf=int(time.time()) + 3600),
        "no expiry": forged({}, exp=None),
        "no subject": forged({}, sub=None),
        "subject is no id": forged({}, sub="admin"),
        "not an access token": forged({"typ": "JWT"}),
        "unknown role": forged({}, grants=[{"role": "god", "scope": "district"}]),
        "grants of the wrong kind": forged({}, grants="district_officer"),
        "no key id": forged({"kid": ""}),
    }


@pytest.mark.parametrize("name", sorted(bad_tokens()))
async def test_a_bad_token_is_refused(name: str) -> None:
    with pytest.raises(NotLoggedIn):
        await verifier().verify(bad_tokens()[name])


async def test_keys_rotate_without_downtime() -> None:
    old, new = KEY, create_signing_key()
    keys = [old]

    async def fetch() -> KeySet:
        return published(*keys)

    tested = TokenVerifier(fetch, issuer=ISSUER, audience=AUDIENCE, refetch_after=0)
    assert await tested.verify(sign_token(old, OFFICER, issuer=ISSUER, audience=AUDIENCE)) == OFFICER
    keys.append(new)
    assert await tested.verify(sign_token(new, OFFICER, issuer=ISSUER, audience=AUDIENCE)) == OFFICER
    assert await tested.verify(sign_token(old, OFFICER, issuer=ISSUER, audience=AUDIENCE)) == OFFICER


async def test_unknown_key_ids_do_not_hammer_the_registry() -> None:
    fetched = 0

    async def fetch() -> KeySet:
        nonlocal fetched
        fetched += 1
        return published(KEY)

    tested = TokenVerifier(fetch, issuer=ISSUER, audience=AUDIENCE)
    for _ in range(20):
        with pytest.raises(NotLoggedIn):
            await tested.verify(sign_token(create_signing_key(), OFFICER, issuer=ISSUER, audience=AUDIENCE))
    assert fetched == 1


async def test_a_key_that_was_taken_back_is_trusted_no_longer() -> None:
    old, new = KEY, create_signing_key()
    keys = [old]

    async def fetch() -> KeySet:
        return published(*keys)

    token = sign_token(old, OFFICER, issuer=ISSUER, audience=AUDIENCE)
    impatient = TokenVerifier(fetch, issuer=ISSUER, audience=AUDIENCE, refetch_after=0, max_age=0)
    patient = TokenVerifier(fetch, issuer=ISSUER, audience=AUDIENCE, refetch_after=0)
    for tested in (impatient, patient):
        await tested.verify(token)
    keys[:] = [new]
    with pytest.raises(NotLoggedIn):
        await impatient.verify(token)
    assert await patient.verify(token) == OFFICER  # until its keys are old, or a new one asks for them
    await patient.verify(sign_token(new, OFFICER, issuer=ISSUER, audience=AUDIENCE))
    with pytest.raises(NotLoggedIn):
        await patient.verify(token)


async def test_known_keys_hold_while_nobody_answers() -> None:
    away = False

    async def fetch() -> KeySet:
        if away:
            raise httpx2.ConnectError("away")
        return published(KEY)

    tested = TokenVerifier(fetch, issuer=ISSUER, audience=AUDIENCE, refetch_after=0, max_age=0)
    token = sign_token(KEY, OFFICER, issuer=ISSUER, audience=AUDIENCE)
    await tested.verify(token)
    away = True
    assert await tested.verify(token) == OFFICER
    with pytest.raises(httpx2.ConnectError):
        await tested.verify(sign_token(create_signing_key(), OFFICER, issuer=ISSUER, audience=AUDIENCE))


async def test_a_grant_carries_its_last_day() -> None:
    grant = Grant(role=Role.DISTRICT_OFFICER, scope=ScopeKind.DISTRICT, ends_on=date(2027, 6, 30))
    principal = Principal(id=uuid4(), grants=(grant,))
    assert await verifier().verify(sign_token(KEY, principal, issuer=ISSUER, audience=AUDIENCE)) == principal
