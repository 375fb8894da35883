"""The three cookies of these pages: the session, a login that is under way, and for some hours the code that somebody
scanned at the door of a meeting. Nothing else is stored in a browser."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from portal.settings import PortalSettings

SESSION, LOGIN, DOOR = "dorfnetz_session", "dorfnetz_login", "dorfnetz_door"


def read_cookie(request: Request, name: str) -> str | None:
    """The secret in a cookie, None without one."""
    return request.cookies.get(_full_name(request.app.state.settings, name)) or None


def set_cookie(settings: PortalSettings, response: Response, name: str, secret: str, seconds: int) -> None:
    """Scripts cannot read it, other sites' forms do not carry it, and on https no other host can set or see it."""
    response.set_cookie(
        _full_name(settings, name),
        secret,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",  # not strict: whoever follows a link of an email is logged in, and comes back from a provider
        secure=_on_https(settings),
    )


def forget_cookie(settings: PortalSettings, response: Response, name: str) -> None:
    """Let the browser forget a cookie; with the same attributes, or it would keep one with the prefix `__Host-`."""
    response.delete_cookie(
        _full_name(settings, name), path="/", httponly=True, samesite="lax", secure=_on_https(settings)
    )


def _full_name(settings: PortalSettings, name: str) -> str:
    """On https with the prefix `__Host-` (RFC 6265bis): a neighbouring host cannot plant a cookie of this name."""
    return f"__Host-{name}" if _on_https(settings) else name


def _on_https(settings: PortalSettings) -> bool:
    return urlsplit(settings.public_url).scheme == "https"
