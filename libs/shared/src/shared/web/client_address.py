"""Who is at the other end of a request: for limits, and for the requests that are made on a visitor's behalf.

The address is that of the connection, unless a trusted proxy says in `X-Forwarded-For` whom it speaks for
(`Settings.trusted_proxies`; the front door overwrites what a visitor claims there). The portal asks other services for
its visitors and names them in the same way, so limits count people and not the portal.
"""

from contextvars import ContextVar
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.requests import HTTPConnection
from starlette.types import Scope

_current: ContextVar[str | None] = ContextVar("client_address", default=None)


def enter_client(scope: Scope) -> None:
    """Remember for whom the work from here on is done."""
    client = scope.get("client")
    _current.set(client[0] if client else None)


def current_client() -> str | None:
    """The address of who asked for the work that is being done, None outside of a request."""
    return _current.get()


def client_address(connection: HTTPConnection) -> str:
    """Whom a limit counts: an IPv4 address, or the IPv6 network of one household (/64), which has 2^64 addresses."""
    host = connection.client.host if connection.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Network((address, 64), strict=False))
    return str(address)
