"""From a command to a running platform and back: everything that is started is ended, whenever it is interrupted."""

import errno
import gc
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType

from shared.i18n import N_, Translator

from standalone.data_directory import DataDirectory
from standalone.errors import CannotStart
from standalone.settings import StandaloneSettings

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """Somebody asked for the end while the start was under way. A relative of what event loops let through."""


def say(line: str) -> None:
    """Tell the person at the terminal how far it is. Standard output carries the ready line alone."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def start(settings: StandaloneSettings, translator: Translator) -> None:
    """Run until somebody asks for the end. Raises `CannotStart`."""
    data = DataDirectory(settings.data_dir)
    with ExitStack() as parts, _interruptible(parts):
        with explained(data):
            data.lock()
        parts.callback(data.unlock)
        sockets = [parts.enter_context(listener) for listener in _listen(settings.host, settings.port)]
        data.say_who(_public_url(settings, sockets[0].getsockname()[1]))
        with explained(data):
            _run(settings, translator, data, sockets, parts)


def _run(
    settings: StandaloneSettings,
    translator: Translator,
    data: DataDirectory,
    sockets: Sequence[socket.socket],
    parts: ExitStack,
) -> None:
    gc.disable()  # importing makes many objects that all stay
    # Here and not above: whoever has chosen a port that is in use should not wait for all services to be imported.
    import asyncio

    import uvloop
    from shared import garbage
    from shared.logging import configure_logging

    from standalone.configured import check_broker
    from standalone.databases import prepare_databases
    from standalone.platform import Parts, run_platform
    from standalone.services import Place

    gc.enable()
    garbage.settle()
    configure_logging("standalone", stream=parts.enter_context(data.open_log()))
    if settings.amqp_url is not None:
        check_broker(settings.amqp_url)
    urls = prepare_databases(settings, data, parts, lambda line: say(translator.gettext(line)))
    port = sockets[0].getsockname()[1]
    place = Place(_public_url(settings, port), _own_url(settings.host, port))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_platform(Parts(settings, data, urls, sockets, place), say, translator))


def reset(settings: StandaloneSettings) -> bool:
    """Delete the demo's data; returns whether there was any. Databases that were configured are not touched."""
    data = DataDirectory(settings.data_dir)
    if not data.path.is_dir():
        return False
    with explained(data):
        data.lock()
        try:
            data.delete()
        finally:
            data.unlock()
    return True


@contextmanager
def _interruptible(parts: ExitStack) -> Iterator[None]:
    """Turn signals into `Interrupted`, and once the end has begun let nothing interrupt it."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        _ignore()
        raise Interrupted

    def _ignore() -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    for number in _SIGNALS:
        signal.signal(number, interrupt)
    parts.callback(_ignore)
    try:
        yield
    except Interrupted:
        return
    finally:
        _ignore()
        parts.close()


@contextmanager
def explained(data: DataDirectory) -> Iterator[None]:
    """Turn what the operating system refuses into one clear line."""
    try:
        yield
    except (CannotStart, KeyboardInterrupt):
        raise
    except PermissionError as error:
        raise CannotStart(N_("No permission to write to {path}."), path=error.filename or data.path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotStart(N_("There is no space left on the disk of {path}."), path=data.path) from error
        if error.errno == errno.EROFS:
            raise CannotStart(N_("No permission to write to {path}."), path=data.path) from error
        raise CannotStart(
            N_("The system refuses: {reason} ({path})"),
            reason=error.strerror or error,
            path=error.filename or data.path,
        ) from error
    except Exception as error:
        _note(error)
        raise CannotStart(N_("Dorfnetz has failed; the reason is in {log}"), log=data.log) from error


def _note(error: Exception) -> None:
    import structlog

    structlog.get_logger().critical("failed", exc_info=error)


def _public_url(settings: StandaloneSettings, port: int) -> str:
    return settings.public_url or f"http://localhost:{port}"


def _own_url(host: str, port: int) -> str:
    """How this process reaches its own front door."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what was asked for
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> list[socket.socket]:
    """Sockets of the front door. `127.0.0.1` also gets IPv6's loopback: browsers ask it first for `localhost`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CannotStart(N_("DORFNETZ_HOST: there is no address {host}."), host=host) from error
    family, kind, protocol, _, address = found[0]
    sockets = [_bind(socket.socket(family, kind, protocol), address, port)]
    if host == "127.0.0.1" and socket.has_ipv6:
        port = sockets[0].getsockname()[1]
        with suppress(OSError):  # no IPv6 here
            sockets.append(_bind(socket.socket(socket.AF_INET6, socket.SOCK_STREAM), ("::1", port), port))
    return sockets


def _bind(listener: socket.socket, address: tuple[object, ...], port: int) -> socket.socket:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                N_("Port {port} is in use. Another one is chosen so: PORT={other} make demo"), port=port, other=port + 1
            ) from error
        if error.errno == errno.EACCES:
            raise CannotStart(
                N_("Port {port} needs special rights; please choose one above 1023."), port=port
            ) from error
        raise
    return listener
