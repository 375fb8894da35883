"""Row-level security: PostgreSQL itself hides foreign rows, even where a query forgot its filter.

Three things make it hold, each found to matter by experiment: FORCE (else the table's owner sees everything), an
application role that does not own the tables, and a setting that lives only as long as the transaction. After such a
transaction the setting is an empty string, not NULL, which is why the policy reads it through `nullif`.
"""

from collections.abc import Iterable
from uuid import UUID

from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SETTING = "dorfnetz.scopes"
EVERYTHING = "*"  # the scope of work that serves the whole district: relay, consumers, timers, district officers


def protect(op: Operations, table: str, scope_column: str) -> None:
    """In a migration: rows of `table` are seen and written only by transactions that entered their scope."""
    name = table.replace('"', "")
    entered = f"string_to_array(nullif(current_setting('{SETTING}', true), ''), ',')"
    rule = f"{scope_column}::text = ANY ({entered}) OR '{EVERYTHING}' = ANY ({entered})"
    op.execute(f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY in_scope ON "{name}" USING ({rule}) WITH CHECK ({rule})')


async def enter_scopes(session: AsyncSession, scopes: Iterable[UUID | str]) -> None:
    """From here to the end of the transaction, rows of these scopes are visible (`EVERYTHING` for all)."""
    value = ",".join(sorted(str(scope) for scope in scopes))
    await session.execute(text("SELECT set_config(:name, :value, true)"), {"name": SETTING, "value": value})
