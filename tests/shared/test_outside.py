"""Fetching what strangers name: from the internet, and from nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import pytest
from shared.outside import Outside, Refused
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from testkit.http_server import HttpServer
from testkit.processes import free_port

HERE = ip_network("127.0.0.1/32")

INWARD = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.178.1",
    "169.254.169.254",  # what clouds tell their machines
    "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
]


class Names:
    """A name server that changes its mind: each question gets the next answer, the last one from then on."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@asynccontextmanager
async def listening(address: str) -> AsyncIterator[tuple[int, list[Any]]]:
    """A port of this machine, and who has come there."""
    came: list[Any] = []

    async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(note, address, 0)
    async with server:
        yield server.sockets[0].getsockname()[1], came


@pytest.fixture
def site() -> Iterator[HttpServer]:
    """A web site on 127.0.0.1 that behaves as its paths say."""

    async def calendar(request: Request) -> Response:
        if request.headers.get("if-none-match") == '"1"':
            return Response(status_code=304, headers={"etag": '"1"'})
        return Response(b"BEGIN:VCALENDAR", headers={"etag": '"1"'})

    async def moved(request: Request) -> Response:
        return RedirectResponse(request.query_params["to"])

    async def endless(request: Request) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            while not await request.is_disconnected():  # else the server could not be ended
                yield b"x" * 65_536

        return StreamingResponse(parts())

    async def slow(_: Request) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            while True:
                yield b"x"
                await asyncio.sleep(0.05)

        return StreamingResponse(parts())

    async def packed(_: Request) -> Response:
        return Response(b"...", headers={"content-encoding": "gzip"})

    routes = {"calendar": calendar, "moved": moved, "endless": endless, "slow": slow, "packed": packed}
    with HttpServer(Starlette(routes=[Route(f"/{name}", each) for name, each in routes.items()])) as server:
        yield server


async def refusal(outside: Outside, url: str) -> str:
    with pytest.raises(Refused) as refused:
        await outside.fetch(url)
    return refused.value.code


@pytest.mark.parametrize("address", INWARD)
async def test_an_address_that_leads_inward_is_refused(address: str) -> None:
    assert not Outside().permits(address, 443)
    names = Names([address])
    assert await refusal(Outside(resolver=names), "https://kalender.example/") == "address"
    assert names.asked == ["kalender.example"]


@pytest.mark.parametrize(("address", "port"), [("1.1.1.1", 443), ("2606:4700:4700::1111", 80)])
def test_an_address_of_the_internet_is_permitted_on_ports_of_the_web(address: str, port: int) -> None:
    assert Outside().permits(address, port)
    assert not Outside().permits(address, 25)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "0"])
async def test_no_socket_is_opened_however_the_address_is_written(host: str) -> None:
    async with listening("127.0.0.1") as (port, came):
        assert await refusal(Outside(), f"http://{host}:{port}/") == "address"
    assert came == []


async def test_a_name_with_one_inward_address_is_refused() -> None:
    async with listening("127.0.0.1") as (port, came):
        outside = Outside(resolver=Names(["1.1.1.1", "127.0.0.1"]))
        assert await refusal(outside, f"http://kalender.example:{port}/") == "address"
    assert came == []


async def test_the_connection_goes_to_the_address_that_was_checked(site: HttpServer) -> None:
    """A name that is asked again (DNS rebinding) would lead to a port where somebody listens."""
    async with listening("127.0.0.2") as (_, came):
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        outside = Outside(allowed=[HERE], resolver=names)
        assert (await outside.fetch(f"http://kalender.example:{site.port}/calendar")).body == b"BEGIN:VCALENDAR"
    assert names.asked == ["kalender.example"]
    assert came == []


async def test_a_redirect_is_followed_to_where_one_may_go(site: HttpServer) -> None:
    outside = Outside(allowed=[HERE])
    assert (await outside.fetch(f"{site.url}/moved?to=/calendar")).body == b"BEGIN:VCALENDAR"


async def test_a_redirect_inward_is_refused_before_a_socket_is_opened(site: HttpServer) -> None:
    async with listening("127.0.0.2") as (port, came):
        outside = Outside(allowed=[HERE])
        assert await refusal(outside, f"{site.url}/moved?to=http://127.0.0.2:{port}/") == "address"
        names = Names(["127.0.0.1"], ["127.0.0.2"])  # the same name, somewhere else the second time
        outside = Outside(allowed=[HERE], resolver=names)
        there = f"http://kalender.example:{port}/"
        assert await refusal(outside, f"http://kalender.example:{site.port}/moved?to={there}") == "address"
    assert came == []
    assert names.asked == ["kalender.example", "kalender.example"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("moved?to=file:///etc/passwd", "address"),
        ("moved?to=http://somebody:secret@1.1.1.1/", "address"),
        ("moved?to=/moved?to=/moved", "status"),
        ("nothing", "status"),
        ("endless", "size"),
        ("slow", "time"),
        ("packed", "encoding"),
    ],
)
async def test_what_is_no_answer_is_told(site: HttpServer, path: str, code: str) -> None:
    outside = Outside(allowed=[HERE], size=100_000, seconds=3)
    assert await refusal(outside, f"{site.url}/{path}") == code


async def test_a_circle_of_redirects_ends(site: HttpServer) -> None:
    circle = "/moved?to=" * 8 + "/calendar"
    assert await refusal(Outside(allowed=[HERE]), f"{site.url}{circle}") == "redirects"


@pytest.mark.parametrize(
    "url", ["ftp://1.1.1.1/", "http://", "http://[/", "http://a:b@1.1.1.1/", "http://1.1.1.1:99999999/", "/calendar"]
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert await refusal(Outside(), url) == "address"


async def test_who_has_the_newest_copy_gets_no_other(site: HttpServer) -> None:
    outside = Outside(allowed=[HERE])
    first = await outside.fetch(f"{site.url}/calendar")
    again = await outside.fetch(f"{site.url}/calendar", {"if-none-match": first.headers["etag"]})
    assert again.body is None


async def test_where_nobody_answers_it_says_so() -> None:
    assert await refusal(Outside(allowed=[HERE]), f"http://127.0.0.1:{free_port()}/") == "away"
