"""Rows of volunteers: who wants to help, where, and what they have agreed to on paper."""

from typing import Any

from shared.contracts.registry import AreaKind, AreaWithRadius, ConsentPurpose
from shared.errors import DomainError
from sqlalchemy.ext.asyncio import AsyncSession

from registry.clock import today
from registry.consents.model import GuardianNeeded
from registry.imports.fields import read_fields
from registry.imports.offices import Reach
from registry.imports.places import OUTSIDE
from registry.imports.rows import Draft, Source, given
from registry.imports.vocabulary import Vocabulary
from registry.people.model import Unreachable, sixteenth_birthday
from registry.spreadsheets.checking import CheckedRow
from registry.spreadsheets.problems import Problem
from registry.volunteers.availability import slots_within
from registry.volunteers.model import check_channel, check_span

_PERSON = ("name", "email", "phone", "given_on")
DETAILS = (
    "rhythm",
    "hours_per_month",
    "available_from",
    "available_until",
    "skills",
    "own_skills",
    "languages",
    "preferred_channel",
    "best_time",
    "street",
    "postcode",
    "town",
)
_FURTHER = (
    ConsentPurpose.PUBLICATION,
    ConsentPurpose.SHARING,
    ConsentPurpose.NEWSLETTER,
    ConsentPurpose.PHOTOS,
)


class VolunteerRows:
    """Reads the rows of one sheet in their order."""

    def __init__(self, session: AsyncSession, source: Source, vocabulary: Vocabulary, reach: Reach) -> None:
        self.session, self.source, self.vocabulary, self.reach = session, source, vocabulary, reach
        self._known: dict[tuple[Any, ...], tuple[AreaWithRadius, dict[str, Any]]] = {}

    async def read(self, row: CheckedRow) -> Draft:
        problems = list(row.problems)
        cells = row.values
        values = given(row, (*_PERSON, *DETAILS)) | read_fields(self.source, row, self.vocabulary, problems)
        values["areas"] = await self._areas(row, problems)
        values["consents"] = [
            ConsentPurpose.CONTACT.value,
            *(purpose.value for purpose in _FURTHER if cells.get(purpose.value)),
        ]
        days, parts = cells.get("weekdays") or (), cells.get("daytimes") or ()
        if slots := cells.get("times") or slots_within(days, parts):
            values["slots"] = slots
        if (born := cells.get("birth_date")) is not None and sixteenth_birthday(born) > today():
            # needed until then, and not longer (see `Person.note_birth_date`)
            values |= given(row, ("birth_date", "guardian"))
        problems += self._rules(row, values)
        return Draft(row.number, values.get("name", ""), values, problems, values.get("email"))

    async def _areas(self, row: CheckedRow, problems: list[Problem]) -> list[dict[str, Any]]:
        found = []
        for kind, key, km in row.values.get("areas") or ():
            area, told = self._area(kind, key, km)
            found.append(told)
            if not await self.reach.has_area(self.session, area):
                outside = self.source.problem(row.number, "areas", "outside_scope", OUTSIDE, value=self._name(area))
                problems.append(outside)
        return found

    def _area(self, *said: Any) -> tuple[AreaWithRadius, dict[str, Any]]:
        """The area and its stored form; a list repeats its areas."""
        if said not in self._known:
            kind, key, km = said
            area = AreaWithRadius(kind=AreaKind(kind), id=key, km=km)
            self._known[said] = area, area.model_dump(mode="json", exclude_none=True)
        return self._known[said]

    def _name(self, area: AreaWithRadius) -> str:
        return self.reach.names.get(area.id, "")

    def _rules(self, row: CheckedRow, values: dict[str, Any]) -> list[Problem]:
        """What holds for an entry as a whole."""
        number, wrong = row.number, {problem.name for problem in row.problems}
        found = []
        if not {"email", "phone"} & values.keys() and not {"email", "phone"} & wrong:
            found.append(self.source.problem(number, "name", Unreachable.code, Unreachable.message))
        if "birth_date" in values and "guardian" not in values and "guardian" not in wrong:
            found.append(self.source.problem(number, "birth_date", GuardianNeeded.code, GuardianNeeded.message))
        cells = row.values
        try:
            check_span(cells.get("available_from"), cells.get("available_until"))
            address = (cells.get("street"), cells.get("postcode"), cells.get("town"))
            check_channel(cells.get("preferred_channel"), cells.get("email"), cells.get("phone"), address)
        except DomainError as error:
            found.append(self.source.problem(number, error.field or "name", error.code, error.message))
        return found
