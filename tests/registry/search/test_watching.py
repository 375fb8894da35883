"""No change is forgotten: whatever a document is made of has a trigger that marks the document when it changes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from registry.database import Base
from registry.search.index import catch_up
from registry.search.kinds import KINDS, Kind
from registry.search.model import search_stale

# What the statements read along, although no word of the document comes from it.
NOT_A_WORD = {
    ("organisation", "network"): "its slug is read anew for each answer",
    ("need", "network"): "as with organisations",
    ("village", "network"): "as with organisations",
}
NOT_A_WORD |= {("offer", table): why for (kind, table), why in NOT_A_WORD.items() if kind == "need"}


@contextmanager
def reading(engine: Any) -> Iterator[set[str]]:
    """The tables that are read meanwhile."""
    found: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.update(name for name in Base.metadata.tables if re.search(rf"(FROM|JOIN) {name}\b", statement))

    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
async def one_of_each(world: Any, volunteer: Any, post: Any) -> None:
    organisation = await world.enter("Heimatverein", fields=["sport"], areas=[])
    places = {"village": world.gossa, "municipality": world.zoerbig, "network": world.network}
    await volunteer(areas=[{"kind": kind, "id": place["id"]} for kind, place in places.items()])
    for side in ("need", "offer"):
        body = {"organisation_id": organisation["id"], "kind": "rooms", "title": "Saal", "fields": ["sport"]}
        await post("/help-entries", side=side, **body)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_what_documents_are_made_of_is_watched(one_of_each: None, sessions: Any, kind: Kind) -> None:
    watched = (
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal "
        f"AND tgname IN ('search_{kind.name}_insert', 'search_{kind.name}_update', 'search_{kind.name}_delete') "
        "GROUP BY tgrelid HAVING count(*) = 3"
    )
    async with sessions() as session:
        ids = (await session.scalars(kind.entries)).all()
        with reading(session.bind) as read:
            assert await kind.documents(session, ids)
        marking = set(await session.scalars(sa.text(watched)))
    assert {table for table in read if (kind.name, table) not in NOT_A_WORD} == marking


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_an_untouched_write_past_the_handlers_is_marked(one_of_each: None, sessions: Any, kind: Kind) -> None:
    """The triggers hang on the tables: plain SQL, as of an import by COPY, is seen as well."""
    await catch_up(sessions)
    [table] = kind.entries.get_final_froms()
    assert isinstance(table, sa.Table)
    async with sessions.begin() as session:
        ids = set(await session.scalars(kind.entries))
        await session.execute(sa.update(table).values(version=table.c.version + 1))
    async with sessions() as session:
        marked = sa.select(search_stale.c.entry_id).where(search_stale.c.kind == kind.name)
        assert set(await session.scalars(marked)) >= ids
