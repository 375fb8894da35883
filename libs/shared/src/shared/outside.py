"""Fetching what an address leads to that somebody typed in.

Such an address may lead to what only this machine reaches (OWASP: server-side request forgery). So a name is resolved
once, the address found is checked, and the connection goes to just that one: what the name leads to a moment later
(DNS rebinding) plays no part. Each redirect goes the same way. Proxies of the environment are not asked.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2

from shared.tls import trusted

REDIRECTS = 5
PORTS = (80, 443)  # a web address that strangers publish; others lead to services that are none
_MOVED = (301, 302, 303, 307, 308)
# `ipaddress` takes some of 192.0.0.0/24 (RFC 6890) for global.
# NAT64, 6to4 and Teredo hold an IPv4 address that the network in between would connect to (RFC 6052, 3056, 4380).
_NOT_PUBLIC = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class Refused(Exception):
    """Nothing was fetched, or not all of it. `code`: address, away, redirects, status, size, time, encoding."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Fetched:
    """`body` is None where the copy of the one who asks is the newest (304). Names of headers are in lower case."""

    body: bytes | None
    headers: Mapping[str, str]


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, in the system's order. Raises `OSError`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True)
class Outside:
    """Where one may fetch from: everywhere on the internet, and what `allowed` adds, such as an intranet.

    `size` in bytes; `seconds` is the time for everything, redirects included.
    """

    allowed: Sequence[Network] = ()
    size: int = 5_000_000
    seconds: float = 30.0
    resolver: Resolver = resolve
    tls: ssl.SSLContext = field(default_factory=trusted)

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """What a GET of the address brings. Raises `Refused`."""
        asked = {"user-agent": "Dorfnetz", "accept-encoding": "identity", **(headers or {})}
        try:
            async with (
                asyncio.timeout(self.seconds),
                httpcore2.AsyncConnectionPool(ssl_context=self.tls, network_backend=_Guarded(self)) as pool,
            ):
                return await self._follow(pool, url, asked)
        except (TimeoutError, httpcore2.TimeoutException) as error:
            raise Refused("time") from error
        except (OSError, ssl.SSLError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise Refused("away") from error

    def permits(self, address: str, port: int) -> bool:
        """Whether one may connect there."""
        try:
            ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return any(ip in network for network in self.allowed) or (port in PORTS and _is_public(ip))

    async def _follow(self, pool: httpcore2.AsyncConnectionPool, url: str, headers: Mapping[str, str]) -> Fetched:
        for _ in range(REDIRECTS + 1):
            async with pool.stream("GET", _on_the_wire(url), headers=list(headers.items())) as answer:
                found = {name.decode().lower(): value.decode("latin-1") for name, value in answer.headers}
                if answer.status == 304:
                    return Fetched(None, found)
                if answer.status == 200:
                    return Fetched(await self._read(answer, found), found)
                if answer.status not in _MOVED or "location" not in found:
                    raise Refused("status", str(answer.status))
                url = urljoin(url, found["location"])
        raise Refused("redirects")

    async def _read(self, answer: httpcore2.Response, headers: Mapping[str, str]) -> bytes:
        if headers.get("content-encoding", "identity") != "identity":
            raise Refused("encoding")  # nobody asked for it, and a few bytes can unpack to any number
        body = bytearray()
        async for part in answer.aiter_stream():
            body += part
            if len(body) > self.size:
                raise Refused("size")
        return bytes(body)


def networks(written: str) -> list[Network]:
    """Addresses and networks, separated by commas. Raises `ValueError`."""
    return [ipaddress.ip_network(one.strip()) for one in written.split(",") if one.strip()]


def _is_public(ip: IpAddress) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC)


def _on_the_wire(url: str) -> str:
    """An address of the web without login data, its host as DNS knows it (IDNA). Raises `Refused`."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            raise Refused("address")
        host = f"[{host}]" if ":" in host else host.encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
        written = parts._replace(netloc=host + port, fragment="").geturl()
        written.encode("ascii")
    except ValueError as error:
        raise Refused("address") from error
    return written


class _Guarded(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that were checked, never to a name."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._outside.resolver(host, port)
        if not addresses:
            raise Refused("away")
        if not all(self._outside.permits(address, port) for address in addresses):
            raise Refused("address")  # a name that leads to both is not one of a public calendar
        return await self._network.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        raise Refused("address")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
