"""Asking a service in the name of every caller, in a transaction that is always rolled back."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

import httpx2
import sqlalchemy as sa
from fastapi import FastAPI
from shared.access.grants import Role
from shared.access.tenancy import EVERYTHING, SETTING
from shared.database import create_engine
from shared.messaging.outbox import Waker
from sqlalchemy.ext.asyncio import AsyncConnection

from access_table.model import Caller, Nowhere, Place, Row, Who
from access_table.world import World

_EACH_TABLE = """
    select string_agg(format(
        'select %L as name, md5(string_agg(t::text, %L order by t::text)) as seen from %I t', tablename, ' ', tablename
    ), ' union all ') from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'
"""
_WITNESSES = frozenset({"audit_entry", "audit_head"})  # a look at personal data is written down
_PUBLIC = frozenset({"municipality", "village", "network", "organisation"})
_ATTEMPTS = frozenset({"rate_limit"})  # an attempt counts, also one that is refused


class Expected(Enum):
    """What a caller must be answered."""

    SUCCESS = "a success"
    MISSING = "what is answered for a thing that does not exist"


@dataclass(frozen=True)
class Answer:
    """What came back, and which tables would have changed."""

    status: int
    text: str
    changed: frozenset[str]

    def __str__(self) -> str:
        code = re.search(r'"code":"(\w+)"', self.text)
        return f"{self.status} {code[1] if code else self.text[:80]}"


@dataclass
class Asker:
    """One service on one connection: each request is one transaction that leaves nothing behind."""

    world: World
    client: httpx2.AsyncClient
    connection: AsyncConnection
    tables: str
    untouched: dict[str, str | None]

    async def ask(self, row: Row, caller: Caller, place: Place) -> Answer:
        """One request. Raises KeyError where the place lacks a thing that the row needs."""
        sent: dict[str, Any] = {"json": row.body(place)} if row.body and not row.form else {}
        if row.body and row.form:
            sent = {"data": row.body(place)}
        headers = {**(row.headers(place) if row.headers else {})}
        if caller.token is not None:
            headers["authorization"] = f"Bearer {caller.token}"
        query = row.query(place) if row.query else None
        path = row.path_in(place)
        async with self.connection.begin() as outer:
            answer = await self.client.request(row.method, path, headers=headers, params=query, **sent)
            changed = await self._changed()
            await outer.rollback()
        return Answer(answer.status_code, answer.text, changed - _ATTEMPTS)

    async def _changed(self) -> frozenset[str]:
        """The tables that are not as they were. A transaction that has written nothing has no number yet."""
        number = sa.text("SELECT pg_current_xact_id_if_assigned()::text")
        if (await self.connection.execute(number)).scalar() is None:
            return frozenset()
        seen = await fingerprints(self.connection, self.tables)
        return frozenset(name for name, value in seen.items() if value != self.untouched[name])

    async def check(self, row: Row) -> AsyncIterator[str]:
        """What is wrong with the answers to one row: every caller, every place."""
        asked = False
        for place in self._places(row):
            for caller in self.world.callers():
                try:
                    answer = await self.ask(row, caller, place)
                except KeyError:
                    break
                asked = True
                for problem in await self._problems(row, caller, place, answer):
                    yield f"{row.route} by {caller.name} in {place.name}: {problem}"
        if not asked:
            yield f"{row.route}: no place has what the row needs"

    def _places(self, row: Row) -> list[Place]:
        """Every place where it matters which one it is."""
        everywhere = row.within is not None or "{" in row.template
        return list(self.world.places.values()) if everywhere else [self.world.gossa]

    async def _problems(self, row: Row, caller: Caller, place: Place, answer: Answer) -> list[str]:
        wanted = expected(row, caller, place)
        found = [*self._betrayed(caller, answer)]
        if wanted is Expected.MISSING and _names_public_thing(row) and answer.status == HTTPStatus.FORBIDDEN:
            pass  # everybody knows that it exists
        elif wanted is Expected.MISSING:
            missing = await self.ask(row, caller, Nowhere(place))
            if missing.status != HTTPStatus.NOT_FOUND and row.within in row.named_by_path().values():
                found.append(f"a missing thing is answered {missing}")
            if (answer.status, answer.text) != (missing.status, missing.text) or answer.status < 400:
                found.append(f"answered {answer}, not like a missing thing: {missing}")
        elif wanted is Expected.SUCCESS and not 200 <= answer.status < 300:
            found.append(f"refused: {answer}")
        elif isinstance(wanted, int) and answer.status != wanted:
            found.append(f"expected {wanted}, answered {answer}")
        if answer.status >= 400 or not row.writes:
            found += [f"wrote to {name}" for name in sorted(answer.changed - _WITNESSES)]
        if answer.status >= 400 and answer.changed:
            found.append(f"wrote to {', '.join(answer.changed)} although it refused")
        if row.shows and answer.status == HTTPStatus.OK:
            found += self._wrongly_listed(row, caller, answer)
        return found

    def _betrayed(self, caller: Caller, answer: Answer) -> Iterator[str]:
        for place in self.world.places.values():
            for word, scopes in place.secrets.items():
                if word in answer.text and not caller.covers(scopes):
                    yield f"reads “{word}”"

    def _wrongly_listed(self, row: Row, caller: Caller, answer: Answer) -> Iterator[str]:
        assert row.shows is not None
        for place in self.world.places.values():
            if row.shows in place.things:
                allowed = caller.role in row.who if isinstance(row.who, frozenset) else True
                mine = row.who is Who.EVERYBODY or (allowed and caller.covers(place.scopes[row.shows]))
                if (place[row.shows] in answer.text) is not mine:
                    yield f"{'lacks' if mine else 'shows'} the {row.shows} of {place.name}"


def expected(row: Row, caller: Caller, place: Place) -> Expected | int:
    """The answer that the table promises."""
    success = row.answer or Expected.SUCCESS
    if row.who is Who.EVERYBODY:
        return success
    if caller.token is None:
        return _open(row) or HTTPStatus.UNAUTHORIZED
    if row.who is Who.LOGGED_IN:
        return success
    if row.who is Who.PERSON:  # a program has no data of its own
        return HTTPStatus.NOT_FOUND if caller.role is Role.API_CLIENT else success
    if caller.role not in row.who:
        return _open(row) or HTTPStatus.FORBIDDEN
    if row.within is None or caller.covers(place.scopes[row.within]):
        return success
    return Expected.MISSING


def _open(row: Row) -> Expected | None:
    """Who lacks the role at a route for everybody."""
    if not row.open:
        return None
    return Expected.SUCCESS if row.shows else Expected.MISSING


def _names_public_thing(row: Row) -> bool:
    """Whether the thing is named in the body and is one that everybody may read."""
    return row.within in _PUBLIC and row.within not in row.named_by_path().values()


async def fingerprints(connection: AsyncConnection, tables: str) -> dict[str, str | None]:
    """One number for the rows of each table."""
    await connection.execute(sa.text(f"SELECT set_config('{SETTING}', '{EVERYTHING}', true)"))
    found = await connection.execute(sa.text(tables))
    return {row.name: row.seen for row in found}


@asynccontextmanager
async def asking(app: FastAPI, client: httpx2.AsyncClient, world: World) -> AsyncIterator[Asker]:
    """Let an application work on one connection, inside a transaction that the asker rolls back."""
    engine = create_engine(app.state.settings)
    Waker.of(engine.sync_engine).relays.add(asyncio.Event())  # as if a relay ran here: nobody needs a NOTIFY
    async with engine.connect() as connection:
        app.state.sessions.configure(bind=connection, join_transaction_mode="create_savepoint")
        async with connection.begin():
            tables = (await connection.execute(sa.text(_EACH_TABLE))).scalar_one()
            untouched = await fingerprints(connection, tables)
        yield Asker(world, client, connection, tables, untouched)
    await engine.dispose()
