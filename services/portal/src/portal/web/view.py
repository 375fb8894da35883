"""What a page's route works with: the reader, the read model, the services, the templates."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import Depends, Request
from jinja2_fragments import render_block
from shared.access.grants import Role
from shared.database import transaction
from shared.errors import Forbidden
from shared.i18n import Translator
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal.sessions import cookies
from portal.sessions import handlers as sessions
from portal.sessions.handlers import Viewer
from portal.settings import PortalSettings
from portal.web.security import SECRET_ADDRESSES
from portal.web.services import Services, TokenRefused

T = TypeVar("T")
HEADERS = {"cache-control": "no-cache", "vary": "cookie", "referrer-policy": "same-origin"}  # Origin needs the referrer
PRIVATE_HEADERS = {**HEADERS, "cache-control": "private, no-store"}
PEOPLE = tuple(role for role in Role if role is not Role.API_CLIENT)
STAFF = (Role.DISTRICT_OFFICER, Role.MUNICIPALITY_OFFICER, Role.NETWORK_COORDINATOR)


class LoginNeeded(Exception):
    """Nobody is logged in, or no longer."""


class View:
    """One request for a page. `viewer` is None for most people: they only read."""

    def __init__(self, request: Request, viewer: Viewer | None = None) -> None:
        self.request = request
        self.viewer = viewer
        self.settings: PortalSettings = request.app.state.settings
        self.services: Services = request.app.state.services
        self.translate: Translator = request.app.state.translate

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session on the read model; every statement sees what is committed at that moment."""
        async with self.request.app.state.reading() as session:
            yield session

    async def read(self, query: Callable[..., Awaitable[T]], *args: Any) -> T:
        """The answer of a query, remembered until the read model changes."""
        async with self.reading() as session:
            found: T = await self.request.app.state.cache.get(session, query, *args)
        return found

    async def token(self) -> str:
        """The reader's access token for a service. Raises `LoginNeeded`."""
        if self.viewer is None:
            raise LoginNeeded
        state = self.request.app.state
        try:
            async with transaction(state.sessions) as session:
                return await sessions.access_token(session, self.services.registry, state.verifier, self.viewer.secret)
        except TokenRefused as error:
            raise LoginNeeded from error

    @property
    def holder(self) -> Viewer:
        """Who is logged in. Raises `LoginNeeded`."""
        if self.viewer is None:
            raise LoginNeeded
        return self.viewer

    def render(self, template: str, status: int = 200, **context: Any) -> Response:
        """A whole page."""
        text = self.request.app.state.templates.get_template(template).render(**self._context(), **context)
        return HTMLResponse(text, status, headers=HEADERS if self.viewer is None else PRIVATE_HEADERS)

    def fragment(self, template: str, block: str, **context: Any) -> Response:
        """One block of a page, for htmx."""
        text = render_block(self.request.app.state.templates, template, block, **self._context(), **context)
        return HTMLResponse(text, headers={"cache-control": "no-store"})

    def redirect(self, path: str) -> Response:
        """To a page after something was done (303: it is read by GET)."""
        return RedirectResponse(path, 303, headers={"cache-control": "no-store"})

    @property
    def wants_fragment(self) -> bool:
        headers = self.request.headers
        return headers.get("hx-request-type") == "partial" and "hx-history-restore-request" not in headers

    def _context(self) -> dict[str, Any]:
        path = self.request.url.path
        return {"view": self, "viewer": self.viewer, "path": path, "login_link": self._login_link(path)}

    def _login_link(self, path: str) -> str:
        """Logging in leads back to this page, unless its address is a secret."""
        if path.startswith(SECRET_ADDRESSES):
            return self.settings.login_url
        separator = "&" if "?" in self.settings.login_url else "?"
        return f"{self.settings.login_url}{separator}weiter={quote(path)}"

    @property
    def may_register(self) -> bool:
        """Whether the reader can come to a meeting: everybody with an account can."""
        return self.viewer is not None and bool(self.viewer.principal.roles() & set(PEOPLE))

    def may_plan(self, network: str) -> bool:
        """Whether the reader plans this network's meetings."""
        roles = (Role.DISTRICT_OFFICER, Role.NETWORK_COORDINATOR)
        return self.viewer is not None and self.viewer.holds(*roles, network=network)

    def may_enter(self, network: str, municipality: Any = None) -> bool:
        """Whether the reader enters organisations and lead mandates in a village."""
        return self.viewer is not None and self.viewer.holds(*STAFF, network=network, municipality=municipality)

    def may_keep(self, network: str, organisation: Any, municipality: Any = None) -> bool:
        """Whether the reader may change this organisation's entry."""
        roles = (*STAFF, Role.ASSOCIATION_CONTACT)
        return self.viewer is not None and self.viewer.holds(
            *roles, network=network, organisation=organisation, municipality=municipality
        )


async def page_view(request: Request) -> View:
    """Dependency of every page."""
    secret = cookies.read_cookie(request, cookies.SESSION)
    if not secret:
        return View(request)
    state = request.app.state
    async with transaction(state.sessions) as session:
        return View(request, await sessions.find_viewer(session, state.settings, secret))


PageView = Annotated[View, Depends(page_view)]


def staff(*roles: Role) -> Callable[..., Awaitable[View]]:
    """Dependency of a page for people who hold one of `roles` anywhere; the services check the scope."""
    accepted = frozenset(roles or STAFF)

    async def dependency(view: PageView) -> View:
        if view.viewer is None:
            raise LoginNeeded
        if not view.viewer.principal.roles() & accepted:
            raise Forbidden
        return view

    dependency.access = accepted  # type: ignore[attr-defined]
    return dependency


async def own_page(view: PageView) -> View:
    """Dependency of a page about oneself: everybody who is logged in, also somebody without any role."""
    if view.viewer is None:
        raise LoginNeeded
    return view


own_page.access = frozenset(Role)  # type: ignore[attr-defined]

OwnView = Annotated[View, Depends(own_page)]
StaffView = Annotated[View, Depends(staff())]
PersonView = Annotated[View, Depends(staff(*PEOPLE))]
KeeperView = Annotated[View, Depends(staff(*STAFF, Role.ASSOCIATION_CONTACT))]
