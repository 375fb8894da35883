"""What messaging promises, on the in-process transport and on the real broker."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
from shared.contracts.envelope import Event, Exchange, create_event
from shared.contracts.registry import OrganisationHidden, PersonDescribed
from shared.messaging import outbox, tables
from shared.messaging.consumer import Consumer
from shared.messaging.rabbit import RabbitTransport
from shared.messaging.transport import Outgoing, Transport
from sqlalchemy.ext.asyncio import AsyncSession
from testkit.messaging import FAST, Run, Service, counting, effects, note, until


async def test_a_committed_event_takes_effect_and_is_logged(
    writer: Service, reader: Service, transport: Transport, run: Run
) -> None:
    consumer = counting()
    await run(transport, consumer)
    ids = await writer.hide(*(uuid4() for _ in range(20)))

    async def done() -> bool:
        return sorted(await reader.effects_of(consumer)) == sorted(ids) and await writer.count(tables.outbox) == 0

    await until(done, what="the effect")
    log = await writer.rows(tables.event_log, tables.event_log.c.position)
    assert [row.event_id for row in log] == ids
    assert {row.kind for row in log} == {"registry.organisation"}
    assert Event[OrganisationHidden].model_validate_json(log[0].body).id == ids[0]


async def test_what_is_rolled_back_is_never_published(
    writer: Service, reader: Service, transport: Transport, run: Run
) -> None:
    consumer = counting()
    await run(transport, consumer)
    async with writer.sessions() as session:
        outbox.record(session, OrganisationHidden(organisation_id=uuid4()), subject=uuid4(), sequence=1)
        await session.flush()
        await session.rollback()
    (later,) = await writer.hide(uuid4())

    async def done() -> bool:
        return await reader.effects_of(consumer) == [later]

    await until(done)


async def test_the_same_event_three_times_has_one_effect(reader: Service, transport: Transport, run: Run) -> None:
    consumer = counting()
    await run(transport, consumer)
    messages = [outgoing(number) for number in range(1, 51)]
    last = outgoing(51)
    for batch in (messages, messages[::-1], messages, [last]):
        publication = await transport.publish(batch)
        assert publication.confirmed == {message.id for message in batch}

    async def done() -> bool:
        return last.event_id in await reader.effects_of(consumer)

    await until(done)
    assert sorted(await reader.effects_of(consumer)) == sorted(m.event_id for m in (*messages, last))


def outgoing(number: int, *, body: bytes | None = None, event_type: str | None = None) -> Outgoing:
    """An event as the relay hands it over."""
    subject = uuid4()
    event = create_event(OrganisationHidden(organisation_id=subject), subject=subject, sequence=1, network="krina")
    return Outgoing(
        id=number,
        event_id=event.id,
        exchange=Exchange.EVENTS,
        routing_key=event.routing_key,
        type=event_type or event.type,
        subject=event.subject,
        networkid="krina",
        body=body if body is not None else event.to_bytes(),
        attempts=0,
    )


async def test_a_handler_that_fails_for_a_while_is_tried_again(
    writer: Service, reader: Service, transport: Transport, run: Run
) -> None:
    consumer = Consumer("portal.stumbling", retry=FAST)
    bad = uuid4()
    tries = 0

    @consumer.on(OrganisationHidden)
    async def stumble(session: AsyncSession, event: Event[OrganisationHidden]) -> None:
        nonlocal tries
        await note(session, consumer, event)
        if event.data.organisation_id == bad:
            tries += 1
            if tries < 4:  # in the batch with its neighbours, then alone
                raise RuntimeError("not yet")

    await run(transport, consumer)
    ids = await writer.hide(uuid4(), bad, uuid4())

    async def done() -> bool:
        return sorted(await reader.effects_of(consumer)) == sorted(ids)

    await until(done)
    assert tries == 4
    assert await reader.count(tables.dead_letter) == 0


async def test_a_poison_event_becomes_a_dead_letter_and_harms_no_neighbour(
    writer: Service, reader: Service, transport: Transport, run: Run
) -> None:
    consumer = Consumer("portal.picky", retry=FAST)
    bad = {uuid4() for _ in range(5)}

    @consumer.on(OrganisationHidden)
    async def refuse(session: AsyncSession, event: Event[OrganisationHidden]) -> None:
        await note(session, consumer, event)
        if event.data.organisation_id in bad:
            raise ValueError("never")

    healthy = counting("portal.healthy")
    await run(transport, consumer, healthy)
    good = [uuid4() for _ in range(45)]
    mixed = [subject for n, one in enumerate(bad) for subject in (*good[n * 9 : n * 9 + 9], one)]
    ids = await writer.hide(*mixed)

    async def done() -> bool:
        return (
            len(await reader.effects_of(consumer)) == 45
            and len(await reader.effects_of(healthy)) == 50
            and await dead_letters(transport, reader, consumer) == 5
            and await writer.count(tables.outbox) == 0
        )

    await until(done)
    assert sorted(await reader.effects_of(healthy)) == sorted(ids)
    rows = await reader.rows(effects)
    subjects = {row.subject for row in rows if row.consumer == consumer.name}
    assert subjects == {str(subject) for subject in good}


async def dead_letters(transport: Transport, reader: Service, consumer: Consumer) -> int:
    """How many dead letters a consumer has."""
    if isinstance(transport, RabbitTransport):
        connection = transport.broker._connection
        assert connection is not None
        channel = await connection.channel()
        queue = await channel.declare_queue(f"{transport._topology.prefix}.{consumer.name}.dead", passive=True)
        await channel.close()
        return int(queue.declaration_result.message_count or 0)
    rows = await reader.rows(tables.dead_letter)
    return sum(row.consumer == consumer.name for row in rows)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(outgoing(1, body=b"{"), id="no JSON"),
        pytest.param(outgoing(1, body=b"[]"), id="no object"),
        pytest.param(outgoing(1, body=b'"\xff\xfe"'), id="no UTF-8"),
        pytest.param(outgoing(1, body=b""), id="empty"),
        pytest.param(
            outgoing(1, body=outgoing(1).body.replace(b"organisation_id", b"organisation")), id="no such field"
        ),
        pytest.param(outgoing(1, body=outgoing(1).body.replace(b"hidden.v1", b"hidden.v9")), id="unknown type"),
    ],
)
async def test_what_cannot_be_read_is_a_dead_letter_at_once(
    message: Outgoing, reader: Service, transport: Transport, run: Run
) -> None:
    consumer = counting()
    await run(transport, consumer)
    good = outgoing(2)
    publication = await transport.publish([message, good])
    assert publication.confirmed == {1, 2}

    async def done() -> bool:
        return await dead_letters(transport, reader, consumer) == 1 and len(await reader.effects_of(consumer)) == 1

    await until(done)
    assert await reader.effects_of(consumer) == [good.event_id]


async def test_private_events_reach_their_consumer_alone_and_leave_nothing_behind(
    writer: Service, reader: Service, transport: Transport, run: Run
) -> None:
    directory = Consumer("notifications.directory", retry=FAST)
    every = Consumer("portal.every", retry=FAST)
    seen: list[Any] = []

    @directory.on(PersonDescribed)
    async def describe(session: AsyncSession, event: Event[PersonDescribed]) -> None:
        await note(session, directory, event)

    @every.on_every_event
    async def watch(session: AsyncSession, event: Event[Any]) -> None:
        await note(session, every, event)
        seen.append(event.data)

    await run(transport, directory, every)
    subject = uuid4()
    person = await writer.describe_person("Kanarienvogel Elster")
    (public,) = await writer.hide(subject)

    async def done() -> bool:
        return await reader.effects_of(directory) == [person] and await reader.effects_of(every) == [public]

    await until(done)
    await until(lambda: _is_empty(writer), what="an empty outbox")
    assert seen == [{"organisation_id": str(subject)}]
    assert [row.event_id for row in await writer.rows(tables.event_log)] == [public]


async def _is_empty(service: Service) -> bool:
    return await service.count(tables.outbox) == 0


async def test_a_timer_waits_for_its_moment(writer: Service, reader: Service, transport: Transport, run: Run) -> None:
    consumer = counting()
    await run(transport, consumer)
    moment = datetime.now(UTC) + timedelta(seconds=1.5)
    (timer,) = await writer.hide(uuid4(), not_before=moment)
    (now,) = await writer.hide(uuid4())

    async def first() -> bool:
        return await reader.effects_of(consumer) == [now]

    await until(first)

    async def second() -> bool:
        return await reader.effects_of(consumer) == [now, timer]

    await until(second)
    assert datetime.now(UTC) >= moment


async def test_handlers_know_the_trace_and_the_log_names_no_payload(
    writer: Service, transport: Transport, run: Run
) -> None:
    directory = Consumer("notifications.careless", retry=FAST)
    bound: list[dict[str, Any]] = []

    @directory.on(PersonDescribed)
    async def fail(session: AsyncSession, event: Event[PersonDescribed]) -> None:
        bound.append(structlog.contextvars.get_contextvars())
        raise RuntimeError(f"cannot reach {event.data.name}")

    with structlog.testing.capture_logs() as logs:
        await run(transport, directory)
        event_id = await writer.describe_person("Kanarienvogel Elster")
        await until(lambda: _is_empty(writer))

        async def given_up() -> bool:
            return any(line["event"] == "consumer.dead_letter" for line in logs)

        await until(given_up)
    assert bound[0]["event_id"] == str(event_id)
    assert bound[0]["event_type"] == PersonDescribed.type
    assert "trace_id" in bound[0]
    row = await writer.rows(tables.outbox)
    assert row == []
    assert "Kanarienvogel" not in "".join(str({k: v for k, v in line.items() if k != "exc_info"}) for line in logs)
