"""Access tokens (RFC 9068): signed by the registry, verified offline by every service with the published keys."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import extract_compact
from pydantic import ValidationError

from shared.access.grants import Grant, Principal
from shared.errors import NotLoggedIn
from shared.tls import trusted

ALGORITHM = "Ed25519"
LIFETIME = 600  # seconds
LEEWAY = 30  # seconds that two machines' clocks may differ
REFETCH_AFTER = 10  # seconds: an unknown key id asks for the keys again, but not more often
MAX_AGE = 300  # seconds after which known keys are read anew

FetchKeys = Callable[[], Awaitable[KeySet]]


def create_signing_key() -> OKPKey:
    """A new private key with an id."""
    return OKPKey.generate_key("Ed25519", {"kid": uuid4().hex, "alg": ALGORITHM, "use": "sig"}, auto_kid=False)


def sign_token(
    key: OKPKey, principal: Principal, *, issuer: str, audience: str, lifetime: int = LIFETIME, now: float | None = None
) -> str:
    """A token for `principal`, valid for `lifetime` seconds. It names no person, only ids."""
    issued = int(now if now is not None else time.time())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "sub": str(principal.id),
        "iat": issued,
        "exp": issued + lifetime,
        "jti": uuid4().hex,
        "grants": [grant.model_dump(mode="json", exclude_none=True) for grant in principal.grants],
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": "at+jwt"}, claims, key, algorithms=[ALGORITHM])


def fetch_keys_from(url: str) -> FetchKeys:
    """Keys as the registry publishes them."""

    async def fetch() -> KeySet:
        async with httpx2.AsyncClient(timeout=5, verify=trusted()) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            return KeySet.import_key_set(answer.json())

    return fetch


class CachedKeys:
    """Somebody's published keys. They rotate without downtime: an unknown key id asks for them again.

    They are also read anew when they are old, so that a key that was taken back is trusted no longer. While nobody
    answers the known ones go on to hold.
    """

    def __init__(self, fetch: FetchKeys, *, refetch_after: float = REFETCH_AFTER, max_age: float = MAX_AGE) -> None:
        self._fetch, self._refetch_after, self._max_age = fetch, refetch_after, max_age
        self._keys = KeySet([])
        self._asked_at = self._fetched_at = float("-inf")
        self._lock = asyncio.Lock()

    async def for_token(self, token: str) -> KeySet:
        """The keys to verify a token with. Raises `JoseError` or `ValueError` for a text that is no token.

        Raises `httpx2.HTTPError` where the key is unknown and nobody answers.
        """
        kid = jwt_header(token).get("kid")
        async with self._lock:
            known = any(key.kid == kid for key in self._keys.keys)
            now = time.monotonic()
            wanted = not known or now - self._fetched_at > self._max_age
            if wanted and now - self._asked_at > self._refetch_after:
                self._asked_at = now
                try:
                    self._keys = await self._fetch()
                    self._fetched_at = now
                except httpx2.HTTPError:
                    if not known:
                        self._asked_at = float("-inf")
                        raise
        return self._keys


class TokenVerifier:
    """Verifies tokens with cached keys."""

    def __init__(
        self,
        fetch_keys: FetchKeys,
        *,
        issuer: str,
        audience: str,
        refetch_after: float = REFETCH_AFTER,
        max_age: float = MAX_AGE,
    ) -> None:
        self._keys = CachedKeys(fetch_keys, refetch_after=refetch_after, max_age=max_age)
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )

    async def verify(self, token: str) -> Principal:
        """The caller, or `NotLoggedIn` for a token that is forged, expired, foreign or malformed."""
        try:
            decoded = jwt.decode(token, await self._keys.for_token(token), algorithms=[ALGORITHM])
            if decoded.header.get("typ") != "at+jwt":
                raise NotLoggedIn
            self._claims.validate(decoded.claims)
            grants = tuple(Grant.model_validate(grant) for grant in decoded.claims.get("grants", ()))
            return Principal(id=UUID(decoded.claims["sub"]), grants=grants)
        except (JoseError, ValidationError, ValueError, TypeError, KeyError) as error:
            raise NotLoggedIn from error


def jwt_header(token: str) -> dict[str, Any]:
    """The unverified header; raises `JoseError` or `ValueError` when the text is no token."""
    return dict(extract_compact(token.encode()).headers())
