"""Subscribe as another system would: `python -m shared.messaging.subscribe amqp://user:password@host/vhost 'events.#'`.

Writes each event as one line of JSON. It uses nothing else of Dorfnetz, so it may serve as a pattern for a program of
one's own: see docs/subscribers.md.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from typing import Annotated
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika
import typer
from aio_pika.abc import AbstractChannel, AbstractQueue
from aiormq.exceptions import AMQPError
from pamqp.common import Arguments

UNREAD_AT_ONCE = 100
KEPT_FOR = 7 * 24 * 3600 * 1000  # milliseconds that a named queue waits for its reader


async def subscribe(
    url: str,
    patterns: Sequence[str],
    show: Callable[[str], None],
    *,
    prefix: str = "dorfnetz",
    queue: str | None = None,
) -> None:
    """Show every public event whose routing key fits one of `patterns`, until cancelled.

    `show` gets a CloudEvent as JSON text. Without `queue` only what happens from now on is shown; a named queue keeps
    what happens while nobody reads, for a week, and an event may then come twice: its `id` tells. Raises
    `aiormq.exceptions.AMQPError` or `OSError` when the broker refuses or is away at the start; later breaks are mended.
    """
    connection = await aio_pika.connect_robust(url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=UNREAD_AT_ONCE)
        incoming = await _declare(channel, queue, owner=urlsplit(url).username or "guest")
        for pattern in patterns:
            await incoming.bind(f"{prefix}.events", routing_key=pattern)
        async with incoming.iterator() as messages:
            async for message in messages:
                async with message.process(requeue=True):
                    show(message.body.decode())


async def _declare(channel: AbstractChannel, name: str | None, *, owner: str) -> AbstractQueue:
    # A subscriber's rights cover the queues whose names begin with its own.
    if name is None:
        return await channel.declare_queue(f"{owner}.{uuid4()}", exclusive=True, auto_delete=True)
    arguments: Arguments = {"x-queue-type": "quorum", "x-expires": KEPT_FOR}
    return await channel.declare_queue(f"{owner}.{name}", durable=True, arguments=arguments)


def main(
    url: Annotated[str, typer.Argument(help="amqp://user:password@host:5672/dorfnetz, or amqps://…")],
    patterns: Annotated[
        list[str] | None, typer.Argument(help="Routing keys: * is one word, # any number. Without: all events.")
    ] = None,
    queue: Annotated[
        str | None, typer.Option(help="Keep events for a week while nobody reads, in a queue of this name.")
    ] = None,
    prefix: Annotated[str, typer.Option(help="First word of the deployment's exchanges.")] = "dorfnetz",
) -> None:
    """Write each public event as a line of JSON, until Ctrl-C."""
    logging.getLogger().addHandler(logging.NullHandler())  # the libraries would write of every break that they mend

    async def run() -> None:
        task = asyncio.create_task(subscribe(url, patterns or ["#"], typer.echo, prefix=prefix, queue=queue))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error

    try:
        asyncio.run(run())
    except (AMQPError, OSError) as error:
        typer.echo(f"subscribe: {str(error) or type(error).__name__}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    typer.run(main)
