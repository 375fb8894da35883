"""Rules for the tables that every service has, and why some of their tables need none."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit.tables import audit_entry, audit_head
from shared.audit.triggers import KEPT_YEARS
from shared.erasure.tables import erasure_task, tombstone
from shared.messaging.tables import dead_letter, idempotency_key, inbox, outbox
from shared.retention.activities import AUDIT, OPERATION, RIGHTS
from shared.retention.removals import Moment, Removing
from shared.retention.rules import Period, Rule

WITHOUT_PERSONS: Mapping[str, str] = {
    "event_log": "öffentliche Ereignisse: Kennungen, keine Namen oder Adressen",
    "retention_run": "Zahlen über das Löschen",
}
_SERVICES = "niemand außerhalb der Plattform"


@dataclass(frozen=True)
class _ForgettingEntries:
    """Old audit entries: the database itself deletes them, and tells in the chain what it deleted."""

    tables: tuple[str, ...] = (audit_entry.name,)

    def describe(self) -> str:
        return "dorfnetz_audit_forget"

    async def count(self, session: AsyncSession, before: Moment) -> int:
        old = sa.select(sa.func.count()).select_from(audit_entry).where(audit_entry.c.at < before)
        return int(await session.scalar(old) or 0)

    async def remove(self, session: AsyncSession, before: Moment, limit: int) -> int:  # noqa: ARG002 - it knows when
        return int(await session.scalar(sa.select(sa.func.dorfnetz_audit_forget(limit))) or 0)


AUDIT_RULES = (
    Rule(
        slug="audit-entries",
        name="Protokoll der Zugriffe",
        activity=AUDIT,
        data="Wer wann welche Daten gesehen oder geändert hat; Kennungen statt Namen",
        subjects="Alle, die mit der Plattform arbeiten, und alle, deren Daten sie enthält",
        recipients="Zuständige für ihren Bereich; bei Verdacht die Datenschutzbeauftragten",
        since="nach dem Zugriff",
        period=Period(years=KEPT_YEARS),
        removal=_ForgettingEntries(),
        tables=(audit_head.name,),
    ),
)

ERASURE_RULES = (
    Rule(
        slug="tombstones",
        name="Merkzettel für Löschungen",
        activity=RIGHTS,
        data="Kennungen, die zu niemandem mehr gehören, und was gelöscht wurde",
        subjects="Menschen, die gelöscht wurden",
        recipients=_SERVICES,
        since="dauerhaft, damit eine wiederhergestellte Sicherung niemanden zurückbringt",
        tables=(tombstone.name, erasure_task.name),
    ),
)

MESSAGING_RULES = (
    Rule(
        slug="idempotency-keys",
        name="Antworten auf wiederholte Befehle",
        activity=OPERATION,
        data="Die Antwort auf einen Befehl, damit er nicht zweimal wirkt, wenn die Verbindung abbricht",
        subjects="Alle, die etwas eingeben oder eingegeben werden",
        recipients=_SERVICES,
        since="nach dem Befehl",
        period=Period(days=1),
        removal=Removing(idempotency_key, lambda before: idempotency_key.c.created_at < before),
    ),
    Rule(
        slug="inbox",
        name="Verarbeitete Ereignisse",
        activity=OPERATION,
        data="Kennungen verarbeiteter Ereignisse, damit keines zweimal wirkt",
        subjects="Keine Angaben über Personen",
        recipients=_SERVICES,
        since="nach der Verarbeitung",
        # A dead letter may be played again after weeks; only then could a row that is gone let an effect happen twice.
        period=Period(days=60),
        removal=Removing(inbox, lambda before: inbox.c.processed_at < before),
    ),
    Rule(
        slug="dead-letters",
        name="Ereignisse, die nicht verarbeitet werden konnten",
        activity=OPERATION,
        data="Das Ereignis; interne Ereignisse können Namen und E-Mail-Adressen enthalten",
        subjects="Ansprechpersonen, Freiwillige, Angemeldete",
        recipients="die Personen, die die Plattform betreiben",
        since="nach dem Fehler",
        period=Period(days=60),
        removal=Removing(dead_letter, lambda before: dead_letter.c.created_at < before),
    ),
    Rule(
        slug="outbox",
        name="Ereignisse auf dem Weg",
        activity=OPERATION,
        data="Das Ereignis; interne Ereignisse können Namen und E-Mail-Adressen enthalten",
        subjects="Ansprechpersonen, Freiwillige, Angemeldete",
        recipients=_SERVICES,
        since="bis das Ereignis zugestellt ist, in der Regel Sekunden",
        tables=(outbox.name,),
    ),
)
