"""Writing entries: they are collected during a transaction and written by one statement just before its commit.

A transaction that is rolled back leaves no entry: what was refused was neither seen nor changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import event as sqlalchemy_events
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from shared.access.grants import Principal
from shared.audit.tables import audit_entry

PRINCIPAL = "principal"  # where the session of a request knows its caller
_COLLECTED = "dorfnetz.audit"


@dataclass(frozen=True, slots=True)
class _Collected:
    savepoint: SessionTransaction | None
    values: dict[str, Any]


def record(
    session: AsyncSession,
    action: str,
    *,
    kind: str,
    subject: UUID,
    persons: Iterable[UUID] = (),
    scopes: Iterable[UUID | str] = (),
    details: dict[str, str] | None = None,
    actor: Principal | None = None,
) -> None:
    """Note that the caller of this transaction, or `actor` where it serves several, saw or changed personal data.

    `action` is a noun and a past participle (`person.seen`), `kind` and `subject` say what was looked at, `persons`
    whose data it was, `scopes` who may read the entry: ids of municipalities, networks and organisations, slugs of
    networks. Never names or addresses; `details` hold names of changed fields, ids, codes.
    """
    principal: Principal | None = actor or session.info.get(PRINCIPAL)
    values = {
        "actor": principal.id if principal else None,
        "action": action,
        "kind": kind,
        "subject": subject,
        "persons": sorted(set(persons)),
        "scopes": sorted({str(scope) for scope in scopes}),
        "details": details or {},
    }
    collected = session.info.setdefault(_COLLECTED, [])
    collected.append(_Collected(session.sync_session.get_nested_transaction(), values))


def record_list(session: AsyncSession, action: str, persons: Iterable[UUID], scopes: Iterable[UUID | str] = ()) -> None:
    """Note that the caller was shown these persons in a list, by one entry; none for an empty list."""
    shown = set(persons)
    principal: Principal | None = session.info.get(PRINCIPAL)
    if shown and principal is not None:
        record(session, action, kind="list", subject=principal.id, persons=shown, scopes=scopes)


@sqlalchemy_events.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if _COLLECTED not in session.info or session.in_nested_transaction():
        return
    session.flush()  # first, so that the chain is locked as briefly as can be
    entries: list[_Collected] = session.info.pop(_COLLECTED)
    if entries:
        session.execute(insert(audit_entry).inline(), [entry.values for entry in entries])


@sqlalchemy_events.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_COLLECTED, None)
    elif _COLLECTED in session.info:
        entries: list[_Collected] = session.info[_COLLECTED]
        session.info[_COLLECTED] = [entry for entry in entries if entry.savepoint is not ended]
