"""Logging in at the office's OpenID Connect provider: what is agreed with it before and checked after.

The authorization code flow with PKCE (RFC 7636), state and nonce; the issuer of the answer is checked where the
provider names it (RFC 9207). Nothing here decides who may come in: the registry does, with the ID token.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import StarletteOAuth2App
from joserfc.errors import JoseError
from shared.errors import DomainError, Unavailable
from shared.i18n import N_
from shared.settings import MissingSetting

from portal.settings import PortalSettings

SCOPE = "openid email profile"
ANSWERS_WITHIN = 10  # seconds
# Signatures that only the provider can make: never "none", and no HS256, whose secret we would share with it.
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


class ProviderRefused(DomainError):
    """The provider's answer does not hold; the log says why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "provider_refused"
    message = N_("Your service account could not be verified. Please log in there again.")


@dataclass(frozen=True)
class Departure:
    """`url` is where the browser goes; the rest proves later that the answer belongs to it."""

    url: str
    state: str
    nonce: str
    verifier: str


class ServiceAccounts:
    """The provider that the settings name. It is asked for its addresses when somebody logs in for the first time."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, back: str) -> None:
        self._issuer, self._client_id, self._back = issuer, client_id, back
        self._client = StarletteOAuth2App(
            None,  # its own way to keep the state is not used: that is in our database
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "timeout": ANSWERS_WITHIN},
        )

    async def depart(self) -> Departure:
        """Begin a login. Raises `Unavailable`."""
        await self._metadata()
        asked = await self._client.create_authorization_url(self._back)
        return Departure(asked["url"], asked["state"], asked["nonce"], asked["code_verifier"])

    async def arrive(self, code: str, nonce: str, verifier: str, answered_by: str) -> str:
        """Exchange the code for an ID token and verify that. `answered_by` is the answer's `iss`, empty without one.

        Raises `ProviderRefused` and `Unavailable`.
        """
        metadata = await self._metadata()
        names_itself = bool(metadata.get("authorization_response_iss_parameter_supported"))
        if answered_by != self._issuer and (answered_by or names_itself):
            raise ProviderRefused from ValueError("another issuer answered")
        claims = {"iss": {"value": self._issuer}, "aud": {"value": self._client_id}}
        try:
            answer = await self._client.fetch_access_token(self._back, code=code, code_verifier=verifier)
            if await self._client.parse_id_token(answer, nonce, claims) is None:
                raise ProviderRefused from ValueError("no ID token")
        except httpx2.HTTPError as error:
            raise Unavailable from error
        except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderRefused from error
        token: str = answer["id_token"]
        return token

    async def logout_url(self, id_token: str, back: str) -> str | None:
        """Where somebody ends their session at the provider, None where it offers no such address.

        OpenID Connect RP-Initiated Logout 1.0.
        """
        try:
            metadata = await self._metadata()
        except Unavailable:
            return None
        if "end_session_endpoint" not in metadata:
            return None
        url: str = (await self._client.create_logout_url(back, id_token, client_id=self._client_id))["url"]
        return url

    async def _metadata(self) -> dict[str, Any]:
        """What the provider says about itself (OpenID Connect Discovery 1.0), if it is the configured one."""
        try:
            metadata: dict[str, Any] = await self._client.load_server_metadata()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable from error
        if metadata.get("issuer") != self._issuer:
            metadata.pop("_loaded_at", None)  # ask again the next time
            raise Unavailable from ValueError(f"the provider calls itself {metadata.get('issuer')!r}")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in SIGNATURES if name in offered]
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_post" in methods:  # Authlib's Basic does not encode the secret (RFC 6749, section 2.3.1)
            self._client.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105
        return metadata


def service_accounts(settings: PortalSettings) -> ServiceAccounts | None:
    """The configured provider, None without one. Raises `MissingSetting` for half a configuration."""
    issuer, client_id, secret = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
    if not issuer:
        return None
    if not client_id or not secret:
        raise MissingSetting("DORFNETZ_OIDC_ISSUER also needs DORFNETZ_OIDC_CLIENT_ID and DORFNETZ_OIDC_CLIENT_SECRET")
    return ServiceAccounts(issuer, client_id, secret, f"{settings.public_url.rstrip('/')}/anmelden/rueckkehr")
