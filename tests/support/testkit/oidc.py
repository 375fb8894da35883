"""A small OpenID Connect provider on localhost, as an office runs one: people sign in there, never at Dorfnetz.

OpenID Connect Core 1.0 with the authorization code flow, PKCE (RFC 7636, S256 alone), the issuer in the answer
(RFC 9207) and logout by the client (RP-Initiated Logout 1.0). It has no login page: whoever comes is `person`.
`fault` lets it misbehave as a broken or a hostile provider would.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from testkit.http_server import HttpServer

REALM = "/realms/landkreis"  # an issuer may have a path, as Keycloak's have
CLIENT_ID, CLIENT_SECRET = "dorfnetz", "geheim : & %"  # a secret that has to be encoded (RFC 6749, section 2.3.1)


class Fault(StrEnum):
    """What the provider does wrong from now on."""

    WRONG_NONCE = "wrong_nonce"
    NO_NONCE = "no_nonce"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_ISSUER = "wrong_issuer"
    EXPIRED = "expired"
    ALG_NONE = "alg_none"
    ALG_SWAPPED = "alg_swapped"  # HS256 with the public key as its secret
    UNKNOWN_KEY = "unknown_key"  # signed by a key that is not published, under the published key's id
    UNVERIFIED_EMAIL = "unverified_email"
    WRONG_STATE = "wrong_state"  # the browser comes back with another state
    OTHER_ISSUER_ANSWERS = "other_issuer_answers"  # mix-up: the answer names another issuer (RFC 9207)
    TOKEN_ENDPOINT_FAILS = "token_endpoint_fails"


@dataclass(frozen=True)
class ProviderPerson:
    """Somebody with an account at the provider. `sub` is what the provider calls them for ever."""

    sub: str = "5b9c1f0e-petra"
    name: str = "Petra Amtmann"
    email: str = "petra@landkreis.example"
    email_verified: bool = True


@dataclass
class _Issued:
    """An authorization code that was not used yet."""

    redirect_uri: str
    challenge: str
    nonce: str | None
    person: ProviderPerson


@dataclass
class _Seen:
    """What clients asked, for tests to look at."""

    authorize: list[dict[str, str]] = field(default_factory=list)
    token: list[dict[str, str]] = field(default_factory=list)
    logout: list[dict[str, str]] = field(default_factory=list)


class OpenIdProvider:
    """`with OpenIdProvider() as provider: …`; `provider.issuer` goes into settings, with `client_id` and the secret."""

    def __init__(self) -> None:
        self.client_id, self.client_secret = CLIENT_ID, CLIENT_SECRET
        self.person = ProviderPerson()
        self.fault: Fault | None = None
        self.refuses = ""  # an error code with which the provider sends the browser back, such as access_denied
        self.ends_sessions = True  # whether it has an end_session_endpoint
        self.seen = _Seen()
        self.redirect_uris: set[str] = set()  # empty: any; as registered for the client
        self._key = _new_key()
        self._issued: dict[str, _Issued] = {}
        self._access: dict[str, ProviderPerson] = {}
        self._server = HttpServer(self._app())
        self.issuer = f"{self._server.url}{REALM}"

    def __enter__(self) -> "OpenIdProvider":
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """From now on nobody answers there."""
        self._server.__exit__(None, None, None)

    def rotate_key(self) -> None:
        """Sign with a new key from now on; the old one is no longer published."""
        self._key = _new_key()

    def id_token(self, person: ProviderPerson | None = None, *, nonce: str | None = None, **claims: Any) -> str:
        """A signed ID token, as the token endpoint gives it out; `claims` replace the usual ones, None leaves one out.

        `fault` holds here, too.
        """
        person, now = person or self.person, int(time.time())
        usual: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": person.sub,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "jti": secrets.token_hex(8),
            "nonce": nonce,
            "name": person.name,
            "email": person.email,
            "email_verified": person.email_verified,
        }
        usual.update({**claims, **_wrong_claims(self.fault, now)})
        return self._sign({name: value for name, value in usual.items() if value is not None})

    def come_back(self, authorize_url: str) -> str:
        """What a browser does at the provider: open the address, sign in, and be sent to the returned address."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(authorize_url).query).items()}
        return self._authorized(query).headers["location"]

    def _sign(self, claims: dict[str, Any]) -> str:
        header: dict[str, Any] = {"alg": "RS256", "kid": self._key.kid, "typ": "JWT"}
        if self.fault is Fault.ALG_NONE:
            return f"{_encoded({**header, 'alg': 'none'})}.{_encoded(claims)}."
        if self.fault is Fault.ALG_SWAPPED:
            signed = f"{_encoded({**header, 'alg': 'HS256'})}.{_encoded(claims)}"
            mac = hmac.digest(self._key.as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{_base64(mac)}"
        key = _new_key(self._key.kid) if self.fault is Fault.UNKNOWN_KEY else self._key
        return jwt.encode(header, claims, key, algorithms=["RS256"])

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route(f"{REALM}/.well-known/openid-configuration", self._discovery),
                Route(f"{REALM}/jwks", self._jwks),
                Route(f"{REALM}/authorize", self._authorize),
                Route(f"{REALM}/token", self._token, methods=["POST"]),
                Route(f"{REALM}/userinfo", self._userinfo),
                Route(f"{REALM}/logout", self._logout),
            ]
        )

    async def _discovery(self, _request: Request) -> Response:
        described = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        if self.ends_sessions:
            described["end_session_endpoint"] = f"{self.issuer}/logout"
        return JSONResponse(described)

    async def _jwks(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        return self._authorized(dict(request.query_params))

    def _authorized(self, query: dict[str, str]) -> Response:
        self.seen.authorize.append(query)
        target = query.get("redirect_uri", "")
        known = not self.redirect_uris or target in self.redirect_uris
        if query.get("client_id") != self.client_id or not target or not known:
            return PlainTextResponse("unknown client or redirect_uri", 400)  # never sent anywhere (RFC 6749, 4.1.2.1)
        answer = {"iss": self.issuer}
        if "state" in query:
            answer["state"] = query["state"]
        error = self.refuses or _error_in(query)
        if error:
            return _redirect(target, error=error, **answer)
        code = secrets.token_urlsafe(24)
        self._issued[code] = _Issued(target, query["code_challenge"], query.get("nonce"), self.person)
        if self.fault is Fault.WRONG_STATE:
            answer["state"] = secrets.token_urlsafe(16)
        if self.fault is Fault.OTHER_ISSUER_ANSWERS:
            answer["iss"] = "https://login.evil.example/realms/landkreis"
        return _redirect(target, code=code, **answer)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.seen.token.append(form)
        if self.fault is Fault.TOKEN_ENDPOINT_FAILS:
            return PlainTextResponse("broken", 500)
        if _client_of(request, form) != (self.client_id, self.client_secret):
            return JSONResponse({"error": "invalid_client"}, 401)
        issued = self._issued.pop(form.get("code", ""), None)  # a code works once, also for a wrong proof
        proven = issued is not None and hmac.compare_digest(
            issued.challenge, challenge_of(form.get("code_verifier", ""))
        )
        if issued is None or not proven or form.get("redirect_uri") != issued.redirect_uri:
            return JSONResponse({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe(24)
        self._access[access] = issued.person
        answer = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.id_token(issued.person, nonce=issued.nonce),
        }
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    async def _userinfo(self, request: Request) -> Response:
        person = self._access.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if person is None:
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse({"sub": person.sub, "name": person.name, "email": person.email})

    async def _logout(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.seen.logout.append(query)
        target = query.get("post_logout_redirect_uri")
        return RedirectResponse(target, 303) if target else PlainTextResponse("logged out")


def _wrong_claims(fault: Fault | None, now: int) -> dict[str, Any]:
    claims: dict[Fault | None, dict[str, Any]] = {
        Fault.WRONG_NONCE: {"nonce": secrets.token_urlsafe(16)},
        Fault.NO_NONCE: {"nonce": None},
        Fault.WRONG_AUDIENCE: {"aud": "somebody-else"},
        Fault.WRONG_ISSUER: {"iss": "https://login.evil.example/realms/landkreis"},
        Fault.EXPIRED: {"iat": now - 7200, "auth_time": now - 7200, "exp": now - 3600},
        Fault.UNVERIFIED_EMAIL: {"email_verified": False},
    }
    return claims.get(fault, {})


def _error_in(query: dict[str, str]) -> str:
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in query.get("scope", "").split():
        return "invalid_scope"
    if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
        return "invalid_request"  # PKCE is not optional here (RFC 9700, section 2.1.1)
    return ""


def _client_of(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """The client's name and secret, from HTTP Basic or from the form (RFC 6749, section 2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
        return unquote_plus(name), unquote_plus(secret)
    return form.get("client_id", ""), form.get("client_secret", "")


def _redirect(target: str, **query: str) -> Response:
    return RedirectResponse(f"{target}{'&' if '?' in target else '?'}{urlencode(query)}", 303)


def _new_key(kid: str | None = None) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid or secrets.token_hex(8), "alg": "RS256", "use": "sig"}, auto_kid=False)


def challenge_of(verifier: str) -> str:
    return _base64(hashlib.sha256(verifier.encode()).digest())


def _encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
