"""In migrations: triggers that write down which entries of the search a change concerns.

Triggers rather than calls in handlers: what goes past the handlers (an import by COPY, an erasure, a merge of fields)
is seen as well. They work a statement at a time, so that 50,000 imported rows cost a few milliseconds.
"""

from alembic.operations import Operations

LOCK = 7_331_014  # whoever writes the index holds it: the worker and deletions
_EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


def create_functions(op: Operations) -> None:
    """Before the first `watch` and `forget`."""
    op.execute(
        """
        CREATE FUNCTION dorfnetz_search_prune(words text[]) RETURNS void LANGUAGE sql AS $$
            DELETE FROM search_typo AS t WHERE t.word = ANY (words) AND NOT EXISTS (
                SELECT FROM search_posting AS p WHERE p.word = t.word AND p.public = t.public);
            DELETE FROM search_word AS w WHERE w.word = ANY (words) AND NOT EXISTS (
                SELECT FROM search_posting AS p WHERE p.word = w.word AND p.public = w.public); $$
        """
    )
    op.execute(  # what is filled in is a constant
        f"""
        CREATE FUNCTION dorfnetz_search_forget() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            entered text := coalesce(current_setting('dorfnetz.scopes', true), '');
            gone text[];
        BEGIN
            PERFORM set_config('dorfnetz.scopes', '*', true);
            PERFORM pg_advisory_xact_lock({LOCK});
            WITH removed AS (
                DELETE FROM search_posting WHERE entry_id IN (SELECT id FROM changed) RETURNING word
            ) SELECT array_agg(DISTINCT word) INTO gone FROM removed;
            PERFORM dorfnetz_search_prune(gone);
            PERFORM set_config('dorfnetz.scopes', entered, true);
            RETURN NULL;
        END $$
        """  # noqa: S608
    )


def drop_functions(op: Operations) -> None:
    """Undo `create_functions`."""
    op.execute("DROP FUNCTION dorfnetz_search_forget(), dorfnetz_search_prune(text[])")


def watch(op: Operations, table: str, kind: str, entries: str) -> None:
    """Changed rows of `table` concern these entries of a kind: a query for their ids over `changed`, the rows.

    It sees all rows, whoever changes something: no entry must be missed. Its function has the query in its text, so
    that PostgreSQL plans it once a session: with the policies in it, planning takes longer than a hundred rows.
    """
    op.execute(
        f"""
        CREATE FUNCTION {_name(kind, table)}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE entered text := coalesce(current_setting('dorfnetz.scopes', true), '');
        BEGIN
            PERFORM set_config('dorfnetz.scopes', '*', true);
            INSERT INTO search_stale (kind, entry_id) SELECT DISTINCT '{kind}', found.id FROM ({entries}) AS found(id);
            PERFORM set_config('dorfnetz.scopes', entered, true);
            RETURN NULL;
        END $$
        """  # noqa: S608 - constants of a migration
    )
    for event, rows in _EVENTS.items():
        trigger = f'CREATE TRIGGER {_name(kind, event)} AFTER {event.upper()} ON "{table}" REFERENCING {rows} TABLE'
        op.execute(f"{trigger} AS changed FOR EACH STATEMENT EXECUTE FUNCTION {_name(kind, table)}()")


def unwatch(op: Operations, table: str, kind: str) -> None:
    """Undo `watch`."""
    for event in _EVENTS:
        op.execute(f'DROP TRIGGER {_name(kind, event)} ON "{table}"')
    op.execute(f"DROP FUNCTION {_name(kind, table)}()")


def forget(op: Operations, table: str) -> None:
    """An entry that is deleted from `table` is gone from the search in the same transaction."""
    op.execute(
        f'CREATE TRIGGER search_forget AFTER DELETE ON "{table}" REFERENCING OLD TABLE AS changed '
        "FOR EACH STATEMENT EXECUTE FUNCTION dorfnetz_search_forget()"
    )


def unforget(op: Operations, table: str) -> None:
    """Undo `forget`."""
    op.execute(f'DROP TRIGGER search_forget ON "{table}"')


def _name(kind: str, what: str) -> str:
    return f"search_{kind}_{what}"
