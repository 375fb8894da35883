"""ID tokens of the configured OpenID Connect provider, verified by its published keys."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from shared.access.tokens import LEEWAY, CachedKeys
from shared.errors import Unavailable
from shared.tls import trusted

from registry.logins.model import LoginRefused

log = structlog.get_logger()

# No shared secrets (HS256) and no unsigned tokens: RFC 8725, sections 3.1 and 3.2.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
FRESH = timedelta(minutes=10)  # a login is exchanged at once; an older token was lying around somewhere


class ProviderBroken(httpx2.HTTPError):
    """The provider answers, but not as OpenID Connect Discovery 1.0 wants."""


@dataclass(frozen=True)
class ProvenIdentity:
    """Who the provider says has logged in. `email` is None unless the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    nonce_hash: bytes
    expires_at: datetime


class IdTokens:
    """Verifies ID tokens (OpenID Connect Core, section 3.1.3.7). Its keys are found by discovery and cached."""

    def __init__(self, issuer: str, client_id: str) -> None:
        self._issuer, self._client_id = issuer, client_id
        self._keys = CachedKeys(self._fetch_keys)
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            sub={"essential": True},
            aud={"essential": True, "value": client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True},
        )

    async def verify(self, token: str) -> ProvenIdentity:
        """Raises `LoginRefused` for a token that does not hold, `Unavailable` where the provider does not answer."""
        try:
            decoded = jwt.decode(token, await self._keys.for_token(token), algorithms=ALGORITHMS)
            self._claims.validate(decoded.claims)
            return self._read(decoded.claims)
        except (JoseError, ValueError, TypeError, KeyError, OverflowError) as error:
            raise LoginRefused from error
        except httpx2.HTTPError as error:
            log.warning("login_provider_away", exc_info=error)
            raise Unavailable from error

    def _read(self, claims: dict[str, Any]) -> ProvenIdentity:
        subject, nonce, audience = claims["sub"], claims["nonce"], claims["aud"]
        foreign = isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._client_id
        issued_at = datetime.fromtimestamp(claims["iat"], UTC)
        if not isinstance(nonce, str) or not 1 <= len(subject) <= 255 or foreign:
            raise ValueError
        if issued_at < datetime.now(UTC) - FRESH:
            raise ValueError
        email = claims.get("email") if claims.get("email_verified") is True else None
        return ProvenIdentity(
            issuer=self._issuer,
            subject=subject,
            email=email if isinstance(email, str) else None,
            nonce_hash=hashlib.sha256(f"{self._issuer}\n{nonce}".encode()).digest(),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=LEEWAY),
        )

    async def _fetch_keys(self) -> KeySet:
        async with httpx2.AsyncClient(timeout=5, verify=trusted()) as client:
            place = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            provider = await _read_json(client, place)
            if provider.get("issuer") != self._issuer:
                raise ProviderBroken("the provider calls itself otherwise than DORFNETZ_OIDC_ISSUER")
            keys = (await _read_json(client, str(provider.get("jwks_uri")))).get("keys", [])
            try:
                return KeySet.import_key_set({"keys": [key for key in keys if key.get("use", "sig") == "sig"]})
            except (JoseError, ValueError, TypeError, AttributeError) as error:
                raise ProviderBroken("the provider's keys cannot be read") from error


async def _read_json(client: httpx2.AsyncClient, url: str) -> dict[str, Any]:
    answer = await client.get(url)
    answer.raise_for_status()
    try:
        found = answer.json()
    except ValueError as error:
        raise ProviderBroken("not JSON") from error
    if not isinstance(found, dict):
        raise ProviderBroken("not a JSON object")
    return found
