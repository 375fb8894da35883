"""Row-level security: PostgreSQL itself hides foreign rows, even where a query forgot its filter.

Three things make it hold, each found to matter by experiment: FORCE (else the table's owner sees everything), an
application role that does not own the tables, and a setting that lives only as long as the transaction. After such a
transaction the setting is an empty string, not NULL, which is why `dorfnetz_scopes` reads it through `nullif`.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

from alembic.operations import Operations
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from shared.access.grants import Principal, ScopeKind

SETTING = "dorfnetz.scopes"  # text, comma separated
EVERYTHING = "*"  # the scope of work that serves the whole district: relay, consumers, timers, district officers
ENTERED = "(SELECT dorfnetz_scopes())::text[]"
"""In a policy: the scopes of the transaction. As a sub-select it is evaluated once a statement, not once a row."""

PUBLIC = "true"
"""A condition for `protect(read=...)`: everybody may see these rows."""
NOBODY = "false"
"""A condition for `protect`: only work that serves the whole district (`EVERYTHING`)."""

_AT_BEGIN = "dorfnetz.scopes"
_UNBOUND = text(
    """
    SELECT current_user, EXISTS (
        SELECT FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND pg_has_role(current_user, oid, 'MEMBER')
    ) OR EXISTS (
        SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND pg_has_role(current_user, relowner, 'MEMBER')
    )
    """
)
_SET = text("SELECT set_config(:name, :value, true)")


def create_function(op: Operations) -> None:
    """In a migration, before the first `protect`: the function that policies read the entered scopes by."""
    op.execute(
        f"""
        CREATE FUNCTION dorfnetz_scopes() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT coalesce(string_to_array(nullif(current_setting('{SETTING}', true), ''), ','), '{{}}') $$
        """
    )


def drop_function(op: Operations) -> None:
    """Undo `create_function`."""
    op.execute("DROP FUNCTION dorfnetz_scopes()")


def protect(op: Operations, table: str, *, read: str, write: str | None = None, insert: str | None = None) -> None:
    """In a migration: rows of `table` are seen where `read` holds and written where `write` (else `read`) holds.

    They are SQL conditions over the row, such as `f"network = ANY ({ENTERED})"`. `EVERYTHING` always passes. `insert`
    is for a table where new rows follow another rule than present ones. Locking a row counts as writing it.
    """
    everything = f"'{EVERYTHING}' = ANY ({ENTERED})"
    write = write or read
    may_read, may_write, may_insert = (f"({everything} OR ({part}))" for part in (read, write, insert or write))
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY read_in_scope ON "{table}" FOR SELECT USING {may_read}')
    op.execute(f'CREATE POLICY insert_in_scope ON "{table}" FOR INSERT WITH CHECK {may_insert}')
    op.execute(f'CREATE POLICY update_in_scope ON "{table}" FOR UPDATE USING {may_write} WITH CHECK {may_write}')
    op.execute(f'CREATE POLICY delete_in_scope ON "{table}" FOR DELETE USING {may_write}')


def unprotect(op: Operations, table: str) -> None:
    """Undo `protect`."""
    for policy in ("read", "insert", "update", "delete"):
        op.execute(f'DROP POLICY {policy}_in_scope ON "{table}"')
    op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY')


def scopes_of(principal: Principal) -> list[str]:
    """What a caller may see rows of: the scopes of the grants (a network by id and slug), and the caller's own id."""
    if any(grant.scope is ScopeKind.DISTRICT for grant in principal.grants):
        return [EVERYTHING]
    held = {str(principal.id)}
    for grant in principal.grants:
        held |= {str(name) for name in (grant.scope_id, grant.scope_key) if name is not None}
    return sorted(held)


async def enter_scopes(session: AsyncSession, scopes: Iterable[UUID | str]) -> None:
    """From here to the end of the transaction, rows of these scopes are visible (`EVERYTHING` for all)."""
    await session.execute(_SET, _setting(scopes))


def enter_scopes_at_begin(session: AsyncSession, scopes: Iterable[UUID | str]) -> None:
    """Like `enter_scopes` for each transaction that `session` is going to begin. It takes no connection by itself."""
    session.sync_session.info[_AT_BEGIN] = list(scopes)


@asynccontextmanager
async def beyond_scopes(session: AsyncSession, *, reads_only: bool = False) -> AsyncIterator[None]:
    """Inside, all rows are visible: for code whose proof is something else than a grant, as a token that it was given.

    Say at the call what the proof is. Everything added inside is written before the end, unless it `reads_only`: then
    what was changed before is written later, within the scopes.
    """
    found = await session.execute(
        text("SELECT coalesce(current_setting(:name, true), ''), set_config(:name, :value, true)"),
        _setting([EVERYTHING]),
    )
    before = found.scalar_one()
    try:
        yield
        if not reads_only:
            await session.flush()
    except Exception as error:
        # After an error of the database the transaction is over; its rollback takes the setting back too.
        if session.is_active and not isinstance(error, DBAPIError):
            await enter_scopes(session, [before])
        raise
    await enter_scopes(session, [before])


class UnboundRole(RuntimeError):
    """The process was given a role of the database that row-level security does not bind."""

    def __init__(self, role: str) -> None:
        super().__init__(
            f"the role {role!r} could bypass row-level security: it is a superuser, has BYPASSRLS, or owns the tables; "
            "the processes need a role of their own, only `migrate` uses the owner"
        )


async def check_role(connection: AsyncConnection) -> None:
    """Raise `UnboundRole` unless row-level security binds the role of `connection`, and all roles it could take."""
    role, unbound = (await connection.execute(_UNBOUND)).one()
    if unbound:
        raise UnboundRole(role)


def _setting(scopes: Iterable[UUID | str]) -> dict[str, str]:
    return {"name": SETTING, "value": ",".join(sorted(str(scope) for scope in scopes))}


@event.listens_for(Session, "after_begin")
def _enter_at_begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    scopes = session.info.get(_AT_BEGIN)
    if scopes and not transaction.nested:
        connection.execute(_SET, _setting(scopes))
