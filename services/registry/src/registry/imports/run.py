"""What the writing of one import carries along: who is known, what was entered, what others will be told."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from shared import audit
from shared.contracts.envelope import EventData
from shared.contracts.registry import PersonDescribed
from shared.errors import DomainError
from shared.messaging.outbox import Told, record_all
from sqlalchemy.dialects.postgresql import JSONB, Insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.fields_of_activity.model import FieldOfActivity, RetiredField
from registry.imports.bulk import insert_all, inserting
from registry.imports.checking import source_of
from registry.imports.matching import Findings
from registry.imports.model import EntryKind, ImportEntry, ImportPart, ImportRow, ListImport, Outcome
from registry.imports.vocabulary import Vocabulary
from registry.people.model import Person

PERSONS = 1_000  # named in one entry of the audit log
_OUTCOMES = JSONB()


class Run:
    """One import while it is written. What is noted here is written by `save`, by a few statements."""

    def __init__(self, session: AsyncSession, imported: ListImport, vocabulary: Vocabulary) -> None:
        self.session, self.imported, self.vocabulary = session, imported, vocabulary
        self.access = imported.access()
        self.part = 0
        self.refused: dict[int, Findings] = {}
        self.organisations: dict[tuple[int, int], UUID] = {}  # by part and row, for contact persons further on
        self._people: dict[tuple[str, str], UUID] = {}
        self._persons: list[dict[str, Any]] = []
        self._told: list[Told] = []
        self._entries: list[dict[str, Any]] = []
        self._outcomes: list[tuple[Any, ...]] = []
        self._concerned: list[UUID] = []

    def person(self, row: Any, values: dict[str, Any], birth_date: date | None = None) -> tuple[UUID, bool]:
        """The id of whoever the row names, and whether it is somebody new to the whole directory.

        Somebody may stand in several rows of a file, as the chairwoman of two associations does.
        """
        name, email, phone = values["name"], values.get("email"), values.get("phone")
        key = (name.lower(), email.lower() if email else f"tel:{phone}")
        known = row.person_id or self._people.get(key)
        if known is not None:
            return known, False
        person_id = self._people[key] = uuid4()
        self._persons.append(
            {
                "id": person_id,
                "version": 1,
                "name": name,
                "email": email,
                "phone": phone,
                "birth_date": birth_date,
                "recorded_by": self.access.principal.id,
            }
        )
        self.tell(PersonDescribed(person_id=person_id, name=name, email=email), person_id, 1)
        self.enter(EntryKind.PERSON, person_id, row.number, person_id=person_id)
        return person_id, True

    def organisation(self, reference: Mapping[str, Any]) -> UUID:
        """The id of an organisation of the directory, or of one that this import has just entered."""
        return UUID(reference["id"]) if "id" in reference else self.organisations[tuple(reference["row"])]

    def choosable(self, slugs: Iterable[str], kept: Iterable[FieldOfActivity] = ()) -> list[FieldOfActivity]:
        """The fields with these slugs. Raises `RetiredField` as `fields_of_activity.queries.fields_named`."""
        before = {field.id for field in kept}
        fields = list(dict.fromkeys(self.vocabulary.field_now(slug) for slug in slugs))
        for field in fields:
            if field.retired and field.id not in before:
                raise RetiredField(name=field.name)
        return fields

    async def write_persons(self) -> None:
        """Before anything names them."""
        await insert_all(self.session, Person.__table__, self._persons)
        self._persons = []

    def tell(self, data: EventData, subject: UUID, sequence: int, network: str | None = None) -> None:
        """As `outbox.record`."""
        self._told.append(Told(data, subject, sequence, network))

    def enter(
        self,
        kind: EntryKind,
        entity_id: UUID,
        row: int,
        *,
        person_id: UUID | None = None,
        version: int = 1,
        changed: tuple[dict[str, Any], dict[str, Any]] | None = None,
    ) -> None:
        """Note for an undo: something new, or with `changed` the values before and after of a present entry."""
        before, after = changed or ({}, {})
        self._entries.append(
            {
                "import_id": self.imported.id,
                "kind": kind,
                "entity_id": entity_id,
                "part": self.part,
                "row": row,
                "person_id": person_id,
                "created": changed is None,
                "version": version,
                "before": before,
                "after": after,
            }
        )

    def became(self, row: int, outcome: Outcome, entity_id: UUID, person_id: UUID | None = None) -> None:
        """Note what became of a row."""
        self._outcomes.append((row, outcome.value, str(entity_id), None if person_id is None else str(person_id)))
        if person_id is not None:
            self._concerned.append(person_id)

    def refuse(self, row: int, column: str, error: DomainError) -> None:
        """A present entry cannot be what the row says: the whole import ends without effect, and the row is marked."""
        part = self._part()
        problem = source_of(part, self.vocabulary).problem(
            row, error.field or column, error.code, error.message, **error.params
        )
        self.refused.setdefault(self.part, Findings()).rows[row].problems.append(problem)

    async def save(self) -> None:
        """Write what was noted."""
        await self.write_persons()
        await self.session.flush()
        await record_all(self.session, self._told)
        if self._entries:
            await self.session.execute(_entering(self._entries))
        if self._outcomes:
            await self._save_outcomes()
        self._told, self._entries, self._outcomes = [], [], []

    async def close(self) -> None:
        """Write down who was entered or changed, in the audit log."""
        people = sorted(set(self._concerned))
        groups = [people[start : start + PERSONS] for start in range(0, len(people), PERSONS)] or [[]]
        scopes = [] if self.imported.scope_id is None else [self.imported.scope_id]
        for group in groups:
            audit.record(
                self.session, "import.run", kind="import", subject=self.imported.id, persons=group, scopes=scopes
            )

    async def _save_outcomes(self) -> None:
        """One statement for all rows: an update of each by itself takes as long as everything else.

        They are looked up in one JSON object, not joined: of a table that has just been filled the planner knows
        nothing yet, and compares all rows of the file with each of the batch.
        """
        table: Any = ImportRow.__table__
        told = sa.literal({str(number): what for number, *what in self._outcomes}, _OUTCOMES)
        number = sa.cast(table.c.number, sa.Text)
        of_row: Any = told.op("->", return_type=_OUTCOMES)(number)
        numbers = [number for number, *_ in self._outcomes]
        changed = sa.update(table).where(
            table.c.import_id == self.imported.id,
            table.c.part == self.part,
            table.c.number.between(min(numbers), max(numbers)),
            told.has_key(number),
        )
        columns = ("outcome", "entity_id", "person_id")
        values = {name: sa.cast(of_row[n].astext, table.c[name].type) for n, name in enumerate(columns)}
        await self.session.execute(changed.values(values))

    def _part(self) -> ImportPart:
        return next(part for part in self.imported.parts if part.number == self.part)


def _entering(entries: list[dict[str, Any]]) -> Insert:
    """Where two rows change the same entry, what it said before the first of them is kept."""
    entering = inserting(ImportEntry.__table__, entries)
    new, present = entering.excluded, ImportEntry.__table__.c
    return entering.on_conflict_do_update(
        index_elements=["import_id", "kind", "entity_id"],
        set_={
            "before": new.before.op("||")(present.before),
            "after": present.after.op("||")(new.after),
            "version": new.version,
        },
    )
