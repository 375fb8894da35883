"""Canaries: words that stand in names, addresses and numbers of people, and everywhere to look for them.

A place is a text such as "registry.person.name", "log of events-worker", "queue portal.read-model.dead: headers".
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import httpx2

WORDS = ("Kanarienvogel", "voliere.example", "9990001")
PHONE = "+4934939990001"

Places = Counter[str]
"""How often a canary was found, by place."""


def sings(content: Any) -> bool:
    """Whether one of the words is somewhere in it, however it is nested; the search keeps words in lower case."""
    text = content.decode(errors="replace") if isinstance(content, bytes) else str(content)
    return any(word.lower() in text.lower() for word in WORDS)


async def in_databases(urls: Mapping[str, str]) -> Places:
    """Every column of every table. `urls` are those of a superuser, by service.

    What is on its way or kept for another service is named with the exchange that it is for.
    """
    found: Places = Counter()
    for service, url in urls.items():
        connection = await asyncpg.connect(url)
        try:
            for table in await connection.fetch("select tablename from pg_tables where schemaname = 'public'"):
                for row in await connection.fetch(f'select * from "{table[0]}"'):
                    exchange = f" ({row['exchange']})" if "exchange" in row else ""
                    found.update(
                        f"{service}.{table[0]}.{name}{exchange}" for name, value in row.items() if sings(value)
                    )
        finally:
            await connection.close()
    return found


def in_files(folder: Path, pattern: str = "*.log") -> Places:
    """What the processes wrote: each line of a log on its own."""
    found: Places = Counter()
    for path in sorted(folder.glob(pattern)):
        lines = path.read_text(errors="replace").splitlines()
        found[f"log of {path.stem}"] += sum(map(sings, lines))
    return +found


async def in_queues(amqp_url: str, queues: Iterable[str], *, name: Callable[[str], str]) -> Places:
    """Headers and properties of the messages in these queues, and their bodies. They stay there."""
    found: Places = Counter()
    async with await aio_pika.connect(amqp_url) as connection:
        for queue_name in queues:
            channel = await connection.channel()
            queue = await channel.declare_queue(queue_name, passive=True)
            while (message := await queue.get(fail=False)) is not None:
                found[f"queue {name(queue_name)}"] += 0
                found[f"queue {name(queue_name)}: headers"] += sings([message.headers, message.info()])
                found[f"queue {name(queue_name)}: body"] += sings(message.body)
            await channel.close()  # gives back what was not acknowledged
    return found


async def in_answers(urls: Iterable[str]) -> Places:
    """What anybody reads at these addresses without logging in."""
    found: Places = Counter()
    async with httpx2.AsyncClient(timeout=30) as client:
        for url in urls:
            answer = (await client.get(url)).raise_for_status()
            found[f"answer of {answer.url.path}"] += sings(answer.text)
    return +found
