"""Rows of needs and offers: which organisation looks for something or has it to lend, and where and when."""

from datetime import date
from uuid import UUID

from shared.contracts.registry import HelpState
from shared.i18n import N_

from registry.imports.fields import read_fields
from registry.imports.known_organisations import KnownOrganisation, KnownOrganisations
from registry.imports.places import read_village
from registry.imports.rows import Draft, Source, given
from registry.imports.vocabulary import Vocabulary
from registry.mutual_help.model import EndsBeforeItBegins, NotPublished
from registry.spreadsheets.checking import CheckedRow
from registry.spreadsheets.problems import Problem, WrongCell

DOUBLE = N_("The same stands in row {first} already.")
_ENTRY = ("side", "title", "kind", "description", "starts_on", "ends_on", "weekdays", "daytimes", "wanted")
Key = tuple[str, str, str, date | None]


class HelpRows:
    """Reads the rows of one sheet in their order."""

    def __init__(self, source: Source, vocabulary: Vocabulary, known: KnownOrganisations) -> None:
        self.source, self.vocabulary, self.known = source, vocabulary, known
        self._seen: dict[Key, int] = {}

    async def read(self, row: CheckedRow) -> Draft:
        problems = list(row.problems)
        entry = given(row, _ENTRY) | read_fields(self.source, row, self.vocabulary, problems)
        if area := row.values.get("area"):
            entry["area"] = dict(zip(("kind", "id"), area, strict=True))
        # An organisation may need help outside of the office's places: whose it is decides.
        village = read_village(self.source, row.number, row.values, self.vocabulary, None, problems)
        if village is not None:
            entry["village_id"] = str(village.id)
        values = {"entry": entry, "state": (row.values.get("state") or HelpState.OPEN).value}
        organisation = self._organisation(row, None if village is None else village.id, problems)
        if organisation is not None:
            values["organisation"] = organisation.reference
            problems += self._rules(row, organisation)
        label = f"{entry.get('title', '')}, {row.values.get('organisation') or ''}"
        return Draft(row.number, label, values, problems)

    def _organisation(
        self, row: CheckedRow, village_id: UUID | None, problems: list[Problem]
    ) -> KnownOrganisation | None:
        name = row.values.get("organisation")
        if name is None:
            return None
        try:
            return self.known.find_near(name, village_id)
        except WrongCell as wrong:
            problems.append(self.source.wrong(row.number, "organisation", name, wrong))
            return None

    def _rules(self, row: CheckedRow, organisation: KnownOrganisation) -> list[Problem]:
        """What holds for an entry as a whole."""
        number, cells = row.number, row.values
        found = []
        if not organisation.published:
            found.append(self.source.problem(number, "organisation", NotPublished.code, NotPublished.message))
        starts_on, ends_on = cells.get("starts_on"), cells.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            error = EndsBeforeItBegins
            found.append(self.source.problem(number, "ends_on", error.code, error.message))
        key: Key = (str(organisation.reference), str(cells.get("side")), str(cells.get("title")).lower(), starts_on)
        first = self._seen.setdefault(key, number)
        if first != number:  # may well be meant: a worth-a-look, not an error
            found.append(self.source.problem(number, "title", "double", DOUBLE, hint=True, first=first))
        return found
