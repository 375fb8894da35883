"""Whoever is forgotten, and whatever is deleted, is looked for in every table that names it: by an index."""

import asyncpg
import pytest
from testkit.databases import Databases
from testkit.services import SERVICES

WITHOUT = """
    SELECT conrelid::regclass::text || '.' || attname FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND NOT EXISTS (
        SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND indpred IS NULL
    )
"""
SMALL = {
    "field_of_activity.merged_into_id",
    "merger.into_id",
    "merger.municipality_id",
    "municipality.district_id",
    "municipality.successor_id",
}  # a district has dozens of these
REASONS = {
    "certificate.municipality_id": "municipalities are never deleted",
    "meeting.course_id": "its index holds the courses, of which the others name none",
}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_foreign_key_of_a_large_table_has_an_index(service: str, databases: Databases) -> None:
    connection = await asyncpg.connect(databases.owner_url(databases.new_service(service)).replace("+asyncpg", ""))
    try:
        found = {column for (column,) in await connection.fetch(WITHOUT)}
    finally:
        await connection.close()
    assert found <= SMALL | set(REASONS)
