"""A token issuer for tests: signs with a key of its own and publishes it over HTTP, as the registry does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

from shared.access.grants import Grant, Principal, Role, ScopeKind
from shared.access.tokens import create_signing_key, sign_token

ISSUER, AUDIENCE = "dorfnetz-registry", "dorfnetz"  # the defaults of `shared.settings.Settings`


class Issuer:
    """`jwks_url` goes into a service's settings; `token_for` makes the tokens that the service then accepts."""

    def __init__(self) -> None:
        self.key = create_signing_key()
        published = json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()

        class PublishedKeys(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(published)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), PublishedKeys)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.jwks_url = f"http://127.0.0.1:{self._server.server_port}/.well-known/jwks.json"

    def token_for(self, *grants: Grant, person: UUID | None = None, lifetime: int = 600) -> str:
        """A signed access token of a person with these grants."""
        principal = Principal(id=person or uuid4(), grants=grants)
        return sign_token(self.key, principal, issuer=ISSUER, audience=AUDIENCE, lifetime=lifetime)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def district_officer() -> Grant:
    return Grant(role=Role.DISTRICT_OFFICER, scope=ScopeKind.DISTRICT)


def municipality_officer(municipality: UUID) -> Grant:
    return Grant(role=Role.MUNICIPALITY_OFFICER, scope=ScopeKind.MUNICIPALITY, scope_id=municipality)


def network_coordinator(network: UUID | None = None, slug: str = "heidedoerfer") -> Grant:
    return Grant(role=Role.NETWORK_COORDINATOR, scope=ScopeKind.NETWORK, scope_id=network or uuid4(), scope_key=slug)


def association_contact(organisation: UUID) -> Grant:
    return Grant(role=Role.ASSOCIATION_CONTACT, scope=ScopeKind.ASSOCIATION, scope_id=organisation)


def volunteer() -> Grant:
    return Grant(role=Role.VOLUNTEER, scope=ScopeKind.ONESELF)


def api_client(network: UUID | None = None, slug: str = "heidedoerfer") -> Grant:
    """A program that may see what a network's coordinator sees."""
    return Grant(role=Role.API_CLIENT, scope=ScopeKind.NETWORK, scope_id=network or uuid4(), scope_key=slug)
