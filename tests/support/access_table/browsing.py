"""Opening the portal's pages in the name of every caller."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

import httpx2
import portal.app
from portal.sessions import handlers
from portal.sessions.handlers import Kept
from shared.access.grants import Role
from shared.database import transaction
from starlette.applications import Starlette
from starlette.routing import Mount
from testkit.clients import Clients
from testkit.services import create_service, settings_of

from access_table.asking import Expected, expected
from access_table.model import Caller, Json, Place, Row, Who
from access_table.world import FILLINGS, World

INSIDE = "http://services.test/api"
COOKIE = "dorfnetz_session"


@dataclass
class Browser:
    """The pages of a portal, and each caller's cookie."""

    world: World
    pages: httpx2.AsyncClient
    cookies: dict[str, str]

    async def check(self, row: Row) -> AsyncIterator[str]:
        """What is wrong with one page: every caller, every place."""
        opened = False
        for place in self.world.places.values():
            for caller in self._people():
                try:
                    path = row.path_in(place)
                    query = row.query(place) if row.query else {}
                    wanted = _expected(row, caller, place)
                except KeyError:
                    break
                opened = True
                for problem in await self._problems(caller, path, query, wanted):
                    yield f"{path} by {caller.name} in {place.name}: {problem}"
        if not opened:
            yield f"{row.route}: no place has what the page needs"

    def _people(self) -> list[Caller]:
        """Programs do not open pages."""
        return [caller for caller in self.world.callers() if caller.role is not Role.API_CLIENT]

    async def _problems(self, caller: Caller, path: str, query: Json, wanted: Expected | int) -> list[str]:
        cookie = {"cookie": f"{COOKIE}={self.cookies[caller.name]}"} if caller.name in self.cookies else {}
        answer = await self.pages.get(path, params=query, headers=cookie)
        found = [
            f"reads “{word}”"
            for place in self.world.places.values()
            for word, scopes in place.secrets.items()
            if word in answer.text and word not in path and not caller.covers(scopes)
        ]
        if answer.status_code not in _statuses(wanted):
            found.append(f"expected {wanted}, answered {answer.status_code}")
        if wanted == HTTPStatus.UNAUTHORIZED and not answer.headers.get("location", "").startswith("/anmelden"):
            found.append(f"led to {answer.headers.get('location')}")
        return found


def _expected(row: Row, caller: Caller, place: Place) -> Expected | int:
    """As the table promises; a page of an account leads strangers to the login, whatever there would be to see."""
    if caller.token is None and row.who is not Who.EVERYBODY and row.template.startswith("/konto/"):
        return HTTPStatus.UNAUTHORIZED
    return expected(row, caller, place)


def _statuses(wanted: Expected | int) -> set[int]:
    """A page that needs a login leads there; one of a foreign place says no, or that there is no such thing."""
    if wanted is Expected.SUCCESS:
        return {HTTPStatus.OK}
    if wanted is Expected.MISSING:
        return {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    return {HTTPStatus.SEE_OTHER if wanted == HTTPStatus.UNAUTHORIZED else int(wanted)}


@asynccontextmanager
async def browsing(world: World) -> AsyncIterator[Browser]:
    """A portal in front of the services of the world, in which every caller is logged in."""
    apps = {name: create_service(name, world.issuer, database_url=world.databases[name]) for name in FILLINGS}
    behind = Starlette(routes=[Mount(f"/api/{name}", app) for name, app in apps.items()])
    settings = settings_of(
        "portal",
        database_url=world.databases["portal"],
        jwks_url=world.issuer.jwks_url,
        public_url="http://dorfnetz.test",
        **{f"{name}_url": f"{INSIDE}/{name}" for name in apps},
    )
    app = portal.app.create_app(settings, transport=httpx2.ASGITransport(app=behind))
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Clients())
        for service in apps.values():
            await clients(service)
        pages = await clients(app)
        cookies = {}
        for caller in world.callers():
            if caller.token is not None:
                kept = Kept(access_token=caller.token, refresh_token="none", expires_in=600, name="Erna Beispiel")
                principal = await app.state.verifier.verify(caller.token)
                async with transaction(app.state.sessions) as session:
                    cookies[caller.name], _ = await handlers.open_session(session, settings, kept, principal, "Test")
        yield Browser(world, pages, cookies)
