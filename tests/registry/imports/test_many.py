"""Lists of a whole district."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from registry.imports.checking import find_matches, source_of
from registry.imports.model import ImportRow, ListImport
from registry.imports.vocabulary import load_vocabulary
from shared.database import transaction
from sqlalchemy.ext.asyncio import AsyncSession

from tests.registry.imports.conftest import Importing, volunteers
from tests.registry.imports.test_volunteers import ANNA

MORE_THAN_PARAMETERS = 33_000  # a statement takes 32,767

NAME = "'Rita ' || translate(md5(n::text), '0123456789', 'ghklmnprst')"  # no two of them sound alike
PERSONS = f"""
    INSERT INTO person (id, version, name, email)
    SELECT gen_random_uuid(), 1, {NAME}, 'rita' || n || '@post.example' FROM generate_series(1, :count) AS n
"""
ROWS = f"""
    INSERT INTO list_import_row (import_id, part, number, label, values, problems, good, matches, exact)
    SELECT import_id, part, number + n, label, values || jsonb_build_object(
        'name', {NAME}, 'email', 'rita' || n || '@post.example'), problems, good, matches, exact
    FROM list_import_row, generate_series(1, :count) AS n
"""


async def test_a_list_that_comes_again_is_recognised_whatever_its_length(importing: Any) -> None:
    office: Importing = await importing()
    await office.check(volunteers(ANNA))
    async with transaction(office.sessions) as session:
        for statement in (PERSONS, ROWS):
            await session.execute(sa.text(statement), {"count": MORE_THAN_PARAMETERS})
    async with transaction(office.sessions) as session:
        await _compare(session, UUID(office.id))
    async with office.sessions() as session:
        known = sa.select(sa.func.count(ImportRow.person_id.distinct())).where(ImportRow.number > 2)
        assert await session.scalar(known) == MORE_THAN_PARAMETERS


async def _compare(session: AsyncSession, import_id: UUID) -> None:
    imported = await session.get_one(ListImport, import_id)
    source = source_of(imported.parts[0], await load_vocabulary(session))
    findings = await find_matches(session, imported, source)
    await findings.save(session, imported, imported.parts[0])
