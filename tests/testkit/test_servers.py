"""The servers and fixtures that the other tests stand on."""

import asyncio

import aio_pika
import asyncpg
import pytest
from testkit import postgres, rabbitmq
from testkit.aio import run_sync
from testkit.databases import Databases, look_at
from testkit.postgres import Postgres
from testkit.rabbitmq import Broker
from testkit.tcp_proxy import TcpProxy


async def test_a_database_is_emptied_of_what_a_test_left(databases: Databases) -> None:
    url = databases.built("testkit", _make_villages).replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    await connection.execute("insert into villages (name) values ('Gossa')")
    databases.built("testkit", _make_villages)
    assert (await look_at(url)).rows == {}
    assert connection.is_closed() or not await _answers(connection)


async def test_a_database_gets_back_what_its_migrations_wrote(databases: Databases) -> None:
    def build(url: str) -> None:
        _make_villages(url)
        run_sync(lambda: _run(url, "insert into villages (name) values ('Krina'), ('Pouch')"))

    url = databases.built("testkit_filled", build).replace("+asyncpg", "")
    new = await look_at(url)
    await _run(url, "delete from villages where name = 'Krina'")
    await _run(
        url, "insert into villages (name) select 'Gossa ' || repeat('a', 100) || i from generate_series(1, 9000) i"
    )
    assert await look_at(url) != new
    databases.built("testkit_filled", build)
    assert await look_at(url) == new
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("insert into villages (name) values ('Krina 2') returning id") == 3
    assert [row[0] for row in await connection.fetch("select name from villages order by id")][:2] == ["Krina", "Pouch"]
    await connection.close()
    databases.built("testkit_filled", build)
    assert await look_at(url) == new


async def test_a_database_whose_schema_a_test_changed_is_made_anew(databases: Databases) -> None:
    url = databases.built("testkit", _make_villages).replace("+asyncpg", "")
    new = await look_at(url)
    connection = await asyncpg.connect(databases.owner_url(url).replace("+asyncpg", ""))
    await connection.execute("alter table villages drop constraint villages_name_key")
    assert await look_at(url) != new
    databases.built("testkit", _make_villages)
    connection = await asyncpg.connect(url)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("insert into villages (name) values ('Gossa'), ('Gossa')")
    await connection.close()


def _make_villages(url: str) -> None:
    run_sync(lambda: _run(url, "create table villages (id serial primary key, name text unique)"))


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(statement)
    await connection.close()


async def _answers(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    try:
        await connection.fetchval("select 1")
    except (asyncpg.PostgresError, OSError, asyncpg.InterfaceError):
        return False
    return True


async def test_the_broker_takes_and_gives_a_message(amqp_url: str, amqp_prefix: str) -> None:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(f"{amqp_prefix}.test", exclusive=True)
        await channel.default_exchange.publish(aio_pika.Message(b"Treffen"), routing_key=queue.name)
        message = await queue.get(timeout=5)
        assert message.body == b"Treffen"
        await message.ack()


async def test_a_proxy_that_stops_forwarding_keeps_the_connection_open(postgres_url: str) -> None:
    async with TcpProxy(postgres_url) as proxy:
        connection = await asyncpg.connect(proxy.url)
        assert await connection.fetchval("select 1") == 1
        proxy.stop_forwarding()
        query = asyncio.create_task(connection.fetchval("select 2"))
        assert not (await asyncio.wait({query}, timeout=0.3))[0]
        proxy.forward()
        assert await query == 2
        await proxy.cut()
        with pytest.raises((asyncpg.PostgresError, OSError, asyncpg.InterfaceError)):
            await connection.fetchval("select 3")


def test_a_killed_postgres_comes_back_under_its_url(own_postgres: Postgres) -> None:
    for hurt in (own_postgres.kill, lambda: own_postgres.stop(immediate=True), own_postgres.stop):
        hurt()
        assert not postgres.answers(own_postgres.url)
        own_postgres.start()
        assert postgres.answers(own_postgres.url)


def test_a_killed_broker_comes_back_under_its_url(own_broker: Broker) -> None:
    own_broker.stop()
    own_broker.start()
    own_broker.kill()
    assert not rabbitmq.answers(own_broker.url)
    own_broker.start()
    assert "amqp" in own_broker.rabbitmqctl("list_connections", "protocol") + own_broker.url
