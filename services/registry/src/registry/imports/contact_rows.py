"""Rows of contact persons: who speaks for which organisation, of the directory or of the same file."""

from collections.abc import Mapping
from typing import Any

from shared.i18n import N_

from registry.imports.known_organisations import KnownOrganisations
from registry.imports.offices import Reach
from registry.imports.places import read_village
from registry.imports.rows import Draft, Source, given
from registry.imports.vocabulary import Vocabulary
from registry.people.model import ContactFunction, Unreachable
from registry.spreadsheets.checking import CheckedRow
from registry.spreadsheets.problems import Problem, WrongCell

ENDS_BEFORE = N_("The end lies before the beginning.")
DOUBLE = N_("“{value}” with this function stands in row {first} already.")


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
