"""Rows of contact persons: who speaks for which organisation, of the directory or of the same file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from shared.i18n import N_
from sqlalchemy.ext.asyncio import AsyncSession

from registry.imports.model import ImportPart, ImportRow, ListImport, ListKind
from registry.imports.offices import Reach
from registry.imports.places import read_village
from registry.imports.rows import Draft, Source, given
from registry.imports.vocabulary import Vocabulary
from registry.organisations.model import Organisation
from registry.people.model import ContactFunction, Unreachable
from registry.scope import organisations_in_scope
from registry.spreadsheets.checking import CheckedRow
from registry.spreadsheets.folding import fold
from registry.spreadsheets.problems import Problem, WrongCell

UNKNOWN = N_("“{value}” is neither entered in your area nor in this file.")
SEVERAL = N_("“{value}” is there several times. Please name the village, too.")
ENDS_BEFORE = N_("The end lies before the beginning.")
DOUBLE = N_("“{value}” with this function stands in row {first} already.")


@dataclass(frozen=True)
class KnownOrganisation:
    """One of the directory (`id`), or a row of the same file (`row`: part and number)."""

    name: str
    village_id: UUID
    id: UUID | None = None
    row: tuple[int, int] | None = None

    @property
    def reference(self) -> dict[str, Any]:
        which = {"id": str(self.id)} if self.id else {"row": list(self.row or ())}
        return {"village_id": str(self.village_id), **which}


class KnownOrganisations:
    """Those that contact persons may be entered for, by folded name."""

    def __init__(self, known: list[KnownOrganisation]) -> None:
        self._named: dict[str, list[KnownOrganisation]] = {}
        for one in known:
            self._named.setdefault(fold(one.name), []).append(one)

    @classmethod
    async def load(cls, session: AsyncSession, imported: ListImport) -> "KnownOrganisations":
        """Of the office's area, and the good rows of the file's other sheets, which are checked by then."""
        present = sa.select(Organisation.name, Organisation.village_id, Organisation.id)
        known = [
            KnownOrganisation(*row)
            for row in await session.execute(present.where(organisations_in_scope(imported.access())))
        ]
        rows = (
            sa.select(ImportRow.part, ImportRow.number, ImportRow.values)
            .join(ImportPart, (ImportPart.import_id == ImportRow.import_id) & (ImportPart.number == ImportRow.part))
            .where(ImportRow.import_id == imported.id, ImportRow.good, ImportPart.kind == ListKind.ORGANISATIONS)
        )
        there = {(fold(one.name), one.village_id) for one in known}
        for part, number, values in await session.execute(rows):
            entry = values["entry"]
            village = UUID(entry["village_id"])
            if (fold(entry["name"]), village) not in there:
                known.append(KnownOrganisation(entry["name"], village, row=(part, number)))
        return cls(known)

    def find(self, name: str, village_id: UUID | None) -> KnownOrganisation:
        """Raises `WrongCell`."""
        found = self._named.get(fold(name), [])
        if village_id is not None:
            found = [one for one in found if one.village_id == village_id]
        if len(found) != 1:
            raise WrongCell("unknown_organisation", SEVERAL if found else UNKNOWN, value=name)
        return found[0]


class ContactRows:
    """Reads the rows of one sheet in their order."""

    def __init__(self, source: Source, vocabulary: Vocabulary, reach: Reach, known: KnownOrganisations) -> None:
        self.source, self.vocabulary, self.reach, self.known = source, vocabulary, reach, known
        self._seen: dict[tuple[str, ...], int] = {}

    async def read(self, row: CheckedRow) -> Draft:
        problems = list(row.problems)
        names = ("name", "function", "email", "phone", "starts_on", "ends_on")
        values: dict[str, Any] = {"function": ContactFunction.CONTACT_PERSON.value} | given(row, names)
        village = read_village(self.source, row.number, row.values, self.vocabulary, self.reach, problems)
        if (name := row.values.get("organisation")) is not None and (village or not row.values.get("village")):
            try:
                found = self.known.find(name, village.id if village else None)
                values["organisation"] = found.reference
                problems += self._doubles(row.number, values)
            except WrongCell as wrong:
                problems.append(self.source.wrong(row.number, "organisation", name, wrong))
        problems += self._rules(row, values)
        draft = Draft(row.number, f"{values.get('name', '')}, {row.values.get('organisation') or ''}", values, problems)
        draft.email = values.get("email")
        return draft

    def _rules(self, row: CheckedRow, values: Mapping[str, Any]) -> list[Problem]:
        wrong = {problem.name for problem in row.problems}
        found = []
        if not {"email", "phone"} & values.keys() and not {"email", "phone"} & wrong:
            found.append(self.source.problem(row.number, "name", Unreachable.code, Unreachable.message))
        starts_on, ends_on = row.values.get("starts_on"), row.values.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            found.append(self.source.problem(row.number, "ends_on", "ends_before", ENDS_BEFORE))
        return found

    def _doubles(self, number: int, values: Mapping[str, Any]) -> list[Problem]:
        key = (str(values["organisation"]), str(values.get("name")).lower(), str(values["function"]))
        first = self._seen.setdefault(key, number)
        if first == number:
            return []
        return [self.source.problem(number, "name", "double", DOUBLE, value=values.get("name", ""), first=first)]
