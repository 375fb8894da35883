"""Looking at dead letters and playing them again.

    python -m shared.messaging.dead_letters list   portal.read-model
    python -m shared.messaging.dead_letters show   portal.read-model <event id>
    python -m shared.messaging.dead_letters replay portal.read-model [<event id> …]

They are on the broker of DORFNETZ_AMQP_URL, or, where there is none, in the consumer's database (--database-url). A
replayed event goes to the queue of its own consumer and to no other: those have it already.
"""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn, Protocol
from uuid import UUID, uuid4

import aio_pika
import sqlalchemy as sa
import typer
from aio_pika.abc import AbstractIncomingMessage
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.access.tenancy import EVERYTHING, SETTING
from shared.contracts.envelope import Event
from shared.messaging.rabbit import EXCHANGE_HEADER
from shared.messaging.tables import dead_letter
from shared.messaging.topology import Topology

LONGEST_LIST = 10_000


@dataclass(frozen=True)
class DeadLetter:
    """An event that a consumer gave up. `event_id` is empty where the body cannot be read."""

    event_id: str
    event_type: str
    died_at: str
    reason: str
    body: bytes


class Store(Protocol):
    """Where a consumer's dead letters are."""

    async def letters(self) -> list[DeadLetter]:
        """All of them, the oldest first; they stay where they are."""

    async def replay(self, event_ids: Sequence[str]) -> int:
        """Put those with the given ids (all, if none are given) back to their own queue. Returns how many."""

    async def remove(self, ids: Collection[str]) -> int:
        """Delete those whose body mentions one of these ids, of events or of people. Returns how many."""


class BrokerStore:
    """Dead letters in the queue `<queue>.dead`."""

    def __init__(self, channel: aio_pika.abc.AbstractChannel, topology: Topology, consumer: str) -> None:
        self._channel = channel
        self._topology = topology
        self._consumer = consumer

    async def letters(self) -> list[DeadLetter]:
        """Take every message and give it back unread."""
        messages = await self._take()
        for message in messages:
            await message.nack(requeue=True)
        return [self._describe(message) for message in messages]

    async def replay(self, event_ids: Sequence[str]) -> int:
        """A message leaves the dead letters after the broker has confirmed that it is in its own queue."""
        replayed = 0
        for message in await self._take():
            if event_ids and self._describe(message).event_id not in event_ids:
                await message.nack(requeue=True)
                continue
            await self._put_back(message)
            await message.ack()
            replayed += 1
        return replayed

    async def remove(self, ids: Collection[str]) -> int:
        """A message that is taken and acknowledged is gone."""
        removed = 0
        for message in await self._take():
            if any(each.encode() in message.body for each in ids):
                await message.ack()
                removed += 1
            else:
                await message.nack(requeue=True)
        return removed

    async def _take(self) -> list[AbstractIncomingMessage]:
        queue = await self._channel.declare_queue(self._topology.dead_queue(self._consumer), passive=True)
        messages: list[AbstractIncomingMessage] = []
        while len(messages) < LONGEST_LIST and (message := await queue.get(fail=False)) is not None:
            messages.append(message)
        return messages

    async def _put_back(self, message: AbstractIncomingMessage) -> None:
        death = _first_death(message)
        headers = {name: value for name, value in message.headers.items() if name.startswith("cloudEvents_")}
        copy = aio_pika.Message(
            message.body,
            content_type=message.content_type,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=uuid4().hex,
            type=message.type,
            headers={
                **headers,
                EXCHANGE_HEADER: str(message.headers.get(EXCHANGE_HEADER) or death.get("exchange", "")),
            },
        )
        await self._channel.default_exchange.publish(copy, self._topology.queue(self._consumer))

    def _describe(self, message: AbstractIncomingMessage) -> DeadLetter:
        death = _first_death(message)
        return _describe(message.body, died_at=str(death.get("time", "")), reason=str(death.get("reason", "")))


def _first_death(message: AbstractIncomingMessage) -> dict[str, Any]:
    deaths = message.headers.get("x-death")
    return dict(deaths[-1]) if isinstance(deaths, list) and deaths and isinstance(deaths[-1], dict) else {}


class TableStore:
    """Dead letters in the table of the consumer's database, where there is no broker.

    A replay is asked for here and done by the process that runs the consumer.
    """

    def __init__(self, connection: AsyncConnection, consumer: str) -> None:
        self._connection = connection
        self._mine = dead_letter.c.consumer == consumer

    async def letters(self) -> list[DeadLetter]:
        """Read the table."""
        query = sa.select(dead_letter).where(self._mine).order_by(dead_letter.c.id).limit(LONGEST_LIST)
        rows = (await self._connection.execute(query)).all()
        return [_describe(row.body, died_at=row.created_at.isoformat(), reason=row.reason) for row in rows]

    async def replay(self, event_ids: Sequence[str]) -> int:
        """Mark the rows; the running process takes them within seconds."""
        statement = sa.update(dead_letter).where(self._mine).values(replay=True)
        if event_ids:
            statement = statement.where(dead_letter.c.event_id.in_([UUID(event_id) for event_id in event_ids]))
        result = await self._connection.execute(statement)
        await self._connection.commit()
        return int(result.rowcount)

    async def remove(self, ids: Collection[str]) -> int:
        """Delete the rows."""
        named = [sa.func.position(sa.literal(each.encode()).op("IN")(dead_letter.c.body)) > 0 for each in ids]
        result = await self._connection.execute(sa.delete(dead_letter).where(self._mine, sa.or_(sa.false(), *named)))
        await self._connection.commit()
        return int(result.rowcount)


@asynccontextmanager
async def open_store(
    consumer: str, *, amqp_url: str | None, prefix: str, database_url: str | None
) -> AsyncIterator[Store]:
    """The dead letters of a consumer: on the broker if there is one, else in its database."""
    amqp_url = amqp_url or _url_from_file()
    if amqp_url is not None:
        async with await aio_pika.connect(amqp_url) as connection:
            channel = await connection.channel(on_return_raises=True)
            yield BrokerStore(channel, Topology(prefix), consumer)
    elif database_url is not None:
        everything = {"server_settings": {SETTING: EVERYTHING}}  # it is the operator's work, for the whole district
        engine = create_async_engine(database_url, connect_args=everything)
        try:
            async with engine.connect() as database:
                yield TableStore(database, consumer)
        finally:
            await engine.dispose()
    else:
        raise typer.BadParameter("name a broker (DORFNETZ_AMQP_URL) or the consumer's database (--database-url)")


def _url_from_file() -> str | None:
    file = os.environ.get("DORFNETZ_AMQP_URL_FILE")
    return Path(file).read_text().strip() if file else None


def _describe(body: bytes, *, died_at: str, reason: str) -> DeadLetter:
    try:
        event = Event[Any].model_validate_json(body)
    except ValueError:
        return DeadLetter("", "", died_at, reason, body)
    return DeadLetter(str(event.id), event.type, died_at, reason, body)


app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

_Consumer = Annotated[str, typer.Argument(help="<service>.<purpose>, such as portal.read-model")]
_Amqp = Annotated[str | None, typer.Option("--amqp-url", envvar="DORFNETZ_AMQP_URL", help="The broker")]
_Prefix = Annotated[str, typer.Option("--prefix", envvar="DORFNETZ_AMQP_PREFIX", help="Of the names on the broker")]
_Database = Annotated[str | None, typer.Option("--database-url", help="Of the consumer's service, without a broker")]
_Ids = Annotated[list[str] | None, typer.Argument(help="Ids of events; all, if none are given")]


@app.command("list")
def list_command(
    consumer: _Consumer, amqp_url: _Amqp = None, prefix: _Prefix = "dorfnetz", database_url: _Database = None
) -> None:
    """One line for each dead letter: when, why, type, id. No payload."""

    async def run() -> None:
        async with open_store(consumer, amqp_url=amqp_url, prefix=prefix, database_url=database_url) as store:
            for letter in await store.letters():
                _print(f"{letter.died_at}  {letter.reason}  {letter.event_type or '?'}  {letter.event_id or '?'}")

    _run(run())


@app.command("show")
def show_command(
    consumer: _Consumer,
    event_id: Annotated[str, typer.Argument(help="Id of the event")],
    amqp_url: _Amqp = None,
    prefix: _Prefix = "dorfnetz",
    database_url: _Database = None,
) -> None:
    """The whole event as JSON. On private queues that is personal data: it goes to your terminal only."""

    async def run() -> None:
        async with open_store(consumer, amqp_url=amqp_url, prefix=prefix, database_url=database_url) as store:
            found = [letter for letter in await store.letters() if letter.event_id == event_id]
        if not found:
            _fail(f"{consumer} has no dead letter {event_id}")
        _print(to_json(from_json(found[0].body), indent=2).decode())

    _run(run())


@app.command("replay")
def replay_command(
    consumer: _Consumer,
    event_ids: _Ids = None,
    amqp_url: _Amqp = None,
    prefix: _Prefix = "dorfnetz",
    database_url: _Database = None,
) -> None:
    """Give the events to their consumer again."""

    async def run() -> None:
        async with open_store(consumer, amqp_url=amqp_url, prefix=prefix, database_url=database_url) as store:
            replayed = await store.replay(event_ids or [])
        _print(f"{replayed} replayed")

    _run(run())


def _run(work: Coroutine[Any, Any, None]) -> None:
    logging.disable(logging.CRITICAL)  # the libraries' own lines; what matters is said below
    try:
        asyncio.run(work)
    except aio_pika.exceptions.ChannelNotFoundEntity:
        _fail("there is no such consumer on this broker")
    except (OSError, aio_pika.exceptions.AMQPError, sa.exc.SQLAlchemyError) as error:
        _fail(f"not reachable: {type(error).__name__}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _fail(line: str) -> NoReturn:
    sys.stderr.write(f"dead_letters: {line}\n")
    raise SystemExit(1)


if __name__ == "__main__":
    app()
