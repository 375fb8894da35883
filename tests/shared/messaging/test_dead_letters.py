"""The command that lists, shows and replays dead letters, on the broker and on the table."""

import asyncio
import os
import subprocess
import sys
from typing import Any
from uuid import uuid4

from shared.contracts.envelope import Event
from shared.contracts.registry import OrganisationHidden, PersonDescribed
from shared.messaging.consumer import Consumer
from shared.messaging.transport import Transport
from sqlalchemy.ext.asyncio import AsyncSession
from testkit.messaging import FAST, Run, Service, counting, note, until


async def command(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DORFNETZ_")}
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "shared.messaging.dead_letters", *arguments],
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


async def test_a_dead_letter_is_listed_looked_at_and_replayed_to_its_own_queue(
    writer: Service, reader: Service, transport: Transport, run: Run, amqp_url: str, amqp_prefix: str
) -> None:
    broken = Consumer("portal.broken", retry=FAST)
    mended = False

    @broken.on(OrganisationHidden, PersonDescribed)
    async def handle(session: AsyncSession, event: Event[Any]) -> None:
        if not mended:
            raise RuntimeError
        await note(session, broken, event)

    neighbour = counting("portal.neighbour")
    await run(transport, broken, neighbour)
    (public,) = await writer.hide(uuid4())
    private = await writer.describe_person("Kanarienvogel Elster")
    on_broker = hasattr(transport, "broker")
    environment = {"DORFNETZ_AMQP_URL": amqp_url, "DORFNETZ_AMQP_PREFIX": amqp_prefix} if on_broker else {}
    options = [] if on_broker else ["--database-url", reader.url]

    async def dead() -> bool:
        listed = await command("list", broken.name, *options, environment=environment)
        assert listed.returncode == 0, listed.stderr
        assert "Kanarienvogel" not in listed.stdout
        return str(public) in listed.stdout and str(private) in listed.stdout

    await until(dead, seconds=60)
    shown = await command("show", broken.name, str(public), *options, environment=environment)
    assert '"type": "registry.organisation.hidden.v1"' in shown.stdout
    missing = await command("show", broken.name, str(uuid4()), *options, environment=environment)
    assert (missing.returncode, missing.stdout) == (1, "")

    again = await command("replay", broken.name, str(public), *options, environment=environment)
    assert again.stdout == "1 replayed\n", again.stderr
    await until(dead, seconds=60)  # still broken: it dies again

    mended = True
    await command("replay", broken.name, *options, environment=environment)

    async def done() -> bool:
        return sorted(await reader.effects_of(broken)) == sorted([public, private])

    await until(done, seconds=30)
    listed = await command("list", broken.name, *options, environment=environment)
    assert listed.stdout == ""
    assert await reader.effects_of(neighbour) == [public]


async def test_what_is_wrong_is_said_in_a_line(amqp_url: str) -> None:
    unknown = await command("list", "portal.nobody", environment={"DORFNETZ_AMQP_URL": amqp_url})
    assert unknown.stderr == "dead_letters: there is no such consumer on this broker\n"
    away = await command("list", "portal.x", environment={"DORFNETZ_AMQP_URL": "amqp://guest:guest@127.0.0.1:1/"})
    assert away.returncode == 1
    assert away.stderr.startswith("dead_letters: not reachable")
    nothing = await command("list", "portal.x", environment={})
    assert nothing.returncode == 2
